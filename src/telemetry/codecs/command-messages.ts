import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'

const facility = Type.Optional(Type.String({ maxLength: 64, description: 'in the messages of a gateway: whom it concerns' }))
const id = Type.String({
  minLength: 1,
  maxLength: 80,
  description: 'of the command; the same one again is not done again, only answered again',
})

/** What a device is told. */
export const CommandMessageSchema = Type.Object({
  id,
  facility,
  command: Type.String({ maxLength: 64 }),
  value: Type.Union([Type.Number(), Type.String({ maxLength: 64 }), Type.Null()]),
  at: Type.Number({ description: 'when it was sent, ms since 1970' }),
  expires: Type.Number({ description: 'a device that gets it later does not do it, ms since 1970' }),
  until: Type.Union([Type.Number(), Type.Null()], {
    description: 'the device goes back to its programme then by itself, ms since 1970; null: not before another command',
  }),
})
export type CommandMessage = Static<typeof CommandMessageSchema>

/** What it answers. */
export const AcknowledgementSchema = Type.Object({
  id,
  facility,
  done: Type.Boolean({ description: 'false: it will not do it' }),
  words: Type.Optional(Type.String({ maxLength: 200, description: 'why not' })),
})
export type Acknowledgement = Static<typeof AcknowledgementSchema>

/** Bytes of the longest acknowledgement that is read. */
export const LONGEST_ACKNOWLEDGEMENT = 1024

export const encodeCommand = (message: CommandMessage): string => JSON.stringify(message)
export const encodeAcknowledgement = (message: Acknowledgement): string => JSON.stringify(message)

const utf8 = new TextDecoder('utf-8', { fatal: true })

function read(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload))
  } catch {
    return undefined
  }
}

/** Undefined for what is none; never throws on what a device sent. */
export function decodeAcknowledgement(payload: Uint8Array): Acknowledgement | undefined {
  if (payload.length > LONGEST_ACKNOWLEDGEMENT) return undefined
  const body = read(payload)
  return Value.Check(AcknowledgementSchema, body) ? body : undefined
}

/** The same for devices. */
export function decodeCommand(payload: Uint8Array): CommandMessage | undefined {
  const body = read(payload)
  return Value.Check(CommandMessageSchema, body) ? body : undefined
}
