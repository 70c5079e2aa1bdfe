export const ANY = '*'
export const ONE = '?'

/** One character to match; a wildcard is not the same as its escaped self. */
export interface Glyph {
  character: string
  isWild: boolean
}

/** Whether a pattern matches the whole text; at most pattern times text steps, whatever is written. */
export function matchesPattern(pattern: readonly Glyph[], text: readonly string[]): boolean {
  let [p, t, star, resume] = [0, 0, -1, 0]
  while (t < text.length) {
    const glyph = pattern[p]
    if (glyph?.isWild && glyph.character === ANY) {
      star = p++
      resume = t
    } else if (glyph && (glyph.isWild || glyph.character === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p]?.isWild && pattern[p]?.character === ANY) p++
  return p === pattern.length
}

/** The texts between the wildcards, each of which a match contains. */
export function piecesOf(pattern: readonly Glyph[]): string[] {
  const pieces: string[] = ['']
  for (const { character, isWild } of pattern) {
    if (isWild) pieces.push('')
    else pieces.push(pieces.pop() + character)
  }
  return pieces.filter((piece) => piece !== '')
}

/** Reads a pattern: `*` and `?` are wildcards, `\` takes the next character as it is. */
export function glyphsOf(pattern: string): Glyph[] {
  const glyphs: Glyph[] = []
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const isEscaped = characters[i] === '\\' && i + 1 < characters.length
    const character = characters[isEscaped ? ++i : i] as string
    glyphs.push({ character, isWild: !isEscaped && (character === ANY || character === ONE) })
  }
  return glyphs
}

/** A pattern as the text it stands for, its wildcards as they are. */
export const plainText = (pattern: string) =>
  glyphsOf(pattern)
    .map(({ character }) => character)
    .join('')

/** The pattern that only this text matches. */
export const escapePattern = (text: string) => text.replaceAll(/[\\*?]/g, '\\$&')
