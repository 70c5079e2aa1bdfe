import { priorities } from '../../../../src/detection/rule.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { say, t } from '../settings.ts'
import { StateSymbol } from '../symbols.tsx'
import { plotTexts } from '../texts/plots.ts'
import type { ShownTime } from '../time/time-window.ts'
import { inRows } from './lanes.ts'
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
  /** Until when what is active lasted, ms since 1970. */
  until: number
  /** Where the area of the curves lies, pixels from the left edge. */
  area: { left: number; width: number }
}

export function alarmWords({ priority, title, rule, facility, started, ended }: SpanOf): string {
  const until = ended === null ? plotTexts().still : formatDateTime(ended)
  return plotTexts().alarm(t().priorities[priority], title ? say(title) : rule, facility, formatDateTime(started), until)
}

/** Above a plot: alarms from activation to return, each a link to it, and changes of mode. */
export function AlarmLane({ alarms, changes, area, from, to, until }: LaneProps) {
  if (alarms.length + changes.length === 0) return null
  const place = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from))) * area.width
  const { laid, more } = inRows(
    byUrgency(alarms).map((alarm) => ({ alarm, left: place(alarm.started), right: place(alarm.ended ?? until) })),
    area.width,
    LEAST,
    ROWS,
  )
  const rows = alarms.length === 0 ? 0 : 1 + Math.max(...laid.map(({ row }) => row))
  return (
    <div class="plot-lane" style={{ marginLeft: `${area.left}px`, width: `${area.width}px` }}>
      <ul style={{ height: `${(rows + (changes.length > 0 ? 1 : 0)) * LEAST}px` }} aria-label={plotTexts().alarmsHere}>
        {laid.map(({ item: { alarm }, row, left, width }) => (
          <li key={`${alarm.alarm} ${alarm.started}`} style={{ left: `${left}px`, width: `${width}px`, top: `${row * LEAST}px` }}>
            <AlarmLink alarm={alarm} />
          </li>
        ))}
        {changes.map((change) => (
          <li key={`${change.facility} ${change.at}`} style={{ left: `${place(change.at) - LEAST / 2}px`, top: `${rows * LEAST}px` }}>
            <Change change={change} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <span class="more" style={{ right: '100%' }} title={plotTexts().more(formatNumber(more))}>
          +{formatNumber(more)}
        </span>
      )}
    </div>
  )
}

/** The most urgent first, so that they are the ones that find room. */
export const byUrgency = (alarms: readonly SpanOf[]): SpanOf[] =>
  alarms.toSorted((a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || a.started - b.started)

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
