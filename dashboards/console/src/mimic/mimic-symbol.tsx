import type { ComponentChildren } from 'preact'
import type { MimicElementView } from '../../../../src/edges/http/mimic-schemas.ts'
import { type Box, FONT } from './layout.ts'

interface SymbolProps {
  element: MimicElementView
  box: Box
  /** Runs, is open, is closed as a contactor, or has been seen; null while nobody can say. */
  isOn: boolean | null
  /** Its state has been heard. */
  isKnown: boolean
  hasTripped: boolean
  /** How full the vessel is, 0 to 1; null while nobody can say. */
  fill: number | null
  /** Limits of the level, 0 to 1. */
  marks: readonly { at: number; priority: string }[]
}

/** A flat symbol: filled is running, open or seen, empty is the opposite, dashed is unknown. */
export function MimicSymbol(props: SymbolProps) {
  const { element, box, isOn, isKnown } = props
  const draw = shapes[element.symbol]
  // A vessel shows its level; that it is dosed from stands beside it.
  const filled = element.level !== undefined ? '' : isKnown ? (isOn === null ? '' : isOn ? 'on' : 'off') : 'unknown'
  return <g class={`body ${filled}`}>{draw({ ...props, x: box.x + box.width / 2, y: box.y + box.height / 2 })}</g>
}

type Draw = (props: SymbolProps & { x: number; y: number }) => ComponentChildren

const letters: Draw = ({ element, x, y }) =>
  element.letters && (
    <text class="letters" x={x} y={y + 4} text-anchor="middle" font-size={FONT.small}>
      {element.letters}
    </text>
  )

const bubble: Draw = (props) => (
  <>
    <circle cx={props.x} cy={props.y} r={Math.min(18, props.box.height / 2 - 1)} />
    {letters(props)}
  </>
)

/** Open at the top; what fills it stands up to its level, with the limits as ticks. */
const vessel =
  (isClosed: boolean): Draw =>
  ({ box, fill, marks }) => {
    const [x, y, width, height] = [box.x + box.width * 0.08, box.y + 4, box.width * 0.84, box.height - 8]
    const level = (share: number) => y + height * (1 - share)
    return (
      <>
        <path d={`M${x} ${y}v${height}h${width}v${-height}${isClosed ? 'z' : ''}`} />
        {fill !== null && <rect class="content" x={x} y={level(fill)} width={width} height={height * fill} />}
        {marks.map(({ at, priority }) => (
          <g key={`${at}${priority}`}>
            <path class="mark-under" d={`M${x + width - 14} ${level(at)}h18`} />
            <path class={`mark stroke ${priority}`} d={`M${x + width - 14} ${level(at)}h18`} />
          </g>
        ))}
      </>
    )
  }

const bowTie = (x: number, y: number) => `M${x - 20} ${y - 12}l40 24v-24l-40 24z`

