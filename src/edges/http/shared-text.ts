import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const byGzip = promisify(gzip)
const byBrotli = promisify(brotliCompress)

export type Encoding = 'br' | 'gzip'

/** Level of gzip (1 to 9) and, where Brotli is worth its time, quality of it (0 to 11). */
export interface Effort {
  gzip: number
  brotli?: number
}

/** Whether a client takes an encoding, by its `Accept-Encoding`. */
export const isTaken = (encoding: Encoding, accepted = ''): boolean =>
  new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(accepted)

/** A finished answer that many ask for: made into bytes once for all of them, off the event loop, when the first one asks. */
export class SharedText {
  readonly text: string
  readonly #effort: Effort
  readonly #made = new Map<Encoding | null, Promise<Buffer>>()

  constructor(text: string, effort: Effort) {
    this.text = text
    this.#effort = effort
  }

  /** The best encoding of those a client takes, by its `Accept-Encoding`; null for the text as it is. */
  encodingFor(accepted: string): Encoding | null {
    if (this.#effort.brotli !== undefined && isTaken('br', accepted)) return 'br'
    return isTaken('gzip', accepted) ? 'gzip' : null
  }

  /** The same bytes for all who take an encoding, or none (null), so that readers who are slow hold nothing of their own. */
  bytes(encoding: Encoding | null): Promise<Buffer> {
    const known = this.#made.get(encoding)
    if (known) return known
    const bytes = encoding === null ? Promise.resolve(Buffer.from(this.text)) : this.#compress(encoding)
    this.#made.set(encoding, bytes)
    return bytes
  }

  #compress(encoding: Encoding): Promise<Buffer> {
    const { gzip: level, brotli = constants.BROTLI_DEFAULT_QUALITY } = this.#effort
    if (encoding === 'gzip') return byGzip(this.text, { level })
    const size = Buffer.byteLength(this.text)
    return byBrotli(this.text, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotli,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: size,
      },
    })
  }
}
