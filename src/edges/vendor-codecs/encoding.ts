import type { CodecInput } from '../../telemetry/vendor-codec.ts'

/** In place of a port: the bytes are the JSON of what is to be encoded. */
export const ENCODING = -1

/** What asks a codec for a downlink. JSON in ASCII, as the interpreter has no decoder of texts. */
export function encodingInput(data: object): CodecInput {
  const json = JSON.stringify(data).replaceAll(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return { fPort: ENCODING, bytes: Buffer.from(json, 'ascii'), recvTime: 0 }
}
