import { type RuleBuilders, ruleBuilders } from '../detection/builders.ts'
import { clockSkewRule } from '../detection/clock-skew.ts'
import type { Rule, RuleDraft } from '../detection/rule.ts'
import { sensorFaultRule } from '../detection/sensor-fault.ts'
import type { SwitchingTable } from '../telemetry/codecs/programme-messages.ts'
import { encodeValue, type Point, type PointTable, type PointValue, pointTable, type Text } from '../telemetry/point.ts'
import { type CommandTable, compileCommands, type KindCommand } from './commands.ts'
import type { Mimic } from './mimic.ts'
import type { RatedRange, RatedRanges } from './rated-range.ts'

/** Rows of the fault wall. */
export const domains = { lighting: true, cabinets: true, water: true, gas: true, sewage: true, waste: true, network: true } as const
export type Domain = keyof typeof domains

/** How a facility looks on its page, as data; every name is a declared point. */
export interface Panel<P extends string, R extends string = string> {
  /** Shown large, in this order. */
  gauges: readonly P[]
  /** Plots, each with the points that share it. */
  trends: readonly (readonly P[])[]
  /** The one value shown in lists and on the map. */
  headline: P
  /** The process picture; a kind without one shows its values only. */
  mimic?: Mimic<P, R>
}

/** The surroundings of a simulated facility at one moment, and what is wrong with it then. */
export interface SimulatedMoment {
  /** 0 by night to 1 by day. */
  daylight: number
  /** Outdoor temperature, degC. */
  temperature: number
  /** Share of the peak demand for water and gas, 0 to 1. */
  demand: number
  /** mm/h */
  rain: number
  /** Size of an injected fault now, 0 when it is absent, usually 1 when present. */
  fault(name: string): number
  /** What a standing command holds a channel at; undefined while the facility follows its programme. */
  ordered?(channel: string): number | undefined
  /** The table of its switching that it was given last; undefined while it never was. */
  table?: SwitchingTable | undefined
}

/** What the simulated world is like at one step. `at` is ms since 1970, `elapsed` ms since the last step (0 at first). */
export interface SimulatedWorld extends SimulatedMoment {
  at: number
  elapsed: number
  /** Seeded, 0 to below 1. */
  random(): number
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
  /** When the fault can show at all; at any time when absent. */
  shows?: 'by-night' | 'by-day'
  /** Its alarm comes at most this long after the fault begins (or begins to show), ms. */
  within?: number
}

/** What a simulated facility is given where it is connected. */
export interface SimulatedSupply {
  isOn: boolean
  /** Taken before the switches: it goes only when the whole facility loses its supply. */
  isPermanent?: boolean
  /** Light that what feeds it hands on by its table, %; undefined where it hands on none. */
  level?: number | undefined
  /** V */
  voltage: number
}

/** Tells how many amperes a facility draws at a moment, were it fed. */
export type SimulatedLoad = (at: number) => number

/**
 * The wires between simulated facilities. Without registered neighbours there are none, and a simulation makes up its own.
 * What is told with `draws` and `feeds` is asked at any time, between the steps too, with the moment and the faults of the
 * facility that told it; it must change no state.
 */
export interface SimulatedGrid {
  /** What feeds this facility gives it at its place on the circuit; undefined when nothing that is simulated does. */
  supply(at: number): SimulatedSupply | undefined
  /** Tells what this facility draws, A, were it fed. */
  draws(load: (at: number, moment: SimulatedMoment) => number): void
  /** What is connected to circuit `n` (null: to any), nearest first. */
  loads(circuit: number | null): readonly SimulatedLoad[]
  /** Tells what those on circuit `n` are given; `along` is 0 for the nearest to 1 for the farthest. */
  feeds(supply: (circuit: number | null, along: number, at: number, moment: SimulatedMoment) => SimulatedSupply): void
  /** Tells whether it lets the reports of others through while it reports itself; one that is never told does. */
  relays(isOpen: (at: number, moment: SimulatedMoment) => boolean): void
}

export type SimulatedValues<P extends string> = { [K in P]: PointValue | null }

export interface Simulation<P extends string, R extends string> {
  /** Ms between two reports. */
  period: number
  faults: Readonly<Record<string, SimulatedFault>>
  /** Returns the step function of one facility. A null value is left out of the report; a step that returns null sends none. */
  create(facility: SimulatedFacility<R>, random: () => number, grid: SimulatedGrid): (world: SimulatedWorld) => SimulatedValues<P> | null
}

/** How other systems call a point; absent where they have no word for it. */
export interface Terms {
  talq?: string
  ucifi?: string
  fiware?: string
  /** OPC 40223 (pumps and vacuum pumps) */
  opcua?: string
}

/** A sort of the kind, as rated values that make it one. */
export interface Variant<R extends string> {
  title: Text
  rated: Readonly<Partial<Record<R, number>>>
}

/** `shows` is the power it draws, W, with whose value `isLit` is asked; `full` is what it draws at full light, W. */
export interface Light<P, Rated> {
  readonly command: P
  readonly shows: P
  isLit(value: number, rated: Rated): boolean
  full(rated: Rated): number
}

