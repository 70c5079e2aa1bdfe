import type { Place } from './places.ts'
import { layOut, nearest, type Position, scaleBar } from './sketch.ts'
import { t } from './texts.ts'

const WIDTH = 360
const HEIGHT = 260
const MARGIN = 26
/** A finger is wide. */
const REACH = 44

interface SketchProps {
  places: readonly Place[]
  /** Where the person is, if it is known. */
  own: Position | null
  chosen: string | null
  onChoose: (code: string) => void
}

/** Where the poles stand to each other: lamps in a row show the street as a map would, and need none. The list beside it says the same. */
export function SketchMap({ places, own, chosen, onChoose }: SketchProps) {
  const placed = places.filter((place): place is Place & { position: [number, number] } => place.position !== null)
  if (placed.length < 2) return null
  const { points, perMetre } = layOut([...placed.map(({ position }) => position), ...(own ? [own] : [])], WIDTH, HEIGHT, MARGIN)
  const lamps = points.slice(0, placed.length)
  const here = own ? points[placed.length] : undefined
  const choose = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const scale = WIDTH / box.width
    const found = placed[nearest(lamps, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale, REACH)]
    if (found) onChoose(found.code)
  }
  const bar = scaleBar(perMetre, WIDTH / 3)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list below offers the same to keys
    <svg class="sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t().sketch} onClick={choose}>
      {placed.map(({ code, known }, i) => {
        const [x, y] = lamps[i] as [number, number]
        return (
          <g key={code}>
            <circle class={code === chosen ? 'chosen' : known ? 'known' : 'lamp'} cx={x} cy={y} r={code === chosen ? 9 : 6} />
            {code === chosen && (
              <text x={x} y={y < 40 ? y + 26 : y - 15} text-anchor={x < 80 ? 'start' : x > WIDTH - 80 ? 'end' : 'middle'}>
                {code}
              </text>
            )}
          </g>
        )
      })}
      {here && (
        <g>
          <path class="own" d={`M${here[0] - 9} ${here[1]}h18M${here[0]} ${here[1] - 9}v18`} />
          <text x={here[0] + 12} y={here[1] + 18}>
            {t().you}
          </text>
        </g>
      )}
      <path class="bar" d={`M10 ${HEIGHT - 8}h${bar * perMetre}m0 -4v8M10 ${HEIGHT - 12}v8`} />
      <text x="10" y={HEIGHT - 15}>
        {t().metres(String(bar))}
      </text>
    </svg>
  )
}
