import { formatDateTime, formatNumber } from '../format.ts'
import { say, t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { plotTexts } from '../texts/plots.ts'
import type { ShownTime } from '../time/time-window.ts'
import { inRows, type Stretch } from './lanes.ts'
import type { SpanOf } from './plot-model.ts'

/** A symbol, which is also what one presses, pixels. */
const LEAST = 24
const ROWS = 3

export interface ModeChange {
  at: number
  facility: string
  mode: keyof ReturnType<typeof t>['modes']
  by: string
}

interface LaneProps extends ShownTime {
  alarms: readonly SpanOf[]
  changes: readonly ModeChange[]
  /** Where the area of the curves lies, pixels from the left edge. */
  area: { left: number; width: number }
}

type Item = Stretch & ({ alarm: SpanOf } | { change: ModeChange })

export function alarmWords({ priority, title, rule, facility, started, ended }: SpanOf): string {
  const until = ended === null ? plotTexts().still : formatDateTime(ended)
  return plotTexts().alarm(t().priorities[priority], title ? say(title) : rule, facility, formatDateTime(started), until)
}

/** Above a plot: alarms from activation to return, each a link to it, and changes of mode. */
export function AlarmLane({ alarms, changes, area, from, to }: LaneProps) {
  if (alarms.length + changes.length === 0) return null
  const place = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from))) * area.width
  const items: Item[] = [
    ...alarms.map((alarm) => ({ alarm, left: place(alarm.started), right: place(alarm.ended ?? to) })),
    ...changes.map((change) => ({ change, left: place(change.at) - LEAST / 2, right: place(change.at) + LEAST / 2 })),
  ]
  const { laid, more } = inRows(items, area.width, LEAST, ROWS)
  const rows = 1 + Math.max(0, ...laid.map(({ row }) => row))
  return (
    <div class="plot-lane" style={{ marginLeft: `${area.left}px`, width: `${area.width}px` }}>
      <ul style={{ height: `${rows * LEAST}px` }} aria-label={plotTexts().alarmsHere}>
        {laid.map(({ item, row, left, width }) => (
          <li
            key={'alarm' in item ? `${item.alarm.alarm} ${item.alarm.started}` : `${item.change.facility} ${item.change.at}`}
            style={{ left: `${left}px`, width: `${width}px`, top: `${row * LEAST}px` }}
          >
            {'alarm' in item ? <AlarmLink alarm={item.alarm} /> : <Change change={item.change} />}
          </li>
        ))}
      </ul>
      {more > 0 && <span class="more">{plotTexts().more(formatNumber(more))}</span>}
    </div>
  )
}

function AlarmLink({ alarm }: { alarm: SpanOf }) {
  const words = alarmWords(alarm)
  const look = alarm.ended !== null ? 'plain' : alarm.acknowledged ? 'acknowledged' : 'plain'
  return (
    <a class={alarm.priority} href={`/alarms/${alarm.alarm}`} title={words}>
      <StateSymbol state={alarm.priority} look={look} size={20} />
      <span class="unseen">{words}</span>
    </a>
  )
}

function Change({ change: { facility, mode, by, at } }: { change: ModeChange }) {
  const words = plotTexts().modeChange(facility, t().modes[mode], by, formatDateTime(at))
  return (
    <span class="change" role="img" aria-label={words} title={words}>
      ⚑
    </span>
  )
}
