/**
 * Reads a QR code by the rules of ISO/IEC 18004, and by nothing of the program that made it: versions 1 to 6, level M, byte mode, no damage. Throws when
 * a single module is not as the standard wants it.
 */
export function readQr(modules: readonly (readonly boolean[])[]): string {
  const size = modules.length
  const version = (size - 17) / 4
  if (!Number.isInteger(version) || version < 1 || version > 6) throw new Error(`${size} modules are no version from 1 to 6`)
  checkFinders(modules)
  const codewords = codewordsOf(modules, version, maskOf(modules))
  const [count, data] = blocks[version - 1] as (typeof blocks)[number]
  return textOf(dataOf(codewords, count, data))
}

/** Blocks at level M by version: how many, and how many of their codewords are data (table 9). */
const blocks = [
  [1, 16],
  [1, 28],
  [1, 44],
  [2, 32],
  [2, 43],
  [4, 27],
] as const

function checkFinders(modules: readonly (readonly boolean[])[]): void {
  const size = modules.length
  const corners = [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const
  for (const [top, left] of corners)
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 7; x++) {
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3))
        if (modules[top + y]?.[left + x] !== (ring !== 2)) throw new Error(`finder pattern at ${top}, ${left} is broken`)
      }
  for (let i = 8; i < size - 8; i++)
    if (modules[6]?.[i] !== (i % 2 === 0) || modules[i]?.[6] !== (i % 2 === 0)) throw new Error('timing pattern is broken')
}

/** Both copies of the format information (7.9). */
function maskOf(modules: readonly (readonly boolean[])[]): number {
  const size = modules.length
  const places: [number, number][] = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => [8, x])
  const first = [...places, ...[7, 5, 4, 3, 2, 1, 0].map((y): [number, number] => [y, 8])]
  const second = Array.from({ length: 15 }, (_, i): [number, number] => (i < 7 ? [size - 1 - i, 8] : [8, size - 15 + i]))
  const [one, two] = [first, second].map((of) => of.reduce((bits, [y, x]) => bits * 2 + Number(modules[y]?.[x]), 0)) as [number, number]
  if (one !== two) throw new Error('the two copies of the format information differ')
  const bits = one ^ 0b101010000010010
  let rest = bits
  for (let i = 14; i >= 10; i--) if (rest & (1 << i)) rest ^= 0b10100110111 << (i - 10)
  if (rest !== 0) throw new Error('the format information is broken')
  if (bits >> 13 !== 0b00) throw new Error('the level is not M')
  return (bits >> 10) & 7
}

/** Data mask patterns (table 10), by row and column. */
const masks: readonly ((i: number, j: number) => boolean)[] = [
  (i, j) => (i + j) % 2 === 0,
  (i) => i % 2 === 0,
  (_, j) => j % 3 === 0,
  (i, j) => (i + j) % 3 === 0,
  (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
  (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
  (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
  (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
]

/** In pairs of columns from the right, up and down in turn (7.7.3). */
function codewordsOf(modules: readonly (readonly boolean[])[], version: number, mask: number): number[] {
  const size = modules.length
  const inPattern = (y: number, x: number) => {
    const isCorner = (y < 9 && (x < 9 || x >= size - 8)) || (y >= size - 8 && x < 9)
    const isAlignment = version > 1 && Math.max(Math.abs(x - (size - 7)), Math.abs(y - (size - 7))) <= 2
    return isCorner || isAlignment || x === 6 || y === 6
  }
  const bits: number[] = []
  let goesUp = true
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right--
    for (let step = 0; step < size; step++) {
      const y = goesUp ? size - 1 - step : step
      for (const x of [right, right - 1])
        if (!inPattern(y, x)) bits.push(Number(modules[y]?.[x] !== (masks[mask] as (i: number, j: number) => boolean)(y, x)))
    }
    goesUp = !goesUp
  }
  return Array.from({ length: Math.floor(bits.length / 8) }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((a, b) => a * 2 + b, 0))
}

/** Takes `count` interleaved blocks of equal length apart (7.6) and checks each by its syndromes. */
function dataOf(codewords: readonly number[], count: number, data: number): number[] {
  const total = Math.floor(codewords.length / count)
  const parts = Array.from({ length: count }, (_, n) => Array.from({ length: total }, (_, i) => codewords[i * count + n] as number))
  for (const part of parts)
    for (let root = 0; root < total - data; root++)
      if (part.reduce((sum, codeword) => times(sum, power(root)) ^ codeword, 0) !== 0)
        throw new Error('a block does not fit its correction')
  return parts.flatMap((part) => part.slice(0, data))
}

/** In the field of 256 elements by x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0)
    if (b & (1 << i)) product ^= a
  }
  return product
}
const power = (n: number): number => Array.from({ length: n }).reduce((value: number) => times(value, 2), 1)

function textOf(data: readonly number[]): string {
  const bits = data.map((codeword) => codeword.toString(2).padStart(8, '0')).join('')
  let at = 0
  const take = (count: number) => {
    at += count
    return Number.parseInt(bits.slice(at - count, at), 2)
  }
  const mode = take(4)
  if (mode !== 0b0100) throw new Error(`mode ${mode} is not the byte mode`)
  const bytes = Array.from({ length: take(8) }, () => take(8))
  if (at + 4 <= bits.length && take(4) !== 0) throw new Error('something follows the text')
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))
}

const QUIET = 4

/** The modules of a picture of `size` x `size` whose path has a box for each run of dark ones, without its quiet zone. */
export function modulesOf({ size, path }: { size: number; path: string }): boolean[][] {
  const all = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let i = 0; i < Number(width); i++) (all[Number(y)] as boolean[])[Number(x) + i] = true
  const isInside = (i: number) => i >= QUIET && i < size - QUIET
  for (const [y, row] of all.entries())
    for (const [x, dark] of row.entries()) if (dark && !(isInside(x) && isInside(y))) throw new Error('the quiet zone is not quiet')
  return all.slice(QUIET, -QUIET).map((row) => row.slice(QUIET, -QUIET))
}
