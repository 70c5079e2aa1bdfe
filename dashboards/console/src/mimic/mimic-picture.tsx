import './mimic.css'
import type { MimicElementView, MimicLineView, MimicView } from '../../../../src/edges/http/mimic-schemas.ts'
import type { AlarmView, KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { hasBar, scaleOf, shareOn } from '../facility/bar-scale.ts'
import { formatValue } from '../format.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import { say, t } from '../settings.ts'
import { navigate } from '../shell/router.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { m } from '../texts/mimic.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'
import { elementState, elementWords, freshness, type Said } from './element-state.ts'
import { type Box, CELL, drawn, FONT, layoutOf, TITLE } from './layout.ts'
import { MimicList } from './mimic-list.tsx'
import { MimicSymbol } from './mimic-symbol.tsx'
import { placeAlarms } from './place-alarms.ts'

interface MimicProps {
  mimic: MimicView
  kind: KindView
  rated: Readonly<Record<string, number>>
  said: Said
  limits: ReadonlyMap<string, readonly PlotLimit[]>
  /** Standing alarms of the facility, the worst first. */
  alarms: readonly AlarmView[]
  /** Key of the chosen element. */
  chosen: string | null
  onChoose: (element: string | null) => void
}

const ALARM = 26

/** The process picture of a facility: flat and grey, with colour only where an alarm stands. */
export function MimicPicture({ mimic, kind, rated, said, limits, alarms, chosen, onChoose }: MimicProps) {
  const { elements, lines, width, height } = drawn(mimic, rated)
  const placed = placeAlarms(elements, alarms, kind.rules, said.latest)
  return (
    <section class="panel mimic">
      <h2 class="unseen">{m().picture}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="sideways" tabIndex={0} aria-label={m().picture}>
        {/* biome-ignore lint/a11y/useSemanticElements: a drawing cannot be a fieldset */}
        <svg viewBox={`-2 -2 ${width + 4} ${height + 4}`} role="group" aria-label={m().picture}>
          {lines.map((line) => (
            <Line key={line.path.join(' ')} line={line} />
          ))}
          {elements.map((element) => (
            <Element
              key={element.key}
              {...{ element, said, limits }}
              alarms={placed.byElement.get(element.key) ?? []}
              isChosen={element.key === chosen}
              onChoose={() => onChoose(element.key === chosen ? null : element.key)}
            />
          ))}
          {elements.map((element) => {
            const worst = placed.byElement.get(element.key)?.[0]
            const { symbol } = layoutOf(element)
            return worst && <AlarmMark key={element.key} alarm={worst} x={symbol.x} y={symbol.y} />
          })}
        </svg>
      </section>
      {placed.elsewhere.length > 0 && (
        <p class="elsewhere">
          <span class="muted">{m().elsewhere}</span>
          {placed.elsewhere.map((alarm) => (
            <a key={alarm.id} class="with-symbol" href={alarmPath(alarm.id)}>
              <StateSymbol state={alarm.priority} look={lookOf(alarm)} size={18} />
              {alarmTitle(alarm)}
            </a>
          ))}
        </p>
      )}
      <MimicList elements={elements} said={said} alarms={placed.byElement} />
    </section>
  )
}

const corners = (path: MimicLineView['path']) => path.map(([column, row]) => `${column * CELL},${row * CELL}`).join(' ')

/** The tip of an arrow at the end of a line. */
function arrowOf(path: MimicLineView['path']): string {
  const [[fromX, fromY], [toX, toY]] = path.slice(-2) as [[number, number], [number, number]]
  const angle = (Math.atan2(toY - fromY, toX - fromX) * 180) / Math.PI
  return `translate(${toX * CELL} ${toY * CELL}) rotate(${angle})`
}

function Line({ line: { medium, path, arrow, title } }: { line: MimicLineView }) {
  const [x, y] = path[0] as [number, number]
  return (
    <g class={`line-${medium}`}>
      <polyline points={corners(path)} />
      {arrow && <path class="arrow" d="M2 0l-13 -8v16z" transform={arrowOf(path)} />}
      {title && (
        <text x={x * CELL - 3} y={y * CELL + 4} font-size={FONT.small} text-anchor="end">
          {say(title)}
        </text>
      )}
    </g>
  )
}

interface ElementProps {
  element: MimicElementView
  said: Said
  limits: MimicProps['limits']
  alarms: readonly AlarmView[]
  isChosen: boolean
  onChoose: () => void
}

function Element({ element, said, limits, alarms, isChosen, onChoose }: ElementProps) {
  const { box, symbol, word, values } = layoutOf(element)
  const state = elementState(element, said)
  const worst = alarms[0]
  return (
    <g class={`element ${isChosen ? 'chosen' : ''} ${state.isOld ? 'old' : ''}`} data-element={element.key}>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus */}
      <g aria-hidden="true">
        <rect
          class={`ground ${worst ? `abnormal ${worst.priority}` : ''}`}
          x={box.x + 1}
          y={box.y + 1}
          width={box.width - 2}
          height={box.height - 2}
          rx={3}
        />
        <text class="title" x={box.x + box.width / 2} y={box.y + TITLE - 3} text-anchor="middle" font-size={FONT.title}>
          {say(element.title)}
        </text>
        <MimicSymbol
          element={element}
          box={symbol}
          isOn={state.isOn}
          isKnown={element.state === undefined || said.latest.has(element.state)}
          hasTripped={state.hasTripped}
          {...levelOf(element, said, limits)}
        />
        {word && (
          <text class="word" x={word.x + word.width / 2} y={word.y + 12} text-anchor="middle" font-size={FONT.title}>
            {state.word}
            {state.differs && ' ≠'}
          </text>
        )}
        {(element.values ?? []).map(({ point, label }, i) => (
          <Value
            key={point}
            point={said.points.get(point)}
            {...{ said, label: say(label), box: values[i] as Box, limits: limits.get(point) ?? [] }}
          />
        ))}
        {(state.isBad || state.isOld) && <QualityMark text={state.isBad ? m().bad : m().old} x={symbol.x + symbol.width} y={symbol.y} />}
      </g>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing holds no buttons of HTML */}
      <rect
        class="press"
        x={box.x + 1}
        y={box.y + 1}
        width={box.width - 2}
        height={box.height - 2}
        rx={3}
        role="button"
        // In a drawing the names of attributes keep their letters.
        tabindex={0}
        aria-pressed={isChosen}
        aria-label={elementWords(element, said, alarms)}
        onClick={onChoose}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          onChoose()
        }}
      />
    </g>
  )
}

