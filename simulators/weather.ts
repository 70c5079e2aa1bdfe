import { seededRandom } from './random.ts'

/** A stretch of time something rises and falls in: nothing at both ends, `peak` in the middle. Days since 1970. */
interface Spell {
  from: number
  days: number
  peak: number
}

const HOURS_PER_DAY = 24
const COLD_BLOCK = 12
/** Spells kept in memory at most, so that a run of years does not fill it. */
const MAX_KEPT = 64

/** Rising and falling like half a sine squared. */
function strength({ from, days, peak }: Spell, day: number): number {
  const share = (day - from) / days
  return share > 0 && share < 1 ? peak * Math.sin(Math.PI * share) ** 2 : 0
}

/** Spells drawn for blocks of `length` days each, as a pure function of the block's number; none may last longer than a block. */
function spells(length: number, draw: (block: number) => Spell[]): (day: number) => number {
  const kept = new Map<number, Spell[]>()
  const of = (block: number): Spell[] => {
    const known = kept.get(block)
    if (known) return known
    if (kept.size >= MAX_KEPT) kept.clear()
    const drawn = draw(block)
    kept.set(block, drawn)
    return drawn
  }
  return (day) => {
    const block = Math.floor(day / length)
    let sum = 0
    for (const spell of of(block)) sum += strength(spell, day)
    for (const spell of of(block - 1)) sum += strength(spell, day)
    return sum
  }
}

/** Rain in mm/h at a day since 1970: long and light in winter, short and heavy in summer, dry on most days. `warmth` is -1 to 1. */
export function rainfall(seed: string, warmth: (day: number) => number): (day: number) => number {
  return spells(1, (day) => {
    const random = seededRandom(`${seed}:rain:${day}`)
    const summer = (1 + warmth(day)) / 2
    if (random() > 0.22 + 0.2 * summer) return []
    const hours = 2 + (9 - 6 * summer) * random()
    return [{ from: day + random(), days: hours / HOURS_PER_DAY, peak: 1 + (3 + 17 * summer) * random() ** 2 }]
  })
}

/** How many degrees a cold spell takes off at a day since 1970; it lasts two to five days and comes in winter more often. */
export function coldness(seed: string, warmth: (day: number) => number): (day: number) => number {
  return spells(COLD_BLOCK, (block) => {
    const random = seededRandom(`${seed}:cold:${block}`)
    const winter = (1 - warmth(block * COLD_BLOCK)) / 2
    if (random() > 0.2 + 0.5 * winter) return []
    return [{ from: block * COLD_BLOCK + random() * 7, days: 2 + 3 * random(), peak: 4 + 6 * random() * winter }]
  })
}
