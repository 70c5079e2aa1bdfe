/** A line of InfluxDB line protocol; `at` ms since 1970. */
export interface ParsedLine {
  measurement: string
  tags: ReadonlyMap<string, string>
  fields: readonly (readonly [name: string, value: number | boolean | string])[]
  at: number
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const INTEGER = /^[+-]?\d+[iu]$/
const booleans: Readonly<Record<string, boolean>> = {
  ...{ t: true, T: true, true: true, True: true, TRUE: true },
  ...{ f: false, F: false, false: false, False: false, FALSE: false },
}

/** Reads one line; what is wrong with it in words when it is none. The unit of its time is told from its size. */
export function parseLine(line: string): ParsedLine | string {
  const headEnd = cut(line, 0, ' ')
  const fieldsEnd = endOfFields(line, headEnd + 1)
  const [measurement = '', ...tagParts] = splitAt(line.slice(0, headEnd), ',')
  if (measurement === '') return 'no measurement'
  const tags = new Map<string, string>()
  for (const part of tagParts) {
    const end = cut(part, 0, '=')
    if (end >= part.length) return `tag ${part.slice(0, 40)}`
    tags.set(unescaped(part.slice(0, end)), unescaped(part.slice(end + 1)))
  }
  const fields: (readonly [string, number | boolean | string])[] = []
  for (let from = headEnd + 1; from < fieldsEnd; ) {
    const equals = cut(line, from, '=')
    if (equals >= fieldsEnd) return 'no field'
    const end = endOfValue(line, equals + 1, fieldsEnd)
    const value = fieldValue(line.slice(equals + 1, end))
    const name = unescaped(line.slice(from, equals))
    if (value === undefined) return `field ${name.slice(0, 40)}`
    fields.push([name, value])
    from = end + 1
  }
  if (fields.length === 0) return 'no field'
  const time = line.slice(fieldsEnd + 1).trim()
  if (!/^\d{1,19}$/.test(time)) return 'no time'
  return { measurement: unescaped(measurement), tags, fields, at: milliseconds(time) }
}

/** Seconds, ms, us or ns: between 1973 and 5138 their numbers have lengths of their own. */
export function milliseconds(time: string): number {
  if (time.length <= 11) return Number(time) * 1000
  if (time.length <= 14) return Number(time)
  return Math.floor(Number(time) / (time.length <= 17 ? 1e3 : 1e6))
}

/** Where the next `separator` without a backslash before it stands; the end when there is none. Outside quotes a backslash cannot be escaped itself. */
function cut(text: string, from: number, separator: string): number {
  for (let at = text.indexOf(separator, from); at >= 0; at = text.indexOf(separator, at + 1)) if (text[at - 1] !== '\\') return at
  return text.length
}

function splitAt(text: string, separator: string): string[] {
  const parts: string[] = []
  for (let from = 0; from <= text.length; ) {
    const end = cut(text, from, separator)
    parts.push(text.slice(from, end))
    from = end + 1
  }
  return parts
}

/** The blank before the time, outside quotes. */
function endOfFields(line: string, from: number): number {
  for (let i = from; i < line.length; i++) {
    if (line[i] === '"' && line[i - 1] === '=') i = endOfValue(line, i, line.length) - 1
    else if (line[i] === ' ' && line[i - 1] !== '\\') return i
  }
  return line.length
}

function endOfValue(line: string, from: number, limit: number): number {
  if (line[from] !== '"') return Math.min(limit, cut(line, from, ','))
  for (let i = from + 1; i < limit; i++) {
    if (line[i] === '\\') i++
    else if (line[i] === '"') return i + 1
  }
  return limit
}

function fieldValue(text: string): number | boolean | string | undefined {
  if (text.startsWith('"')) return text.length > 1 && text.endsWith('"') ? text.slice(1, -1).replace(/\\(["\\])/g, '$1') : undefined
  if (NUMBER.test(text)) return Number(text)
  if (INTEGER.test(text)) return Number(text.slice(0, -1))
  return Object.hasOwn(booleans, text) ? booleans[text] : undefined
}

const unescaped = (name: string) => name.replace(/\\([,= ])/g, '$1')