/** How full a vessel is, and where the limits of its level are. */
function levelOf({ level }: MimicElementView, { points, latest }: Said, limits: MimicProps['limits']) {
  const point = level === undefined ? undefined : points.get(level)
  if (!point || level === undefined) return { fill: null, marks: [] }
  const own = limits.get(level) ?? []
  // From empty on, unlike the bar, or a full well would look like an empty one.
  const scale = [Math.min(0, scaleOf(point, own)[0]), scaleOf(point, own)[1]] as const
  const value = latest.get(level)?.value
  return {
    fill: typeof value === 'number' ? shareOn(scale, value) : null,
    marks: own.flatMap(({ value: at, priority }) => (priority ? [{ at: shareOn(scale, at), priority }] : [])),
  }
}

function QualityMark({ text, x, y }: { text: string; x: number; y: number }) {
  const width = 12 + [...text].length * 8
  return (
    <g class="quality-mark">
      <rect x={x - width} y={y} width={width} height={16} rx={3} />
      <text x={x - width / 2} y={y + 12} text-anchor="middle" font-size={FONT.small}>
        {text}
      </text>
    </g>
  )
}

interface ValueProps {
  point: PointView | undefined
  label: string
  said: Said
  box: Box
  limits: readonly PlotLimit[]
}

function Value({ point, label, said, box, limits }: ValueProps) {
  if (!point) return null
  const latest = said.latest.get(point.key)
  const { isOld, isBad } = freshness(said, point.key)
  const unit = latest && point.unit && point.unit !== '1' ? ` ${point.unit}` : ''
  return (
    <g class={`value ${isOld ? 'old' : ''} ${isBad ? 'bad' : ''}`} data-point={point.key}>
      {label && (
        <text class="label" x={box.x} y={box.y + 12} font-size={FONT.small}>
          {label}
        </text>
      )}
      <text x={box.x + box.width} y={box.y + 12} text-anchor="end">
        <tspan class="number" font-size={FONT.value}>
          {formatValue(point, latest?.value)}
        </tspan>
        <tspan class="unit" font-size={FONT.small}>
          {unit}
        </tspan>
      </text>
      {hasBar(point) && <Bar {...{ point, box, limits, isOld }} value={latest?.good ? latest.value : undefined} />}
    </g>
  )
}

function Bar({ point, box, limits, value }: Pick<ValueProps, 'box' | 'limits'> & { point: PointView; value: unknown }) {
  const scale = scaleOf(point, limits)
  const place = (at: number) => box.x + shareOn(scale, at) * box.width
  const y = box.y + 16
  return (
    <g class="small-bar">
      <rect class="range" x={box.x} y={y} width={box.width} height={4} />
      {point.normal && (
        <rect class="normal" x={place(point.normal[0])} y={y} width={place(point.normal[1]) - place(point.normal[0])} height={4} />
      )}
      {limits.map(({ value: limit, priority }) => (
        <g key={`${limit}${priority}`}>
          <path class="mark-under" d={`M${place(limit)} ${y - 1}v6`} />
          <path class={`mark stroke ${priority ?? ''}`} d={`M${place(limit)} ${y - 1}v6`} />
        </g>
      ))}
      {typeof value === 'number' && <path class="pointer" d={`M${place(value)} ${y + 5}l-4 -7h8z`} />}
    </g>
  )
}

/** The worst alarm at an element; it leads to the alarm. */
function AlarmMark({ alarm, x, y }: { alarm: AlarmView; x: number; y: number }) {
  const place = { x: x - 2, y: y - 2, width: ALARM + 4, height: ALARM + 4, rx: 3 }
  return (
    <>
      <rect class="alarm-ground" {...place} />
      <g transform={`translate(${x} ${y})`}>
        <StateSymbol state={alarm.priority} look={lookOf(alarm)} size={ALARM} />
      </g>
      <a
        class="alarm-mark"
        href={alarmPath(alarm.id)}
        aria-label={m().alarm(t().priorities[alarm.priority], alarmTitle(alarm))}
        data-alarm={alarm.id}
        onClick={(event) => {
          // The router does not take links of a drawing for its own.
          if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          navigate(alarmPath(alarm.id))
        }}
      >
        <rect {...place} />
      </a>
    </>
  )
}
