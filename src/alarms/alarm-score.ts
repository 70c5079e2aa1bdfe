import { days, minutes } from '../telemetry/duration.ts'
import type { Activation } from './activation.ts'

/** What somebody knows to have been wrong. Times are event times, ms; `to` null: it lasts to the end. */
export interface FaultLabel {
  facility: string
  from: number
  to: number | null
  /** Rules that may tell of it; any rule of the facility when empty. */
  rules: readonly string[]
}

export interface AlarmScore {
  /** Alarms people see, and those of them that tell of a labelled fault. */
  alarms: number
  trueAlarms: number
  labels: number
  /** Labels that at least one alarm tells of. */
  detected: number
  /** Share of the alarms that are true; null without an alarm. */
  precision: number | null
  /** Share of the labels that are detected; null without a label. */
  recall: number | null
  /** From the beginning of a label to its first alarm, ms, over the detected ones; null when there is none. */
  medianDelay: number | null
  falsePerFacilityDay: number | null
}

export interface ScoreOptions {
  /** Only alarms and labels that begin in this time count, ms. */
  from: number
  to: number
  /** When there was something to see, ms: of labels only those count that begin in this time too; all of it when absent. */
  seen?: { from: number; to: number }
  facilities: number
  /** How long they were watched, ms; from `from` to `to` when absent. */
  length?: number
  /** An alarm that begins so long after the end of a fault may still be its own: delays and learned rules take their time, ms. */
  slack?: number
}

export const SLACK = minutes(10)

/** Holds the alarms people see against what is known to have been wrong. One fault may bring several true alarms. */
export function scoreAlarms(
  activations: readonly Activation[],
  labels: readonly FaultLabel[],
  { from, to, seen = { from, to }, facilities, length = to - from, slack = SLACK }: ScoreOptions,
): AlarmScore {
  const byFacility = Map.groupBy(labels, ({ facility }) => facility)
  const firstAlarm = new Map<FaultLabel, number>()
  let alarms = 0
  let trueAlarms = 0
  for (const activation of activations) {
    if (activation.toldAt === null || activation.started < from || activation.started >= to) continue
    alarms++
    const told = (byFacility.get(activation.facility) ?? []).filter((label) => tellsOf(activation, label, slack))
    if (told.length > 0) trueAlarms++
    for (const label of told) firstAlarm.set(label, Math.min(firstAlarm.get(label) ?? Number.POSITIVE_INFINITY, activation.started))
  }
  const counted = labels.filter((label) => label.from >= Math.max(from, seen.from) && label.from < Math.min(to, seen.to))
  const delays = counted.flatMap((label) => (firstAlarm.has(label) ? [(firstAlarm.get(label) as number) - label.from] : []))
  const facilityDays = (facilities * length) / days(1)
  return {
    alarms,
    trueAlarms,
    labels: counted.length,
    detected: delays.length,
    precision: alarms > 0 ? trueAlarms / alarms : null,
    recall: counted.length > 0 ? delays.length / counted.length : null,
    medianDelay: median(delays),
    falsePerFacilityDay: facilityDays > 0 ? (alarms - trueAlarms) / facilityDays : null,
  }
}

function tellsOf({ rule, started }: Activation, { from, to, rules }: FaultLabel, slack: number): boolean {
  return (rules.length === 0 || rules.includes(rule)) && started >= from && started <= (to ?? Number.POSITIVE_INFINITY) + slack
}

/** Null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return null
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
