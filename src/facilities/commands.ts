import { encodeValue, type PointTable, type PointValue, type Text, text } from '../telemetry/point.ts'

/** What a command asks for besides its name. */
export type CommandParameter =
  | { type: 'number'; title: Text; unit: string; least: number; greatest: number; isWhole?: boolean }
  | { type: 'choice'; title: Text; choices: Readonly<Record<string, Text>> }

/** `second-person`: one person alone does not do it. */
export type CommandDanger = 'routine' | 'second-person'

type Value = number | string | null

/** What telemetry must show, and within how many ms after the device has confirmed. */
export interface CommandEffect<P> {
  point: P
  /** The value, or the lowest and the highest one. */
  shows: PointValue | readonly [low: number, high: number]
  within: number
}

/** What a facility acts on, and the value it takes; null gives a channel back to its programme, `*` stands for all. */
export type Channels = Readonly<Record<string, number | null>>
export const EVERY_CHANNEL = '*'

/** One thing that facilities of a kind can be told to do. */
export interface CommandDefinition<P extends string, R extends string> {
  title: Text
  parameter?: CommandParameter
  danger?: CommandDanger
  /** Light level of the lighting programme, 0 to 1; null when there is none. */
  effect: (value: Value, rated: Readonly<Record<R, number>>, level: number | null) => CommandEffect<P>
  channels: (value: Value) => Channels
  /** The circuit whose lamps it lights or puts out. */
  circuit?: (value: Value) => number
  /** Facilities that cannot do it do not have it. */
  has?: (rated: Readonly<Record<R, number>>, value: Value) => boolean
  /** Why it must not be done now, by what telemetry says; values in the encoding of their points, NaN where unknown. */
  interlock?: (read: (point: P) => number, value: Value) => Text | null
  /** The command that takes it back. */
  undo?: (value: Value) => { command: string; value: Value }
}

export type CommandTable<P extends string, R extends string> = Readonly<Record<string, CommandDefinition<P, R>>>

/** An effect as it is compared: of the point with this index, both limits included, in its encoding. */
export interface EffectLimits {
  point: number
  low: number
  high: number
  within: number
}

/** A command as the generic parts read it. */
export interface KindCommand {
  readonly key: string
  readonly title: Text
  readonly parameter: CommandParameter | null
  readonly danger: CommandDanger
  effect(value: Value, rated: Readonly<Record<string, number>>, level: number | null): EffectLimits
  channels(value: Value): Channels
  /** The circuit whose lamps it lights or puts out; null when it is none. */
  circuit(value: Value): number | null
  has(rated: Readonly<Record<string, number>>, value: Value): boolean
  /** `values` by point index. */
  interlock(values: ArrayLike<number>, value: Value): Text | null
  undo(value: Value): { command: string; value: Value } | null
}

export function compileCommands<P extends string, R extends string>(
  commands: CommandTable<P, R> | undefined,
  table: PointTable,
): ReadonlyMap<string, KindCommand> {
  const indexOf = (point: P) => table.index.get(point) as number
  const compile = ([key, definition]: [string, CommandDefinition<P, R>]): [string, KindCommand] => [
    key,
    {
      key,
      title: definition.title,
      parameter: definition.parameter ?? null,
      danger: definition.danger ?? 'routine',
      effect(value, rated, level) {
        const { point, shows, within } = definition.effect(value, rated as Readonly<Record<R, number>>, level)
        const index = indexOf(point)
        const [low, high] = isRange(shows) ? shows : Array<number>(2).fill(encodeValue(table.points[index]!, shows) as number)
        return { point: index, low: low as number, high: high as number, within }
      },
      channels: definition.channels,
      circuit: (value) => definition.circuit?.(value) ?? null,
      has: (rated, value) => definition.has?.(rated as Readonly<Record<R, number>>, value) ?? true,
      interlock: (values, value) => definition.interlock?.((point) => values[indexOf(point)] ?? Number.NaN, value) ?? null,
      undo: (value) => definition.undo?.(value) ?? null,
    },
  ]
  return new Map(Object.entries<CommandDefinition<P, R>>(commands ?? {}).map(compile))
}

const isRange = (shows: CommandEffect<string>['shows']): shows is readonly [number, number] => Array.isArray(shows)

/** What is wrong with a value; null when nothing is. */
export function valueProblem(parameter: CommandParameter | null, value: Value): Text | null {
  if (parameter === null) return value === null ? null : text('it takes no value', '该指令不带参数')
  if (parameter.type === 'choice') {
    const choices = Object.keys(parameter.choices)
    const list = choices.join(', ')
    return typeof value === 'string' && choices.includes(value) ? null : text(`it is one of ${list}`, `可选值：${list}`)
  }
  const { least, greatest, unit, isWhole = false } = parameter
  const isInRange = typeof value === 'number' && value >= least && value <= greatest
  if (isInRange && (!isWhole || Number.isInteger(value))) return null
  const range = `${least} – ${greatest} ${unit}`.trim()
  return isWhole ? text(`it is a whole number, ${range}`, `应为整数，${range}`) : text(`it is a number, ${range}`, `应为 ${range}`)
}

/** Whether two commands act on the same thing, so that the later one takes the place of the earlier. */
export function shareChannel(one: Channels, other: Channels): boolean {
  const [ones, others] = [Object.keys(one), Object.keys(other)]
  return ones.includes(EVERY_CHANNEL) || others.includes(EVERY_CHANNEL) || ones.some((channel) => others.includes(channel))
}
