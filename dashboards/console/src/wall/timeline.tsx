import { computed } from '@preact/signals'
import { priorities } from '../../../../src/detection/rule.ts'
import { formatHour, formatNumber } from '../format.ts'
import { serverNow, view } from '../live/live.ts'
import { lastDay, type TimelineEntry } from '../live/live-state.ts'
import { t } from '../settings.ts'

/** 10 alarms in 10 minutes, as many per quarter of an hour. */
const FLOOD_LINE = 15
/** Taller bars are cut and say their number, so that one flood does not flatten the day. */
const TOP = 45
const HEIGHT = 44
const noEntries: readonly TimelineEntry[] = []

const quarter = computed(() => Math.floor(serverNow.value / 900_000))
const day = computed(() => lastDay(view.value?.timeline ?? noEntries, quarter.value * 900_000))
const total = ({ critical, high, medium, low }: TimelineEntry) => critical + high + medium + low

/** Every third full hour in the city. */
function isTick(at: number): boolean {
  const [hour, minute] = formatHour(at).split(':').map(Number) as [number, number]
  return minute === 0 && hour % 3 === 0
}

/** Alarms raised per quarter of an hour over the last 24 h, with the line where a flood begins. */
export function Timeline() {
  const entries = day.value
  const most = entries.reduce((worst, entry) => (total(entry) > total(worst) ? entry : worst), entries[0] as TimelineEntry)
  const sum = entries.reduce((all, entry) => all + total(entry), 0)
  const y = (count: number) => HEIGHT - (Math.min(count, TOP) / TOP) * HEIGHT
  return (
    <section class="panel timeline" aria-label={t().lastDay}>
      <h2>
        {t().lastDay}
        <span class="muted"> {t().raisedCount(formatNumber(sum))}</span>
      </h2>
      <svg
        role="img"
        aria-label={t().timelineWords(formatNumber(sum), formatHour(most.at), formatNumber(total(most)))}
        viewBox={`0 0 960 ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        {entries.map((entry, i) => (
          <Bar key={entry.at} entry={entry} x={i * 10 + 1} y={y} />
        ))}
        <line class="flood-line" x1="0" x2="960" y1={y(FLOOD_LINE)} y2={y(FLOOD_LINE)} vector-effect="non-scaling-stroke" />
      </svg>
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
      <title>{`${formatHour(entry.at)}  ${total(entry)}`}</title>
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
