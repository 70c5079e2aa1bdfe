import { computed } from '@preact/signals'
import { useState } from 'preact/hooks'
import { priorities } from '../../../../src/detection/rule.ts'
import { formatHour, formatNumber, formatWhen } from '../format.ts'
import { serverNow, view } from '../live/live.ts'
import { lastDay, type TimelineEntry } from '../live/live-state.ts'
import { t } from '../settings.ts'
import { navigate } from '../shell/router.ts'

/** 10 alarms in 10 minutes, as many per quarter of an hour. */
const FLOOD_LINE = 15
/** Taller bars are cut and say their number, so that one flood does not flatten the day. */
const TOP = 45
const HEIGHT = 44
const QUARTER = 900_000
const noEntries: readonly TimelineEntry[] = []

const quarter = computed(() => Math.floor(serverNow.value / QUARTER))
const day = computed(() => lastDay(view.value?.timeline ?? noEntries, quarter.value * QUARTER))
const total = ({ critical, high, medium, low }: TimelineEntry) => critical + high + medium + low

/** Every third full hour in the city. */
function isTick(at: number): boolean {
  const [hour, minute] = formatHour(at).split(':').map(Number) as [number, number]
  return minute === 0 && hour % 3 === 0
}

/** A quarter of an hour in words: how many alarms of which priority. */
function wordsOf(entry: TimelineEntry): string {
  const parts = priorities
    .filter((priority) => entry[priority] > 0)
    .map((priority) => `${t().priorities[priority]} ${formatNumber(entry[priority])}`)
  return `${formatWhen(entry.at, serverNow.peek())} – ${formatHour(entry.at + QUARTER)}: ${[t().raisedCount(formatNumber(total(entry))), ...parts].join(' · ')}`
}

/** The list of what came in one quarter of an hour. */
const open = ({ at }: TimelineEntry) => navigate(`/alarms?live=false&from=${at}&to=${at + QUARTER}`)

const stepOf: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: -Number.MAX_SAFE_INTEGER,
  End: Number.MAX_SAFE_INTEGER,
}

/** Alarms raised per quarter of an hour over the last 24 h, with the line where a flood begins; each quarter can be read and opened. */
export function Timeline() {
  const entries = day.value
  const [under, setUnder] = useState<number | null>(null)
  const most = entries.reduce((worst, entry) => (total(entry) > total(worst) ? entry : worst), entries[0] as TimelineEntry)
  const sum = entries.reduce((all, entry) => all + total(entry), 0)
  const y = (count: number) => HEIGHT - (Math.min(count, TOP) / TOP) * HEIGHT
  const last = entries.length - 1
  const shown = entries[under ?? last] as TimelineEntry
  const find = (event: MouseEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    return Math.min(last, Math.max(0, Math.floor(((event.clientX - left) / width) * entries.length)))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = stepOf[event.key]
    if (event.key === 'Enter') open(shown)
    else if (step !== undefined) setUnder(Math.min(last, Math.max(0, (under ?? last) + step)))
    else return
    event.preventDefault()
  }
  return (
    <section class="panel timeline" aria-label={t().lastDay}>
      <h2>
        {t().lastDay}
        <span class="muted"> {t().raisedCount(formatNumber(sum))}</span>
      </h2>
      <div
        class="quarters"
        role="slider"
        tabIndex={0}
        aria-label={t().timelineWords(formatNumber(sum), formatHour(most.at), formatNumber(total(most)))}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={under ?? last}
        aria-valuetext={wordsOf(shown)}
        onKeyDown={onKeyDown}
        onFocus={() => setUnder(under ?? last)}
        onBlur={() => setUnder(null)}
        onPointerMove={(event) => setUnder(find(event))}
        onPointerLeave={() => setUnder(null)}
        onClick={(event) => open(entries[find(event)] as TimelineEntry)}
      >
        <svg aria-hidden="true" viewBox={`0 0 960 ${HEIGHT}`} preserveAspectRatio="none">
          {under !== null && <rect class="reached" x={under * 10} width="10" y="0" height={HEIGHT} />}
          {entries.map((entry, i) => (
            <Bar key={entry.at} entry={entry} x={i * 10 + 1} y={y} />
          ))}
          <line class="flood-line" x1="0" x2="960" y1={y(FLOOD_LINE)} y2={y(FLOOD_LINE)} vector-effect="non-scaling-stroke" />
        </svg>
        {under !== null && (
          <span
            class="quarter-words"
            aria-hidden="true"
            style={under < 48 ? { left: `${(under / 96) * 100}%` } : { right: `${((last - under) / 96) * 100}%` }}
          >
            {wordsOf(shown)}
          </span>
        )}
      </div>
      <ol class="hours" aria-hidden="true">
        {entries.map(({ at }, i) =>
          isTick(at) && i < entries.length - 3 ? (
            <li key={at} style={{ left: `${(i / entries.length) * 100}%` }}>
              {formatHour(at)}
            </li>
          ) : null,
        )}
      </ol>
      <span class="flood-label muted" aria-hidden="true">
        {t().floodLine}
      </span>
    </section>
  )
}

function Bar({ entry, x, y }: { entry: TimelineEntry; x: number; y: (count: number) => number }) {
  let below = 0
  return (
    <g>
      {priorities.map((priority) => {
        const from = below
        below += entry[priority]
        return entry[priority] > 0 ? (
          <rect key={priority} class={`fill ${priority}`} x={x} width="8" y={y(below)} height={y(from) - y(below)} />
        ) : null
      })}
      {total(entry) > TOP && <rect class="cut" x={x} width="8" y="3" height="2.5" />}
    </g>
  )
}
