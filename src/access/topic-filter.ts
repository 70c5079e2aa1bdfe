const SEPARATOR = '/'

/** Whether a text is a topic filter by MQTT 3.1.1, 4.7: wildcards stand alone in their level, and `#` only at the end. */
export function isTopicFilter(text: string): boolean {
  if (text === '' || text.includes('\0')) return false
  const levels = text.split(SEPARATOR)
  return levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#]/.test(level))
}

/** Whether a filter takes a topic. Wildcards at the beginning take no topic that begins with `$`. */
export function filterMatches(filter: string, topic: string): boolean {
  return filterCovers(filter, topic)
}

/**
 * Whether `allowed` takes every topic that `filter` can take. A topic is a filter without wildcards. One that only several allowed filters
 * together cover counts as not covered.
 */
export function filterCovers(allowed: string, filter: string): boolean {
  const wanted = filter.split(SEPARATOR)
  const given = allowed.split(SEPARATOR)
  // Each topic has a first level, so that these two take the same.
  if (wanted[0] === '#') wanted.unshift('+')
  if (given[0] === '#') given.unshift('+')
  if ((given[0] === '+' || given[0] === '#') && wanted[0]?.startsWith('$')) return false
  for (let i = 0; ; i++) {
    if (given[i] === '#') return true
    // `a/#` takes `a` as well, which none without `#` there does.
    if (i >= wanted.length || i >= given.length) return i >= wanted.length && i >= given.length
    if (wanted[i] === '#') return false
    if (given[i] !== '+' && given[i] !== wanted[i]) return false
  }
}
