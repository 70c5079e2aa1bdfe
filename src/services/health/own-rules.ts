import type { FacilityView, Rule, RuleParameters } from '../../detection/rule.ts'
import { server } from '../../facilities/server/index.ts'
import type { ServerPoint } from '../../facilities/server/points.ts'
import { encodeValue, type Point, type PointValue } from '../../telemetry/point.ts'

/** What the service last said of itself, by point; a point of which nothing is known is null or absent. */
export type OwnValues = Readonly<Partial<Record<ServerPoint, PointValue | null>>>

/** Parameters in force of a rule of the kind `server`; null while it is turned off. */
export type ParametersOf = (rule: Rule) => RuleParameters | null

/** Rules of the kind `server` whose condition holds at `at` (ms), without the delays that keep an alarm from coming and going. */
export function brokenRules(values: OwnValues, at: number, parametersOf: ParametersOf): ReadonlySet<string> {
  const view = viewOf(values, at)
  const found = server.rules.filter((rule) => {
    const parameters = rule.points.length > 0 ? parametersOf(rule) : null
    return parameters !== null && rule.judge(view, at, false, parameters, new Float64Array(rule.slots).fill(Number.NaN), 0) <= at
  })
  return new Set(found.map(({ key }) => key))
}

/** The service as its rules see it at one moment. */
function viewOf(values: OwnValues, at: number): FacilityView {
  const { keys, points } = server.table
  const encoded = keys.map((key, i) => encodeValue(points[i] as Point, values[key as ServerPoint] ?? undefined) ?? Number.NaN)
  return {
    values: Float64Array.from(encoded),
    times: new Float64Array(keys.length).fill(at),
    ...{ lastReport: at, lastHeard: at, reportingSince: at, patience: Number.POSITIVE_INFINITY, skew: Number.NaN },
    ...{ rated: {}, offlineSince: Number.NaN, fedFrom: Number.NEGATIVE_INFINITY, isNews: true, bad: null },
    steady: (moment) => moment,
    localTime: (moment) => moment,
    heldBack: () => 0,
    isAskedDark: () => false,
    expected: () => Number.NaN,
  }
}
