import type { BoundDevice, DeviceProfile } from './device-profile.ts'
import type { Text } from './point.ts'
import { patternProblem, topicPattern } from './topic-pattern.ts'

/** A value as a device takes it. */
export type RawValue = number | string | boolean

/** How a device is told a command of its kind; the first line that fits counts. */
export interface CommandMapping {
  /** As the kind names it. */
  command: string
  /** Only with this value; with any when absent. */
  when?: number | string
  /** What it is told; the value of the command when absent. */
  write?: RawValue
  /** raw = value * scale + offset */
  scale?: number
  offset?: number
  /** Sparkplug: the metric that is written. */
  metric?: string
  /** LoRaWAN: the downlink; without bytes those that `encodeDownlink` of the codec makes of `{command, value}`. */
  downlink?: { fPort: number; bytes?: string; confirmed?: boolean }
  /** Plain topics: where to, with the captures of the profile's pattern, and what, with `{value}` and `{id}`. */
  message?: { topic: string; payload: string }
}

export type CommandedValue = number | string | null

/** A command in the dialect of a device. */
export interface ForeignCommand {
  /** Of the command. */
  id: string
  command: string
  value: CommandedValue
  /** ms since 1970 */
  at: number
}

/** The way to a device of another dialect. */
export interface Road {
  /** It says itself that it did it; else telemetry alone tells. */
  answers: boolean
  /** What waits for it is kept and delivered by its network server, so that it is sent once; ms in which it must answer. Null: as others. */
  keeps: number | null
  /** What else it must wait its turn for: messages a second. */
  lane: { key: string; perSecond: number } | null
  /** Throws when the device cannot be told it in its dialect, which no second try changes. What cannot be sent is logged. */
  send(told: ForeignCommand): Promise<void> | void
}

/** What became of a command in another dialect: the device has it, it will never get it, or it has not got it yet and whoever keeps it tries again. */
export type ForeignOutcome = 'done' | 'undelivered' | 'pending'

/** What a device of another dialect said to a command, or who was to deliver it. */
export interface ForeignAnswer {
  facility: string
  id: string
  outcome: ForeignOutcome
  words?: string
}

/** The road to a device, or why there is none, in words. */
export type RoadFinder = (bound: BoundDevice, mapping: CommandMapping, value: CommandedValue) => Road | Text

export const mappingFor = (
  { commands }: Pick<DeviceProfile, 'commands'>,
  command: string,
  value: CommandedValue,
): CommandMapping | undefined =>
  commands?.find((mapping) => mapping.command === command && (mapping.when === undefined || mapping.when === value))

/** What is written; null where the command has no value and the mapping none either. */
export function rawOf({ write, scale = 1, offset = 0 }: CommandMapping, value: CommandedValue): RawValue | null {
  if (write !== undefined) return write
  return typeof value === 'number' ? Number((value * scale + offset).toPrecision(13)) : value
}

/** Whether something is there to be written for every value the command may have. */
const hasValue = ({ write, when }: CommandMapping, takesValue: boolean) => write !== undefined || when !== undefined || takesValue

export interface MappableCommand {
  key: string
  takesValue: boolean
}

const BYTES = /^(?:[0-9a-f]{2}){1,242}$/i
/** Ports of applications. */
const PORTS = [1, 223] as const

/** What is wrong with the commands of a profile of a kind that has these. */
export function commandMappingProblems(
  { dialect, codec, commands = [], topics }: Omit<DeviceProfile, 'id' | 'title'>,
  known: readonly MappableCommand[],
): string[] {
  return commands.flatMap((mapping) => {
    const { command, metric, downlink, message } = mapping
    const found = known.find(({ key }) => key === command)
    if (!found) return [`command ${command}: there is no such command; there are ${known.map(({ key }) => key).join(', ') || 'none'}`]
    const say = (problem: string) => `command ${command}: ${problem}`
    const problems: string[] = []
    const given = { sparkplug: metric, lorawan: downlink, mapped: message }
    const names = { sparkplug: 'metric', lorawan: 'downlink', mapped: 'message' } as const
    if (given[dialect] === undefined) problems.push(say(`it needs "${names[dialect]}"`))
    for (const other of Object.keys(given) as (keyof typeof given)[])
      if (other !== dialect && given[other] !== undefined) problems.push(say(`"${names[other]}" is not of ${dialect}`))
    if (mapping.scale === 0) problems.push(say('a scale of 0 makes every value the same'))
    if (metric !== undefined && !hasValue(mapping, found.takesValue)) problems.push(say('it has no value; say what is written'))
    if (downlink) {
      if (downlink.fPort < PORTS[0] || downlink.fPort > PORTS[1]) problems.push(say(`fPort is from ${PORTS[0]} to ${PORTS[1]}`))
      if (downlink.bytes === undefined && codec === null) problems.push(say('without bytes it needs a codec with encodeDownlink'))
      if (downlink.bytes !== undefined && !BYTES.test(downlink.bytes)) problems.push(say('bytes are 1 to 242 in hex'))
    }
    if (message) problems.push(...topicProblems(message.topic, topics ? topicPattern(topics.pattern).captures : []).map(say))
    return problems
  })
}

function topicProblems(topic: string, captures: readonly string[]): string[] {
  const named = [...topic.matchAll(/\{([^{}/]+)\}/g)].map(([, name]) => name as string)
  const unknown = named.filter((name) => !captures.includes(name))
  if (unknown.length > 0) return [`the topic names ${unknown.join(', ')}, no capture of the pattern`]
  if (/[+#]/.test(topic)) return ['a topic to publish on has no wildcards']
  const wrong = patternProblem(topic)
  return wrong === undefined ? [] : [`topic: ${wrong}`]
}
