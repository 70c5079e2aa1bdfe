/** A mapping as a person writes it: `column = field`, `column =` to pass it over, `default field = value`; one per line. */
export interface WrittenMapping {
  lines: string
  /** Column ids are made from; '' = the file has ids. */
  idFrom: string
  idPrefix: string
}

interface Mapping {
  columns?: Record<string, string | null>
  defaults?: Record<string, string>
  id?: { from: string; prefix?: string }
}

const DEFAULT = /^default\s+/i

/** The mapping for the server as JSON, '' when nothing is written; `wrong` is the line that cannot be read. */
export function readMapping({ lines, idFrom, idPrefix }: WrittenMapping): { text: string } | { wrong: string } {
  const mapping: Mapping = {}
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue
    // A column may have = in its name, a field has not.
    const at = line.lastIndexOf('=')
    const [left, right] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    if (at < 0 || left === '') return { wrong: line }
    if (!DEFAULT.test(left)) mapping.columns = { ...mapping.columns, [left]: right || null }
    else if (right === '') return { wrong: line }
    else mapping.defaults = { ...mapping.defaults, [left.replace(DEFAULT, '')]: right }
  }
  if (idFrom.trim()) mapping.id = { from: idFrom.trim(), ...(idPrefix.trim() && { prefix: idPrefix.trim() }) }
  return { text: Object.keys(mapping).length > 0 ? JSON.stringify(mapping) : '' }
}
