/** A topic filter whose captures have names. */
export interface TopicPattern {
  /** As MQTT writes it, captures as `+`. */
  filter: string
  /** In their order. */
  captures: readonly string[]
  /** What the captures took of a topic; undefined when the topic is none of it. */
  match(topic: string): readonly string[] | undefined
}

const CAPTURE = /^\{([a-z][a-z0-9_-]*)\}$/i

/** What is wrong with a pattern, in words; undefined when it can be used. */
export function patternProblem(pattern: string): string | undefined {
  const levels = pattern.split('/')
  if (pattern === '' || pattern.includes('\0')) return 'it is empty or has a zero character'
  if (levels.some((level, i) => level === '#' && i < levels.length - 1)) return '# may only stand at the end'
  const odd = levels.find((level) => level !== '#' && level !== '+' && !CAPTURE.test(level) && /[{}#+]/.test(level))
  if (odd !== undefined) return `${odd} is neither a level nor a capture {name}`
  const names = levels.flatMap((level) => CAPTURE.exec(level)?.[1] ?? [])
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return `there are two captures ${twice}`
  const own = reserved.find((filter) => filtersOverlap(filter, topicPattern(pattern).filter))
  if (own !== undefined) return `it would take messages of ${own}, which are read in another way`
  return pattern.startsWith('$') ? 'what begins with $ are topics of the broker' : undefined
}

/** Topics of the native dialect and of others that are read by themselves. */
const reserved = ['facilities/#', 'gateways/#', 'spBv1.0/#', 'application/+/device/#', 'v3/+/devices/#'] as const

/** Reads a pattern that has no problem. */
export function topicPattern(pattern: string): TopicPattern {
  const levels = pattern.split('/')
  const names = levels.map((level) => CAPTURE.exec(level)?.[1])
  const isOpen = levels.at(-1) === '#'
  const fixed = isOpen ? levels.length - 1 : levels.length
  return {
    filter: levels.map((level, i) => (names[i] === undefined ? level : '+')).join('/'),
    captures: names.filter((name) => name !== undefined),
    match(topic) {
      const parts = topic.split('/')
      if (isOpen ? parts.length < fixed : parts.length !== fixed) return undefined
      const taken: string[] = []
      for (let i = 0; i < fixed; i++) {
        const part = parts[i] as string
        if (names[i] !== undefined) {
          if (part === '') return undefined
          taken.push(part)
        } else if (levels[i] !== '+' && levels[i] !== part) return undefined
      }
      return taken
    },
  }
}

/** Whether some topic matches both MQTT filters. */
export function filtersOverlap(one: string, other: string): boolean {
  const a = one.split('/')
  const b = other.split('/')
  for (let i = 0; ; i++) {
    if (a[i] === '#' || b[i] === '#') return true
    if (a[i] === undefined || b[i] === undefined) return a[i] === b[i]
    if (a[i] !== '+' && b[i] !== '+' && a[i] !== b[i]) return false
  }
}
