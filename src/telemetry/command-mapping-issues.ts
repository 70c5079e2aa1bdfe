import type { CommandMapping } from './command-mapping.ts'
import type { DeviceProfile } from './device-profile.ts'
import { type Text, text } from './point.ts'
import { patternProblem, topicPattern } from './topic-pattern.ts'

/** A command as its kind declares it. */
export interface MappableCommand {
  key: string
  parameter: { type: 'number' } | { type: 'choice'; choices: Readonly<Record<string, unknown>> } | null
}

export type CommandMappingField =
  | 'command'
  | 'when'
  | 'write'
  | 'scale'
  | 'offset'
  | 'answerWithin'
  | 'metric'
  | 'downlink'
  | 'fPort'
  | 'bytes'
  | 'message'
  | 'topic'

/** What is wrong with one line, and with which field of it. */
export interface CommandMappingIssue {
  line: number
  field: CommandMappingField
  words: Text
}

type Mapped = Pick<DeviceProfile, 'dialect' | 'codec' | 'commands' | 'topics'>
type Found = Omit<CommandMappingIssue, 'line'>

const BYTES = /^(?:[0-9a-f]{2}){1,242}$/i
/** Ports of applications. */
const PORTS = [1, 223] as const
/** s */
const WITHIN = [5, 86_400] as const
const wayOf = { sparkplug: 'metric', lorawan: 'downlink', mapped: 'message' } as const

const issue = (field: CommandMappingField, en: string, zh: string): Found => ({ field, words: text(en, zh) })

/** What is wrong with the commands of a profile of a kind that has these; empty when all can be used. */
export function commandMappingIssues(profile: Mapped, known: readonly MappableCommand[]): CommandMappingIssue[] {
  const lines = profile.commands ?? []
  return lines.flatMap((mapping, line) => {
    const command = known.find(({ key }) => key === mapping.command)
    if (!command) {
      const there = known.map(({ key }) => key).join(', ')
      return [{ line, ...issue('command', `there is no such command; there are ${there || 'none'}`, `没有该指令；可用：${there || '无'}`) }]
    }
    const found = [...valueIssues(mapping, command, lines.slice(0, line)), ...wayIssues(mapping, command, profile)]
    return found.map((one) => ({ line, ...one }))
  })
}

/** The same, each in a line for whoever reads no form. */
export const commandMappingProblems = (profile: Mapped, known: readonly MappableCommand[]): string[] =>
  commandMappingIssues(profile, known).map(({ line, words }) => `command ${profile.commands?.[line]?.command}: ${words.en}`)

function valueIssues(
  { command, when, scale, offset, answerWithin }: CommandMapping,
  { parameter }: MappableCommand,
  earlier: readonly CommandMapping[],
): Found[] {
  const found: Found[] = []
  if (when !== undefined && parameter?.type === 'choice' && !Object.hasOwn(parameter.choices, String(when))) {
    const choices = Object.keys(parameter.choices).join(', ')
    found.push(issue('when', `the command has no such value; there are ${choices}`, `该指令没有此取值；可用：${choices}`))
  }
  if (when !== undefined && parameter === null) found.push(issue('when', 'the command has no value', '该指令不带参数'))
  if (when !== undefined && parameter?.type === 'number' && typeof when !== 'number')
    found.push(issue('when', 'the value is a number', '该取值应为数字'))
  if (earlier.some((other) => other.command === command && (other.when === undefined || other.when === when)))
    found.push(issue('when', 'a line above takes it already', '上面已有一行对应该取值'))
  if (scale !== undefined && !Number.isFinite(scale)) found.push(issue('scale', 'it is no number', '应为数字'))
  if (offset !== undefined && !Number.isFinite(offset)) found.push(issue('offset', 'it is no number', '应为数字'))
  if (answerWithin !== undefined && !(Number.isInteger(answerWithin) && answerWithin >= WITHIN[0] && answerWithin <= WITHIN[1]))
    found.push(issue('answerWithin', `it is whole seconds, ${WITHIN[0]} to ${WITHIN[1]}`, `应为 ${WITHIN[0]} 至 ${WITHIN[1]} 的整数秒`))
  if (scale === 0) found.push(issue('scale', 'a scale of 0 makes every value the same', '系数为 0 时所有取值都相同'))
  return found
}

function wayIssues(mapping: CommandMapping, { parameter }: MappableCommand, { dialect, codec, topics }: Mapped): Found[] {
  const { metric, downlink, message, write, when } = mapping
  const found: Found[] = []
  const way = wayOf[dialect]
  if (mapping[way] === undefined) found.push(issue(way, `it needs "${way}"`, `缺少 "${way}"`))
  for (const other of Object.values(wayOf))
    if (other !== way && mapping[other] !== undefined)
      found.push(issue(other, `"${other}" is not of ${dialect}`, `"${other}" 不属于 ${dialect}`))
  if (metric !== undefined && write === undefined && when === undefined && parameter === null)
    found.push(issue('write', 'it has no value; say what is written', '该指令不带参数，请填写写入值'))
  if (downlink) found.push(...downlinkIssues(downlink, codec))
  if (message)
    found.push(
      ...topicIssues(message.topic, topics && patternProblem(topics.pattern) === undefined ? topicPattern(topics.pattern).captures : []),
    )
  return found
}

function downlinkIssues({ fPort, bytes }: NonNullable<CommandMapping['downlink']>, codec: string | null): Found[] {
  const found: Found[] = []
  if (!Number.isInteger(fPort) || fPort < PORTS[0] || fPort > PORTS[1])
    found.push(issue('fPort', `fPort is from ${PORTS[0]} to ${PORTS[1]}`, `端口应为 ${PORTS[0]} 至 ${PORTS[1]}`))
  if (bytes === undefined && codec === null)
    found.push(issue('bytes', 'without bytes it needs a codec with encodeDownlink', '不填字节时，需选择带 encodeDownlink 的编解码器'))
  if (bytes !== undefined && !BYTES.test(bytes)) found.push(issue('bytes', 'bytes are 1 to 242 in hex', '应为 1 至 242 个十六进制字节'))
  return found
}

function topicIssues(topic: string, captures: readonly string[]): Found[] {
  const named = [...topic.matchAll(/\{([^{}/]+)\}/g)].map(([, name]) => name as string)
  const unknown = named.filter((name) => !captures.includes(name)).join(', ')
  if (unknown) return [issue('topic', `the topic names ${unknown}, no capture of the pattern`, `主题中的 ${unknown} 不是模式中的捕获`)]
  if (/[+#]/.test(topic)) return [issue('topic', 'a topic to publish on has no wildcards', '下发主题不能含通配符')]
  const wrong = patternProblem(topic)
  return wrong === undefined ? [] : [issue('topic', `topic: ${wrong}`, `主题不可用：${wrong}`)]
}
