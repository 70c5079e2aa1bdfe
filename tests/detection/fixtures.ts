import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Surroundings } from '../../src/detection/expected.ts'
import type { Rule, RuleDraft, RuleTexts } from '../../src/detection/rule.ts'
import { sensorFaultRule } from '../../src/detection/sensor-fault.ts'
import { analog, digital, isPlausible, type Point, pointTable, text } from '../../src/telemetry/point.ts'
import type { Reading } from '../../src/telemetry/report.ts'

export const texts: RuleTexts = {
  title: text('t', 't'),
  timeToAct: 10,
  response: [text('r', 'r')],
  cause: text('c', 'c'),
  consequence: text('q', 'q'),
}

const points = {
  level: analog(text('Level', '液位'), 'm', [0, 10]),
  flow: analog(text('Flow', '流量'), 'm3/h', [0, 100]),
  command: digital(text('Command', '命令'), text('off', '关'), text('on', '开')),
  feedback: digital(text('Feedback', '反馈'), text('off', '关'), text('on', '开')),
} satisfies Record<string, Point>

type PointKey = keyof typeof points
type Rules = (build: ReturnType<typeof ruleBuilders<PointKey, 'flow'>>) => Record<string, RuleDraft<PointKey>>
export type Values = Partial<Record<PointKey, number | boolean>>

/** A kind of these points and rules without rated values. */
export function kindOf(key: string, points: Readonly<Record<string, Point>>, drafts: Readonly<Record<string, RuleDraft>>) {
  const table = pointTable(points)
  const rules = Object.entries(drafts).map(([name, draft]): Rule => {
    const indices = draft.points.map((point) => table.index.get(point) as number)
    return {
      ...draft,
      key: name,
      points: indices,
      judge: draft.judge(indices),
      figures: draft.figures?.(indices) ?? null,
      learned: draft.learned?.(indices) ?? null,
      lamps: draft.lamps && { circuit: draft.lamps.circuit, count: draft.lamps.count(indices) },
    }
  })
  return { key, table, rules, rated: {} }
}

/** A facility with four points and the rules given, and what a detector makes of reports. */
export function detectorWith(rules: Rules, surroundings: Surroundings = {}) {
  const facility: DetectedFacility = {
    id: 'T-1',
    number: 1,
    gateway: null,
    rated: {},
    kind: {
      ...kindOf('tank', points, { ...rules(ruleBuilders<PointKey, 'flow'>()), 'sensor-fault': sensorFaultRule() }),
      rated: { flow: 50 },
    },
  }
  const { table } = facility.kind
  const detector = new Detector(surroundings)
  detector.put(facility)
  const changes: ConditionChange[] = []
  const emit = (change: ConditionChange) => changes.push(change)
  return {
    detector,
    facility,
    /** A report at device time `at`, received `delay` ms later. */
    emit,
    report(at: number, values: Values, delay = 0) {
      detector.advance(at + delay, emit)
      const readings = Object.entries(values).map(([key, value]): Reading => {
        const point = table.index.get(key) as number
        return { point, value: Number(value), quality: isPlausible(table.points[point] as Point, Number(value)) ? 'good' : 'bad' }
      })
      return detector.report({ facility, at, received: at + delay, readings }, emit)
    },
    link: (at: number, online: boolean) => detector.link({ facility, online, received: at }, emit),
    tick: (now: number) => detector.advance(now, emit),
    /** Changes so far, and forgets them. */
    takeChanges: () => changes.splice(0),
    /** The same as "key+ at" and "key- at", and forgets them. */
    take: () => changes.splice(0).map(({ rule, active, at }) => `${rule.key}${active ? '+' : '-'} ${at}`),
  }
}

export type Row = readonly [second: number, values: Values]

/** What reports at these seconds, by both clocks, bring about; as `take` says it, in seconds. */
export function play(rules: Rules, rows: readonly Row[]): string[] {
  const { report, take } = detectorWith(rules)
  for (const [second, values] of rows) report(second * 1000, values)
  return take().map((change) => change.replace(/\d+$/, (ms) => String(Number(ms) / 1000)))
}

/** Reports every `step` seconds, at both ends too. */
export const rows = (step: number, from: number, to: number, values: (second: number) => Values): Row[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => [from + i * step, values(from + i * step)])
