import type { JsonSchema } from './native-schema.ts'

/** What a device is told; times are ms since 1970. */
export interface CommandMessage {
  /** Of the command; the same one again is not done again, only answered again. */
  id: string
  /** In the messages of a gateway: whom it concerns. */
  facility?: string
  command: string
  value: number | string | null
  /** When it was sent. */
  at: number
  /** A device that gets it later does not do it. */
  expires: number
  /** The device goes back to its programme then by itself; null: not before another command. */
  until: number | null
}

/** What it answers. */
export interface Acknowledgement {
  id: string
  facility?: string
  /** False: it will not do it. */
  done: boolean
  /** Why not. */
  words?: string
}

const LONGEST_ID = 80
const LONGEST_NAME = 64
const LONGEST_WORDS = 200
/** Bytes of the longest message of either sort that is read. */
const LONGEST = 1024

const named = (description: string): JsonSchema => ({ type: 'string', minLength: 1, maxLength: LONGEST_NAME, description })
const id: JsonSchema = {
  ...{ type: 'string', minLength: 1, maxLength: LONGEST_ID },
  description: 'of the command; the same one again is not done again, only answered again',
}
const facility = named('in the messages of a gateway: whom it concerns')
const time = (description: string): JsonSchema => ({ type: 'number', description: `${description}, ms since 1970` })

export const commandMessageSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'command', 'value', 'at', 'expires', 'until'],
  properties: {
    id,
    facility,
    command: named('as the kind names it'),
    value: { type: ['number', 'string', 'null'] },
    at: time('when it was sent'),
    expires: time('a device that gets it later does not do it'),
    until: {
      type: ['number', 'null'],
      description: 'the device goes back to its programme then by itself, ms since 1970; null: not before another command',
    },
  },
}

export const acknowledgementSchema: JsonSchema = {
  type: 'object',
  required: ['id', 'done'],
  properties: {
    id,
    facility,
    done: { type: 'boolean', description: 'false: it will not do it' },
    words: { type: 'string', maxLength: LONGEST_WORDS, description: 'why not' },
  },
}

export const encodeCommand = (message: CommandMessage): string => JSON.stringify(message)
export const encodeAcknowledgement = (message: Acknowledgement): string => JSON.stringify(message)

const utf8 = new TextDecoder('utf-8', { fatal: true })

function read(payload: Uint8Array): Record<string, unknown> | undefined {
  if (payload.length > LONGEST) return undefined
  try {
    const body: unknown = JSON.parse(utf8.decode(payload))
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest
const isNameOrAbsent = (value: unknown): value is string | undefined => value === undefined || isText(value, LONGEST_NAME)

/** Undefined for what is none; never throws on what a device sent. */
export function decodeAcknowledgement(payload: Uint8Array): Acknowledgement | undefined {
  const { id, facility, done, words } = read(payload) ?? {}
  if (!isText(id, LONGEST_ID) || !isNameOrAbsent(facility) || typeof done !== 'boolean') return undefined
  if (words !== undefined && (typeof words !== 'string' || words.length > LONGEST_WORDS)) return undefined
  return { id, done, ...(facility !== undefined && { facility }), ...(words !== undefined && { words }) }
}

/** The same for devices. */
export function decodeCommand(payload: Uint8Array): CommandMessage | undefined {
  const { id, facility, command, value, at, expires, until } = read(payload) ?? {}
  if (!isText(id, LONGEST_ID) || !isNameOrAbsent(facility) || !isText(command, LONGEST_NAME)) return undefined
  if (typeof value !== 'number' && typeof value !== 'string' && value !== null) return undefined
  if (typeof at !== 'number' || typeof expires !== 'number' || (typeof until !== 'number' && until !== null)) return undefined
  return { id, command, value, at, expires, until, ...(facility !== undefined && { facility }) }
}