export interface KindDefinition<P extends string, R extends string> {
  key: string
  domain: Domain
  title: Text
  /** Rated values with their defaults; a facility may have its own. */
  rated: Readonly<Record<R, number>>
  /** What they can be in real facilities, for each of them; any number from 0 up where a kind does not say. */
  ratedRanges?: RatedRanges<NoInfer<R>>
  points: Readonly<Record<P, Point>>
  rules: (build: RuleBuilders<NoInfer<P>, NoInfer<R>>) => Readonly<Record<string, RuleDraft<NoInfer<P>>>>
  /** Rules that judge the device's clock by what it says itself; they explain what its reports show of it. */
  clockRules?: readonly string[]
  panel: Panel<NoInfer<P>, NoInfer<R>>
  simulation: Simulation<NoInfer<P>, NoInfer<R>>
  /** Passes on the reports of others: whatever it passes on is a sign of its own life. */
  relays?: boolean
  /** What the program itself reports for, itself and systems that send it alerts: nobody else may, by MQTT or as its gateway. It is no facility of the city. */
  reportsItself?: boolean
  /** Sorts of this kind that differ in what they measure and do; the defaults of `rated` must be one of them. */
  variants?: Readonly<Record<string, Variant<NoInfer<R>>>>
  terms?: { readonly [K in NoInfer<P>]?: Terms }
  /** Point n - 1 says whether circuit n is switched on, for a kind that feeds others by switched circuits. */
  circuits?: readonly NoInfer<P>[]
  /** For a kind that gives light: the point that asks it to, the one that shows whether it does, and how. */
  light?: Light<NoInfer<P>, Readonly<Record<NoInfer<R>, number>>>
  /** What it can be told to do; a kind without any takes no commands. */
  commands?: CommandTable<NoInfer<P>, NoInfer<R>>
  /** The value of a point by which it says that it is run on site and takes no commands. */
  localMode?: { readonly point: NoInfer<P>; readonly is: PointValue }
  /** The same by which it says that a command holds it, so that nothing is expected of it by its programme. */
  held?: { readonly point: NoInfer<P>; readonly is: PointValue }
  /** What points should read at a light level of the lighting programme, 0 (off) to 1. */
  expected?: { readonly [K in NoInfer<P>]?: (level: number, rated: Readonly<Record<NoInfer<R>, number>>) => number }
}

/** A facility kind as the generic parts read it. */
export interface FacilityKind {
  readonly key: string
  readonly domain: Domain
  readonly title: Text
  readonly rated: Readonly<Record<string, number>>
  readonly ratedRanges: Readonly<Record<string, RatedRange>>
  readonly table: PointTable
  readonly rules: readonly Rule[]
  readonly panel: Panel<string>
  readonly simulation: Simulation<string, string>
  readonly relays: boolean
  readonly reportsItself: boolean
  readonly variants: Readonly<Record<string, { readonly title: Text; readonly rated: Readonly<Record<string, number>> }>>
  /** By point key. */
  readonly terms: Readonly<Record<string, Terms>>
  /** Index of the point that says whether circuit n + 1 is switched on. */
  readonly circuits: readonly number[]
  /** Points by their index; null for a kind that gives no light. */
  readonly light: Light<number, Readonly<Record<string, number>>> | null
  readonly commands: ReadonlyMap<string, KindCommand>
  /** Index of a point, and the value by which it says that it is run on site. */
  readonly localMode: { readonly point: number; readonly value: number } | null
  readonly held: { readonly point: number; readonly value: number } | null
  /** By point index. */
  readonly expected: ReadonlyMap<number, (level: number, rated: Readonly<Record<string, number>>) => number>
}

/** Checks and compiles one kind of facility. A rule or panel that names an undeclared point, or a simulation that forgets one, does not compile. */
export function defineFacilityKind<const P extends string, const R extends string>(definition: KindDefinition<P, R>): FacilityKind {
  const table = pointTable(definition.points)
  const drafts: [string, RuleDraft][] = [
    ...Object.entries(definition.rules(ruleBuilders<P, R>())),
    ['sensor-fault', sensorFaultRule()],
    ['clock-skew', clockSkewRule(definition.clockRules ?? [])],
  ]
  const rules = drafts.map(([key, draft]): Rule => {
    const points = draft.points.map((point) => table.index.get(point) as number)
    const { judge, figures, learned, lamps } = draft
    return {
      ...draft,
      key,
      points,
      judge: judge(points),
      figures: figures?.(points) ?? null,
      learned: learned?.(points) ?? null,
      lamps: lamps && { circuit: lamps.circuit, count: lamps.count(points) },
    }
  })
  const indexOf = (key: string) => table.index.get(key) as number
  const { light, localMode, held } = definition
  const expected = Object.entries(definition.expected ?? {}) as [
    string,
    (level: number, rated: Readonly<Record<string, number>>) => number,
  ][]
  return {
    ...definition,
    table,
    rules,
    ratedRanges: definition.ratedRanges ?? {},
    simulation: definition.simulation as unknown as Simulation<string, string>,
    relays: definition.relays ?? false,
    reportsItself: definition.reportsItself ?? false,
    variants: (definition.variants ?? {}) as FacilityKind['variants'],
    terms: (definition.terms ?? {}) as Readonly<Record<string, Terms>>,
    circuits: (definition.circuits ?? []).map(indexOf),
    light: light ? { ...light, command: indexOf(light.command), shows: indexOf(light.shows) } : null,
    commands: compileCommands<P, R>(definition.commands, table),
    localMode: localMode ? pointValue(table, localMode) : null,
    held: held ? pointValue(table, held) : null,
    expected: new Map(expected.map(([key, of]) => [indexOf(key), of])),
  }
}

function pointValue(table: PointTable, { point, is }: { point: string; is: PointValue }): { point: number; value: number } {
  const index = table.index.get(point) as number
  return { point: index, value: encodeValue(table.points[index] as Point, is) as number }
}
