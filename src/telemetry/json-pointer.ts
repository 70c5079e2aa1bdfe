/** Whether a text is a JSON pointer (RFC 6901): empty for the whole, else names and indexes behind slashes. */
export const isPointer = (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text)

/** The names a JSON pointer goes through; array indexes stand as their digits. */
export const pointerSteps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What stands at a JSON pointer; undefined when there is nothing, also where the pointer is none. Sees own properties only. */
export function atPointer(body: unknown, pointer: string): unknown {
  if (pointer === '') return body
  if (!pointer.startsWith('/')) return undefined
  let value = body
  for (const step of pointerSteps(pointer)) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(step)) return undefined
    if (!Object.hasOwn(value, step)) return undefined
    value = (value as Record<string, unknown>)[step]
  }
  return value
}

/** Deeper than what a device says. */
const DEEPEST = 32

/** The pointers of all values of a body that are no objects, arrays or null, in its order, at most `most`, and none that lie very deep. */
export function leafPointers(body: unknown, most: number): string[] {
  const found: string[] = []
  const walk = (value: unknown, pointer: string, depth: number): void => {
    if (found.length >= most || depth > DEEPEST || value === undefined || value === null) return
    if (typeof value !== 'object') {
      found.push(pointer)
      return
    }
    for (const [name, member] of Object.entries(value))
      walk(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1)
  }
  walk(body, '', 0)
  return found
}
