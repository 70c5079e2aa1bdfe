export const encodings = ['utf-8', 'gb18030', 'utf-16le'] as const
/** gb18030 is the superset of GBK and GB2312; decoding it decodes those. */
export type Encoding = (typeof encodings)[number]

export interface FoundEncoding {
  encoding: Encoding
  /** The file begins with a byte order mark. */
  hasMark: boolean
}

/** A file that cannot be read at all, or not to its end. */
export class UnreadableFile extends Error {
  readonly reason: 'encoding-wrong' | 'format-broken'
  readonly about: string
  constructor(reason: UnreadableFile['reason'], about: string) {
    super(`${reason}: ${about}`)
    this.reason = reason
    this.about = about
  }
}

/** Finds the encoding of a file while its bytes pass by: a byte order mark decides, else UTF-8 when all of it is valid, else GB18030. */
export class EncodingProbe {
  #first = new Uint8Array()
  #utf8: TextDecoder | null = new TextDecoder('utf-8', { fatal: true })

  write(chunk: Uint8Array): void {
    if (this.#first.length < 3) this.#first = Uint8Array.from([...this.#first, ...chunk.subarray(0, 3)])
    this.#try(() => this.#utf8?.decode(chunk, { stream: true }))
  }

  end(): FoundEncoding {
    const [a, b, c] = this.#first
    if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', hasMark: true }
    this.#try(() => this.#utf8?.decode())
    if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', hasMark: true }
    return { encoding: this.#utf8 ? 'utf-8' : 'gb18030', hasMark: false }
  }

  #try(decode: () => void): void {
    try {
      decode()
    } catch {
      this.#utf8 = null
    }
  }
}

/** The text of a file, without its byte order mark. Throws `UnreadableFile` at the first byte that cannot be. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw new UnreadableFile('encoding-wrong', encoding === 'utf-8' ? 'UTF-8' : encoding === 'gb18030' ? 'UTF-8, GBK' : 'UTF-16')
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  yield decode()
}
