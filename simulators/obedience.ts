import { type KindCommand, valueProblem } from '../src/facilities/commands.ts'
import { parseFacilityQuery } from '../src/facilities/facility-query.ts'
import type { CommandMessage } from '../src/telemetry/codecs/command-messages.ts'

/** How a simulated device deals with commands: `idle` says that it did what it does not do. */
export const obediences = ['obeys', 'refuses', 'silent', 'idle'] as const
export type Obedience = (typeof obediences)[number]

export type DeviceDecision = { act: KindCommand | null; answer: { done: boolean; words: string } | null }

/** What a device does with a command, at `now` by its clock set right, ms. */
export function decide(
  { command, value, expires }: CommandMessage,
  commands: ReadonlyMap<string, KindCommand>,
  rated: Readonly<Record<string, number>>,
  obedience: Obedience,
  now: number,
): DeviceDecision {
  const refuse = (words: string): DeviceDecision => ({ act: null, answer: { done: false, words } })
  const known = commands.get(command)
  if (obedience === 'silent' || now >= expires) return { act: null, answer: null }
  if (obedience === 'refuses') return refuse('blocked on site')
  if (!known?.has(rated, value)) return refuse(`unknown command ${command}`)
  const problem = valueProblem(known.parameter, value)
  if (problem) return refuse(problem.en)
  return { act: obedience === 'idle' ? null : known, answer: { done: true, words: '' } }
}

/** `silent where id=SL-7`. Throws when it is none. */
export function parseObedience(given: string): { obedience: Obedience; where: string } {
  const [, word = '', where = ''] = /^(\S+)(?:\s+where\s+(.+))?$/.exec(given.trim()) ?? []
  const obedience = obediences.find((one) => one === word)
  if (!obedience) throw new Error(`"${given}" does not begin with one of ${obediences.join(', ')}`)
  parseFacilityQuery(where)
  return { obedience, where }
}
