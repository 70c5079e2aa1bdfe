import { cityOffset } from '../city-time.ts'
import { formatHour, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { pr } from '../texts/programmes.ts'
import { curvePath, fullHours, hourMarks, type Level, type Span, stretchesOf } from './curve.ts'

const WIDTH = 1000
const HEIGHT = 100
/** % of the width below which no word has room over a step. */
const LEAST_ROOM = 4

interface DayCurveProps {
  span: Span
  dusk: number
  dawn: number
  changes: readonly Level[]
  /** What the curve is of, for those who do not see it. */
  label: string
  /** A small one has no words around it. */
  isSmall?: boolean
}

const percent = (level: number): string => `${formatNumber(level * 100)} %`

/** The light of one night, from noon to noon: its steps as a curve over the hours, with dusk, dawn and the present moment. */
export function DayCurve({ span, dusk, dawn, changes, label, isSmall = false }: DayCurveProps) {
  const { from, until } = span
  const left = (at: number) => (100 * (Math.min(Math.max(at, from), until) - from)) / (until - from)
  const stretches = stretchesOf(changes, span)
  const now = serverNow.value
  const words = stretches.map((one) => `${formatHour(one.from)} ${percent(one.level)}`).join(', ')
  const night = { from: Math.min(Math.max(dusk, from), until), until: Math.min(Math.max(dawn, from), until) }
  return (
    <figure class={isSmall ? 'day-curve small' : 'day-curve'}>
      <div class="day-curve-plot">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${label}: ${pr().dusk} ${formatHour(dusk)}, ${pr().dawn} ${formatHour(dawn)}; ${words}`}
        >
          <rect class="day" width={WIDTH} height={HEIGHT} />
          {night.until > night.from && (
            <rect class="night" x={left(night.from) * 10} width={(left(night.until) - left(night.from)) * 10} height={HEIGHT} />
          )}
          <line class="half" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
          <path class="light" d={curvePath(stretches, span, WIDTH, HEIGHT)} />
          <line class="sun" x1={left(dusk) * 10} x2={left(dusk) * 10} y1="0" y2={HEIGHT} />
          <line class="sun" x1={left(dawn) * 10} x2={left(dawn) * 10} y1="0" y2={HEIGHT} />
          {now > from && now < until && <line class="now" x1={left(now) * 10} x2={left(now) * 10} y1="0" y2={HEIGHT} />}
        </svg>
        {!isSmall &&
          stretches
            .filter((one) => one.level > 0 && left(one.until) - left(one.from) >= LEAST_ROOM)
            .map((one) => (
              <span
                key={one.from}
                class="day-curve-level"
                aria-hidden="true"
                style={{ left: `${left(one.from)}%`, width: `${left(one.until) - left(one.from)}%`, bottom: `${one.level * 100}%` }}
              >
                {percent(one.level)}
              </span>
            ))}
      </div>
      {!isSmall && (
        <>
          <ol class="day-curve-suns" aria-hidden="true">
            <li style={{ left: `${left(dusk)}%` }}>
              {pr().dusk} {formatHour(dusk)}
            </li>
            <li style={{ left: `${left(dawn)}%` }}>
              {pr().dawn} {formatHour(dawn)}
            </li>
          </ol>
          <ol class="hours" aria-hidden="true">
            {hourMarks(span, 3, cityOffset())
              .filter((at) => left(at) < 96)
              .map((at) => (
                <li key={at} style={{ left: `${left(at)}%` }}>
                  {formatHour(at)}
                </li>
              ))}
          </ol>
          <figcaption class="muted">{pr().fullHours(formatNumber(fullHours(stretches), 1))}</figcaption>
        </>
      )}
    </figure>
  )
}
