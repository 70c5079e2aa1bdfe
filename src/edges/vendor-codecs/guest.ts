import { ENCODING } from './encoding.ts'
import { MAX_NOTE, MAX_NOTES, MAX_RESULT } from './limits.ts'

/** File name of the codec in its own error messages. */
export const CODEC_FILE = 'codec.js'

/** How an outcome's text begins. */
export const outcomeMarks = { data: 'D', error: 'E', result: 'R' } as const

/** Between a message and its stack; no NUL, where texts from the interpreter end. */
export const STACK_MARK = '\u001f'

/**
 * Runs first in the interpreter, and keeps what it needs of the built-in objects before a codec can change them. An outcome is text:
 * `D` data as JSON, line feed, warnings as JSON; `E` a message, `STACK_MARK`, the stack; `R` what is wrong with the result.
 */
export const GUEST = `(() => {
  'use strict'
  const { stringify, parse } = JSON
  const Instant = Date
  const text = String
  const { isArray } = Array
  const slice = Function.prototype.call.bind(String.prototype.slice)
  const cut = (value) => slice(text(value), 0, ${MAX_NOTE})
  const silent = () => {}
  globalThis.console = { log: silent, info: silent, warn: silent, error: silent, debug: silent }

  const tell = (error) => {
    try {
      if (error === null || typeof error !== 'object') return 'E' + cut(error)
      const { name, message, stack } = error
      return 'E' + (name === undefined ? '' : cut(name) + ': ') + cut(message === undefined ? error : message) + '${STACK_MARK}' + cut(stack)
    } catch {
      return 'Eit threw what cannot be told'
    }
  }
  const notes = (given) => {
    if (given === undefined || given === null) return '[]'
    if (!isArray(given)) return '[' + stringify(cut(given)) + ']'
    const count = given.length < ${MAX_NOTES} ? given.length : ${MAX_NOTES}
    let list = ''
    for (let i = 0; i < count; i++) list += (i > 0 ? ',' : '') + stringify(cut(given[i]))
    return '[' + list + ']'
  }
  const outcome = (data, warnings) => {
    if (data === undefined) return 'Rit gave no data'
    const json = stringify(data)
    if (typeof json !== 'string') return 'Rits data is no JSON'
    if (json.length > ${MAX_RESULT}) return 'Rits data has ' + json.length + ' characters of JSON, at most ${MAX_RESULT} are taken'
    return 'D' + json + '\\n' + warnings
  }
  const call = {
    decodeUplink: (decode, fPort, bytes, time) => decode({ fPort, bytes, recvTime: new Instant(time), variables: {} }),
    Decode: (decode, fPort, bytes) => decode(fPort, bytes, {}),
    Decoder: (decode, fPort, bytes) => decode(bytes, fPort),
  }
  const characterOf = String.fromCharCode
  const textOf = (bytes) => {
    let all = ''
    for (let i = 0; i < bytes.length; i++) all += characterOf(bytes[i])
    return all
  }
  const bind = (decode, decoder, encode) => {
    const invoke = call[decoder]
    return (input) => {
      const given = parse(input)
      const isEncoding = given[0] === ${ENCODING}
      if (isEncoding && encode === undefined) return 'Rit defines no function encodeDownlink'
      const name = isEncoding ? 'encodeDownlink' : decoder
      let result
      try {
        result = isEncoding ? encode({ data: parse(textOf(given[1])), variables: {} }) : invoke(decode, given[0], given[1], given[2])
      } catch (error) {
        return tell(error)
      }
      try {
        if (result === null || typeof result !== 'object') return 'Rit gave no object'
        if (typeof result.then === 'function') return 'Rit gave a promise; a codec has to answer at once'
        if (name !== 'decodeUplink' && !isEncoding) return outcome(result, '[]')
        const { errors } = result
        if (errors !== undefined && errors !== null && (!isArray(errors) || errors.length > 0)) {
          return 'E' + (isArray(errors) ? parse(notes(errors)).join('; ') : cut(errors))
        }
        return outcome(isEncoding ? { fPort: result.fPort, bytes: result.bytes } : result.data, notes(result.warnings))
      } catch (error) {
        return 'Rits result cannot be read: ' + slice(tell(error), 1)
      }
    }
  }
  return { bind, tell }
})()`

/** Names what a codec defines to decode with, the newest convention first: LoRa Alliance TS013, ChirpStack 3, The Things Network 2. */
export const FIND_DECODER = `(typeof decodeUplink === 'function' ? 'decodeUplink' : typeof Decode === 'function' ? 'Decode' : typeof Decoder === 'function' ? 'Decoder' : '')`

/** What it defines to encode with, by LoRa Alliance TS013; undefined where it defines nothing. */
export const FIND_ENCODER = `(typeof encodeDownlink === 'function' ? encodeDownlink : undefined)`
