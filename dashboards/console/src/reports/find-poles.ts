import type { WallFacility } from '../live/live-state.ts'

export type Pole = Pick<WallFacility, 'id' | 'name' | 'road' | 'district' | 'position'>
export type Suggestion = { type: 'pole'; pole: Pole } | { type: 'road'; road: string; district: string; position: [number, number] }

const MOST = 8
const MOST_ROADS = 2
/** Of each rank that are put in order: a single letter finds the whole city. */
const MOST_RANKED = 500

/** The words by which each is found, made once for all that is typed. */
export const wordsOf = (poles: readonly Pole[]): string[] =>
  poles.map(({ id, name, road, district }) => plainOf(`${id} ${name} ${road} ${district}`))

/** Letters of either case and width alike: Chinese keyboards write both. */
const plainOf = (text: string): string => text.normalize('NFKC').toLowerCase()

/**
 * What somebody on the telephone may mean: every word must be found, so that a road and the end of a number are enough. The whole number stands
 * first, then roads, then numbers that begin or end so. `words` is what `wordsOf` made of the poles; `withRoads`: whether a road alone will do.
 */
export function suggest(typed: string, poles: readonly Pole[], words: readonly string[], withRoads = true): Suggestion[] {
  const asked = plainOf(typed).trim().split(/\s+/).filter(Boolean)
  if (asked.length === 0) return []
  const roads = new Map<string, Pole[]>()
  const ranks: Pole[][] = [[], [], []]
  for (const [i, pole] of poles.entries()) {
    const own = words[i] as string
    if (!asked.every((word) => own.includes(word))) continue
    const id = pole.id.toLowerCase()
    const rank = ranks[asked.includes(id) ? 0 : asked.some((word) => id.startsWith(word) || id.endsWith(word)) ? 1 : 2] as Pole[]
    if (rank.length < MOST_RANKED) rank.push(pole)
    const road = plainOf(pole.road)
    if (withRoads && road && pole.position && asked.every((word) => road.includes(word))) {
      const key = `${pole.district}\n${pole.road}`
      const known = roads.get(key)
      if (known) known.push(pole)
      else roads.set(key, [pole])
    }
  }
  const [exact = [], ...others] = ranks.map((rank) => rank.sort((a, b) => byNumber.compare(a.id, b.id)).map(asPole))
  return [...exact, ...[...roads.values()].slice(0, MOST_ROADS).map(asRoad), ...others.flat()].slice(0, MOST)
}

const byNumber = new Intl.Collator('en', { numeric: true })

const asPole = (pole: Pole): Suggestion => ({ type: 'pole', pole })

/** A road stands where its middle pole does. */
function asRoad(poles: readonly Pole[]): Suggestion {
  const { road, district, position } = poles[Math.floor(poles.length / 2)] as Pole & { position: [number, number] }
  return { type: 'road', road, district, position }
}