const shapes: Record<MimicElementView['symbol'], Draw> = {
  analyser: ({ box, x, y }) => {
    const width = Math.min(40, box.width)
    return (
      <>
        <rect x={x - width / 2} y={y - 26} width={width} height={52} rx={2} />
        <path d={`M${x - width / 2 + 6} ${y - 14}h${width - 12}m0 12h${12 - width}m0 12h${width - 12}`} />
      </>
    )
  },
  basin: ({ box }) => {
    const [x, y, width, height] = [box.x + 8, box.y + 6, box.width - 16, box.height - 12]
    return (
      <>
        <path d={`M${x} ${y}v${height}h${width}v${-height}`} />
        <path class="content" d={`M${x} ${y + 12}h${width}v${height - 12}h${-width}z`} />
        {Array.from({ length: 9 }, (_, i) => (
          <circle key={String(i)} class="dot" cx={x + (width * (i + 0.5)) / 9} cy={y + height - 8 - (i % 3) * 9} r={2.5} />
        ))}
      </>
    )
  },
  battery: ({ x, y }) => (
    <>
      <rect x={x - 18} y={y - 10} width={36} height={22} rx={2} />
      <path d={`M${x - 11} ${y - 14}h6m10 0h6`} stroke-width={4} />
    </>
  ),
  circuit: ({ box, x, isOn, hasTripped }) => {
    const top = box.y
    const end = box.y + box.height
    const r = Math.min(16, box.width / 3)
    const lamp = end - r - 4
    const breaker = top + (lamp - r - top) * 0.25
    const contactor = top + (lamp - r - top) * 0.68
    return (
      <>
        <path class="wire" d={`M${x} ${top}V${breaker - 12}M${x} ${breaker + 12}V${contactor - 12}M${x} ${contactor + 12}V${lamp - r}`} />
        {hasTripped ? (
          <path class="heavy" d={`M${x - 16} ${breaker - 8}L${x} ${breaker + 12}M${x - 5} ${breaker - 17}l10 10m0 -10l-10 10`} />
        ) : (
          <path class="heavy" d={`M${x} ${breaker - 12}v24M${x - 5} ${breaker - 17}l10 10m0 -10l-10 10`} />
        )}
        {isOn === true ? (
          <path class="heavy" d={`M${x} ${contactor - 12}v24`} />
        ) : (
          <path
            class="heavy"
            stroke-dasharray={isOn === null ? '3 3' : undefined}
            d={`M${x - 14} ${contactor - 8}L${x} ${contactor + 12}`}
          />
        )}
        <path class="wire" d={`M${x - 6} ${contactor - 12}h12`} />
        <circle cx={x} cy={lamp} r={r} />
        <path class="cross" d={`M${x - r * 0.7} ${lamp - r * 0.7}l${r * 1.4} ${r * 1.4}m0 ${-r * 1.4}l${-r * 1.4} ${r * 1.4}`} />
      </>
    )
  },
  controller: ({ box, x, y }) => {
    const [width, height] = [Math.min(48, box.width), Math.min(44, box.height - 2)]
    return (
      <>
        <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx={3} />
        <path d={`M${x - width / 2 + 6} ${y - 4}h${width - 12}m0 8h${12 - width}`} />
      </>
    )
  },
  conveyor: ({ x, y }) => (
    <path
      d={`M${x - 34} ${y - 10}h68a10 10 0 0 1 0 20h-68a10 10 0 0 1 0 -20m10 10a5 5 0 1 1 -10 0a5 5 0 1 1 10 0m58 0a5 5 0 1 1 -10 0a5 5 0 1 1 10 0`}
    />
  ),
  crane: ({ x, y }) => (
    <>
      <rect x={x - 32} y={y - 24} width={64} height={9} />
      <path d={`M${x} ${y - 15}v14`} />
      <path d={`M${x - 14} ${y + 20}a14 21 0 0 1 14 -21a14 21 0 0 1 14 21l-9 -6h-10z`} />
    </>
  ),
  detector: (props) => (
    <>
      <circle cx={props.x} cy={props.y} r={Math.min(21, props.box.height / 2 - 1)} />
      <circle cx={props.x} cy={props.y} r={Math.min(17, props.box.height / 2 - 5)} />
      {letters(props)}
    </>
  ),
  door: ({ x, y, isOn }) => (
    <>
      <rect class="frame" x={x - 14} y={y - 22} width={28} height={44} />
      {isOn ? <path d={`M${x - 14} ${y - 22}l22 8v40l-22 -4z`} /> : <path class="frame" d={`M${x + 6} ${y}h4`} stroke-width={3} />}
    </>
  ),
  fan: ({ box, x, y }) => {
    const r = Math.min(24, box.width / 2 - 2, box.height / 2 - 2)
    return (
      <>
        <circle cx={x} cy={y} r={r} />
        <path class="inner" d={`M${x} ${y}l${-r * 0.45} ${-r * 0.75}h${r * 0.9}zl${r * 0.45} ${r * 0.75}h${-r * 0.9}z`} />
      </>
    )
  },
  filter: ({ x, y }) => (
    <>
      <rect x={x - 20} y={y - 22} width={40} height={44} />
      <path d={`M${x - 20} ${y - 22}l40 44`} stroke-dasharray="5 4" />
    </>
  ),
  flag: ({ x, y }) => <rect x={x - 12} y={y - 12} width={24} height={24} />,
  instrument: bubble,
  meter: (props) => {
    const width = Math.min(48, props.box.width)
    return (
      <>
        <rect x={props.x - width / 2} y={props.y - 20} width={width} height={40} />
        {letters(props)}
      </>
    )
  },
  network: ({ x, y }) => (
    <>
      <path d={`M${x - 22} ${y + 20}v-26l14 -10v36zm16 0v-20h14v20zm16 0v-32h12v32z`} />
    </>
  ),
  odoriser: ({ x, y }) => (
    <>
      <path d={`M${x - 14} ${y - 26}h28v20l-10 10h-8l-10 -10z`} />
      <path d={`M${x} ${y + 4}v16m-5 -6l5 6l5 -6`} />
    </>
  ),
  phase: ({ box, x, y }) => (
    <>
      <path class="wire" d={`M${x} ${y + 10}V${box.y + box.height}`} />
      <circle cx={x} cy={y} r={Math.min(10, box.height / 2 - 2)} />
    </>
  ),
  pump: ({ box, x, y }) => {
    const r = Math.min(27, box.width / 2 - 2, box.height / 2 - 1)
    return (
      <>
        <circle cx={x} cy={y} r={r} />
        <path class="inner" d={`M${x - r * 0.5} ${y - r * 0.87}L${x + r} ${y}L${x - r * 0.5} ${y + r * 0.87}z`} />
      </>
    )
  },
  regulator: ({ x, y }) => (
    <>
      <path d={`M${x} ${y}v-14`} />
      <path d={`M${x - 14} ${y - 12}a14 14 0 0 1 28 0z`} />
      <path d={bowTie(x, y)} />
    </>
  ),
  tank: vessel(true),
  valve: ({ x, y }) => <path d={bowTie(x, y)} />,
  well: vessel(false),
}
