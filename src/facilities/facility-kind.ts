import { type RuleBuilders, ruleBuilders } from '../detection/builders.ts'
import type { Rule, RuleDraft } from '../detection/rule.ts'
import { sensorFaultRule } from '../detection/sensor-fault.ts'
import { type Point, type PointTable, type PointValue, pointTable, type Text } from '../telemetry/point.ts'

/** Rows of the fault wall. */
export const domains = { lighting: true, cabinets: true, water: true, gas: true, sewage: true, waste: true } as const
export type Domain = keyof typeof domains

/** How a facility looks on its page, as data; every name is a declared point. */
export interface Panel<P extends string> {
  /** Shown large, in this order. */
  gauges: readonly P[]
  /** Plots, each with the points that share it. */
  trends: readonly (readonly P[])[]
  /** The one value shown in lists and on the map. */
  headline: P
}

/** What the simulated world is like at one step. `at` is ms since 1970, `elapsed` ms since the last step (0 at first). */
export interface SimulatedWorld {
  at: number
  elapsed: number
  /** 0 by night to 1 by day. */
  daylight: number
  /** Outdoor temperature, degC. */
  temperature: number
  /** Share of the day's peak demand for water and gas, 0 to 1. */
  demand: number
  /** Seeded, 0 to below 1. */
  random(): number
  /** Size of an injected fault now, 0 when it is absent, usually 1 when present. */
  fault(name: string): number
}

export interface SimulatedFacility<R extends string> {
  id: string
  rated: Readonly<Record<R, number>>
}

/** A fault the simulation can show and the alarms it must raise: the first always, the others may follow from it. */
export interface SimulatedFault {
  title: Text
  raises: readonly [string, ...string[]]
  /** How long the facility must have been healthy before its rules know enough to see this fault, ms. */
  learning?: number
  /** Rated values a facility must have to show this fault, where not every variant of the kind can. */
  needs?: Readonly<Record<string, number>>
}

export type SimulatedValues<P extends string> = { [K in P]: PointValue | null }

export interface Simulation<P extends string, R extends string> {
  /** Ms between two reports. */
  period: number
  faults: Readonly<Record<string, SimulatedFault>>
  /** Returns the step function of one facility. A null value is left out of the report; a step that returns null sends none. */
  create(facility: SimulatedFacility<R>, random: () => number): (world: SimulatedWorld) => SimulatedValues<P> | null
}

export interface KindDefinition<P extends string, R extends string> {
  key: string
  domain: Domain
  title: Text
  /** Rated values with their defaults; a facility may have its own. */
  rated: Readonly<Record<R, number>>
  points: Readonly<Record<P, Point>>
  rules: (build: RuleBuilders<NoInfer<P>, NoInfer<R>>) => Readonly<Record<string, RuleDraft<NoInfer<P>>>>
  panel: Panel<NoInfer<P>>
  simulation: Simulation<NoInfer<P>, NoInfer<R>>
}

/** A facility kind as the generic parts read it. */
export interface FacilityKind {
  readonly key: string
  readonly domain: Domain
  readonly title: Text
  readonly rated: Readonly<Record<string, number>>
  readonly table: PointTable
  readonly rules: readonly Rule[]
  readonly panel: Panel<string>
  readonly simulation: Simulation<string, string>
}

/** Checks and compiles one kind of facility. A rule or panel that names an undeclared point, or a simulation that forgets one, does not compile. */
export function defineFacilityKind<const P extends string, const R extends string>(definition: KindDefinition<P, R>): FacilityKind {
  const table = pointTable(definition.points)
  const drafts: [string, RuleDraft][] = [...Object.entries(definition.rules(ruleBuilders<P, R>())), ['sensor-fault', sensorFaultRule()]]
  const rules = drafts.map(([key, draft]): Rule => {
    const points = draft.points.map((point) => table.index.get(point) as number)
    return { ...draft, key, points, judge: draft.judge(points) }
  })
  return { ...definition, table, rules, simulation: definition.simulation as unknown as Simulation<string, string> }
}
