import type { Text } from '../telemetry/point.ts'

/** What an element of a mimic looks like; flat symbols in the manner of ISA-5.1 and IEC 60617. */
export const mimicSymbols = [
  'analyser',
  'basin',
  'battery',
  'circuit',
  'controller',
  'conveyor',
  'crane',
  'detector',
  'door',
  'fan',
  'filter',
  'flag',
  'instrument',
  'meter',
  'network',
  'odoriser',
  'phase',
  'pump',
  'regulator',
  'tank',
  'valve',
  'well',
] as const
export type MimicSymbol = (typeof mimicSymbols)[number]

/** What a line of a mimic carries; pipes are thick, wires thin, and what an instrument hangs on is dashed. */
export const mimicMedia = ['pipe', 'wire', 'signal'] as const
export type MimicMedium = (typeof mimicMedia)[number]

/** Where a rated value of the facility lies; both ends belong to it. */
export interface MimicCondition<R extends string> {
  rated: R
  atLeast?: number
  atMost?: number
}

export interface MimicElement<P extends string, R extends string> {
  key: string
  symbol: MimicSymbol
  title: Text
  /** Its upper left corner, in cells of the grid. */
  at: readonly [column: number, row: number]
  /** In cells; the symbol, the title and the values all lie within. */
  size: readonly [columns: number, rows: number]
  /** The values stand beside the symbol, not below it. */
  beside?: boolean
  /** In the bubble of an instrument, as ISA-5.1 writes them: PI, FI, TI, LI, AI. */
  letters?: string
  /** Says whether it runs, is open or has been seen; its word stands at the symbol. */
  state?: P
  /** What `state` has been told to be. */
  command?: P
  /** Says that its breaker has tripped. */
  trip?: P
  /** Fills the vessel. */
  level?: P
  /** Written beside or below, each with what it is called here. */
  values?: readonly (readonly [point: P, label: Text])[]
  /** Points that others show, but whose alarms stand here: those of a pump show by its current first. */
  alarmsOf?: readonly P[]
  /** Drawn only where this holds. */
  only?: MimicCondition<R>
}

export interface MimicLine<R extends string> {
  medium: MimicMedium
  /** Corners in cells, in the direction of the flow. */
  path: readonly (readonly [column: number, row: number])[]
  /** An arrow at its end tells the direction. */
  arrow?: boolean
  /** Written at its beginning. */
  title?: Text
  only?: MimicCondition<R>
}

/** The process picture of a facility, as data: elements on a grid, each bound to declared points. */
export interface Mimic<P extends string = string, R extends string = string> {
  columns: number
  rows: number
  elements: readonly MimicElement<P, R>[]
  lines: readonly MimicLine<R>[]
}

/** Points an element shows or follows. */
export const pointsOfElement = <P extends string>({ state, command, trip, level, values = [] }: Partial<MimicElement<P, string>>): P[] => [
  ...new Set([state, command, trip, level, ...values.map(([point]) => point)].filter((point) => point !== undefined)),
]

/** Whether something with this condition is drawn for a facility with these rated values. */
export function isDrawn(only: MimicCondition<string> | undefined, rated: Readonly<Record<string, number>>): boolean {
  if (!only) return true
  const value = rated[only.rated] ?? Number.NaN
  return value >= (only.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (only.atMost ?? Number.POSITIVE_INFINITY)
}
