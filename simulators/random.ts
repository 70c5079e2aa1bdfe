import { HASH_BASES, hash32 } from '../src/telemetry/hash32.ts'

/** A stream of numbers from 0 to below 1 that depends on `seed` alone: generator sfc32, seeded by an FNV-1a hash of the text. */
export function seededRandom(seed: string): () => number {
  let a = hash32(seed, HASH_BASES[0]) | 0
  let b = hash32(seed, HASH_BASES[1]) | 0
  let c = hash32(seed, HASH_BASES[2]) | 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  // Similar seeds need some rounds before their streams part.
  for (let i = 0; i < 15; i++) next()
  return next
}

/** A member of a list that is not empty. */
export const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
