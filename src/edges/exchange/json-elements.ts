import { UnreadableFile } from './encoding.ts'

/** Names of the arrays whose elements are wanted, where the file is not an array itself. */
const ARRAYS = /"(features|@graph)"\s*:\s*$/
const MAX_ELEMENT = 1_000_000
const MAX_OUTSIDE = 2_000_000

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const OPEN = new Set([91, 123])
const CLOSE = new Set([93, 125])

/**
 * Cuts JSON text into the elements of its list (an array, GeoJSON's `features`, `@graph`) without holding all of it; parsing it at once
 * would stop the event loop for as long as the file is large. What stands outside the list is kept, with 0 for each element, and parsed at the end.
 */
class ElementCutter {
  readonly #elements: unknown[] = []
  #outside = ''
  #element = ''
  #depth = 0
  /** Depth of the elements, 0 before the list begins and after it has ended. */
  #listDepth = 0
  #isQuoted = false
  #isEscaped = false
  #count = 0

  /** Elements that ended in this piece of text. */
  write(text: string): unknown[] {
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#isQuoted) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (code === BACKSLASH) this.#isEscaped = true
        else if (code === QUOTE) this.#isQuoted = false
      } else if (code === QUOTE) this.#isQuoted = true
      else if (OPEN.has(code)) {
        this.#depth++
        if (code === 91 && this.#count === 0 && this.#listDepth === 0 && this.#isList(text.slice(from, i))) {
          this.#keep(text.slice(from, i + 1))
          from = i + 1
          this.#listDepth = this.#depth
        }
      } else if (CLOSE.has(code)) {
        if (this.#depth === this.#listDepth) {
          this.#finishElement(text.slice(from, i), '')
          from = i
          this.#listDepth = 0
        }
        this.#depth--
      } else if (code === COMMA && this.#depth === this.#listDepth && this.#listDepth > 0) {
        this.#finishElement(text.slice(from, i), ',')
        from = i + 1
      }
    }
    this.#keep(text.slice(from))
    return this.#elements.splice(0)
  }

  /** What stands outside the list. */
  end(): unknown {
    return parseJson(this.#listDepth > 0 ? this.#outside + this.#element : this.#outside, this.#count + 1)
  }

  #isList(before: string): boolean {
    return this.#depth === 1 || (this.#depth === 2 && ARRAYS.test(this.#outside.slice(-200) + before))
  }

  #keep(text: string): void {
    if (this.#listDepth > 0) {
      this.#element += text
      if (this.#element.length > MAX_ELEMENT) throw new UnreadableFile('format-broken', `JSON, ${this.#count + 1}: > ${MAX_ELEMENT}`)
    } else {
      this.#outside += text
      if (this.#outside.length > MAX_OUTSIDE) throw new UnreadableFile('format-broken', 'JSON: no list of features or entities')
    }
  }

  #finishElement(rest: string, separator: string): void {
    this.#keep(rest)
    const text = this.#element.trim()
    this.#element = ''
    // The last piece before the end is empty when the list is; after a comma that is a mistake which the outside shows.
    if (text !== '') {
      this.#elements.push(parseJson(text, ++this.#count))
      this.#outside += '0'
    }
    this.#outside += separator
  }
}

function parseJson(text: string, number: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const shown = error instanceof Error ? error.message.slice(0, 120) : ''
    throw new UnreadableFile('format-broken', `JSON, ${number}: ${shown}`)
  }
}

/** The elements of the list, or the one object the file holds. Throws `UnreadableFile`. */
export async function* jsonElements(text: AsyncIterable<string>): AsyncGenerator<unknown> {
  const cutter = new ElementCutter()
  let isEmpty = true
  for await (const piece of text) {
    const elements = cutter.write(piece)
    if (elements.length > 0) isEmpty = false
    yield* elements
  }
  const outside = cutter.end()
  if (isEmpty && isObject(outside) && !('features' in outside) && !('@graph' in outside)) yield outside
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
