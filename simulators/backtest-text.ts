import { styleText } from 'node:util'
import type { Activation } from '../src/alarms/activation.ts'
import type { AlarmChange, ChangeCounts } from '../src/alarms/alarm-difference.ts'
import type { AlarmScore } from '../src/alarms/alarm-score.ts'
import type { BacktestResult, RuleSetResult } from '../src/backtest/backtest.ts'
import { shortTime } from '../src/command-line.ts'
import { priorities } from '../src/detection/rule.ts'

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const share = (value: number | null) => (value === null ? '-' : `${(100 * value).toFixed(1)} %`)
const fixed = (value: number | null, digits = 2) => (value === null ? '-' : value.toFixed(digits))

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0))) ?? []
  return rows.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '))
}

/** The whole result at a glance, and the changes that weigh most. */
export function backtestText(result: BacktestResult, seconds: number, shown: number): string {
  const { window, lead, facilities, messages, readings, rejected, difference } = result
  const rest = difference.changes.length - shown
  const warmUp = lead > 0 ? `, after ${shortTime(lead)} of warming up` : ''
  return [
    `${facilities} facilities, ${iso(window.from)} to ${iso(window.to)}${warmUp}`,
    `${messages} messages, ${readings} readings in ${seconds.toFixed(1)} s: ${Math.round(readings / seconds)} readings/s under two rule sets`,
    ...(rejected > 0 ? [`${rejected} messages could not be read, wholly or in part`] : []),
    '',
    ...figures(result),
    '',
    ...rules(result),
    ...difference.changes.slice(0, shown).map(changeLine),
    ...(rest > 0 ? [`and ${rest} more; --json prints all`] : []),
  ].join('\n')
}

function figures({ before, after }: BacktestResult): string[] {
  const row = (title: string, of: (result: RuleSetResult) => string) => [title, of(before), of(after)]
  const scored = (title: string, of: (score: AlarmScore) => string) =>
    before.score ? [row(title, ({ score }) => (score ? of(score) : '-'))] : []
  return table([
    ['', 'before', 'after'],
    row('alarms told', ({ load }) => String(load.alarms)),
    ...priorities.map((priority) => row(`  ${priority}`, ({ load }) => String(load.byPriority[priority]))),
    row('hidden (suppressed, late, out of service)', ({ load }) => String(load.hidden)),
    row('per 10 minutes, mean', ({ load }) => fixed(load.mean)),
    row('per 10 minutes, most', ({ load }) => String(load.busiest)),
    row('floods', ({ load }) => String(load.floods.length)),
    row('10 minutes without an alarm', ({ load }) => share(load.quietShare)),
    ...scored('precision', ({ precision }) => share(precision)),
    ...scored('recall', ({ recall, detected, labels }) => `${share(recall)} (${detected}/${labels})`),
    ...scored('detection delay, median', ({ medianDelay }) => (medianDelay === null ? '-' : shortTime(medianDelay))),
    ...scored('false alarms per facility and day', ({ falsePerFacilityDay }) => fixed(falsePerFacilityDay, 4)),
  ])
}

function rules({ difference: { counts, byRule } }: BacktestResult): string[] {
  if (byRule.length === 0) return ['No alarm under either rule set.']
  const cells = ({ same, added, lost, earlier, later, longer, shorter, otherPriority }: ChangeCounts) =>
    [same, added, lost, earlier, later, longer, shorter, otherPriority].map(String)
  const rows = byRule.map((each) => [`${each.kind} ${each.rule}`, ...cells(each)])
  const titles = ['rule', 'same', 'added', 'lost', 'earlier', 'later', 'longer', 'shorter', 'priority']
  return [...table([titles, ...rows, ['all', ...cells(counts)]]), '']
}

function changeLine(change: AlarmChange): string {
  const { type, before, after } = change
  const { facility, rule, priority } = (before ?? after) as Activation
  const line = `${type.padEnd(5)}  ${priority.padEnd(8)}  ${facility} ${rule}: ${whatHappened(change)}`
  return type === 'lost' ? styleText('red', line) : line
}

function whatHappened({ type, before, after }: AlarmChange): string {
  const stay = ({ started, ended }: Activation) => `${iso(started)} ${ended === null ? 'on' : `for ${shortTime(ended - started)}`}`
  if (type === 'lost') return `${stay(before as Activation)}${after ? ', hidden' : ''}`
  if (type === 'added') return `${stay(after as Activation)}${before ? ', was hidden' : ''}`
  const [a, b] = [before as Activation, after as Activation]
  const shift = b.started - a.started
  const moved = shift === 0 ? [] : [`${shortTime(Math.abs(shift))} ${shift < 0 ? 'earlier' : 'later'}`]
  const urgency = a.priority === b.priority ? [] : [`${a.priority} to ${b.priority}`]
  const length =
    a.ended === b.ended ? [] : [`ends ${b.ended === null ? 'never' : iso(b.ended)}, not ${a.ended === null ? 'never' : iso(a.ended)}`]
  return [stay(a), ...moved, ...urgency, ...length].join('; ')
}
