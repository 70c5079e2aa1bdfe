/** A text an operator reads, in both languages. */
export interface Text {
  en: string
  zh: string
}

interface PointBase {
  title: Text
  unit: string
}

/** A measured quantity; a value outside `plausible` is physically impossible and marks the sensor as faulty. */
export interface AnalogPoint extends PointBase {
  type: 'number'
  plausible: readonly [min: number, max: number]
  /** Band of a healthy facility, for the moving analogue bar. */
  normal?: readonly [min: number, max: number]
  digits: number
  /** It only rises: `running` until it is reset, rolls over or is replaced, `today` from 0 at each local midnight. */
  counter?: Counter
  /** Comes when somebody has measured it, so that none is due. */
  occasional?: boolean
}

export const counters = ['running', 'today'] as const
export type Counter = (typeof counters)[number]

export interface BooleanPoint extends PointBase {
  type: 'boolean'
  states: readonly [no: Text, yes: Text]
}

/** One of a closed list of named states; on the wire the name, inside its index. */
export interface StatePoint extends PointBase {
  type: 'state'
  states: readonly { key: string; title: Text }[]
}

export type Point = AnalogPoint | BooleanPoint | StatePoint
export type PointValue = number | boolean | string

export const text = (en: string, zh: string): Text => ({ en, zh })

/** The same where somebody wrote it in one language only: better that than nothing. */
export const inBoth = ({ en, zh }: Text): Text => ({ en: en.trim() ? en : zh, zh: zh.trim() ? zh : en })

export function analog(
  title: Text,
  unit: string,
  plausible: readonly [number, number],
  more: Partial<Pick<AnalogPoint, 'normal' | 'digits' | 'counter' | 'occasional'>> = {},
): AnalogPoint {
  return { type: 'number', title, unit, plausible, digits: 1, ...more }
}

export function digital(title: Text, no: Text, yes: Text): BooleanPoint {
  return { type: 'boolean', title, unit: '', states: [no, yes] }
}

export function state(title: Text, states: Record<string, Text>): StatePoint {
  return { type: 'state', title, unit: '', states: Object.entries(states).map(([key, stateTitle]) => ({ key, title: stateTitle })) }
}

/** A kind's points in a fixed order: inside the program a point is its index, and a value is a number. */
export interface PointTable {
  readonly keys: readonly string[]
  readonly points: readonly Point[]
  readonly index: ReadonlyMap<string, number>
}

export function pointTable(points: Record<string, Point>): PointTable {
  const keys = Object.keys(points)
  return { keys, points: Object.values(points), index: new Map(keys.map((key, i) => [key, i])) }
}

/** The number a point's value is kept as: booleans 0/1, states their index. `undefined`: the value is not of the point's type. */
export function encodeValue(point: Point, value: unknown): number | undefined {
  if (point.type === 'number') return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  if (point.type === 'boolean') return value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined
  const index = typeof value === 'string' ? point.states.findIndex((s) => s.key === value) : -1
  return index < 0 ? undefined : index
}

/** The inverse of `encodeValue`; `null` for an absent (NaN) value. */
export function decodeValue(point: Point, value: number): PointValue | null {
  if (Number.isNaN(value)) return null
  if (point.type === 'number') return value
  if (point.type === 'boolean') return value !== 0
  return point.states[value]?.key ?? null
}

export function isPlausible(point: Point, value: number): boolean {
  return point.type !== 'number' || (value >= point.plausible[0] && value <= point.plausible[1])
}
