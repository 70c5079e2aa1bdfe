import { type Night, nightOf } from '../../control/control-programme.ts'
import { type CountedDifference, differenceOf, handedOn, isDarker, type LightDifference } from '../../control/light-change.ts'
import { type BookedChange, ProgrammeBook, type ProgrammeBookParts, type ProgrammeHistory } from '../../control/programme-book.ts'
import { programmeOn } from '../../control/programme-calendar.ts'
import { nothingConfigured } from '../../control/programme-set.ts'
import { isProgrammed, type Plant } from '../../facilities/plant.ts'

/** Nights ahead that calendars are looked through for what they would do. */
const AHEAD = 366
/** Nights that are compared: the first one, and the first of each kind in either half of a year. */
const MOST_NIGHTS = 12

type Span = Pick<Night, 'from' | 'until'>

export interface LightEffect {
  /** Those that get another light at some time. */
  lamps: ReadonlySet<string>
  cabinets: ReadonlySet<string>
  /** Those of them that get less. */
  darkerLamps: ReadonlySet<string>
  darkerCabinets: ReadonlySet<string>
  /** Of each change from one level to another, those that get less first, then the most facilities. */
  differences: readonly CountedDifference[]
}

/** Nights that stand for all that lie in a span: seasons move dusk and dawn, and calendars have days of many kinds. */
export function comparedNights(
  before: ProgrammeHistory,
  after: ProgrammeHistory,
  { from, until }: Span,
  utcOffset: (at: number) => number,
): Span[] {
  const sets = [before, after].map(({ versions }) => versions.at(-1) ?? nothingConfigured)
  const calendars = sets.flatMap((set) => set.calendars.map((calendar) => ({ calendar, holidays: new Set(set.holidays) })))
  const nights = new Map<string, Span>()
  for (
    let i = 0, night = nightOf(from, utcOffset);
    i < AHEAD && Math.max(night.from, from) < until;
    i++, night = nightOf(night.until, utcOffset)
  ) {
    const programmes = calendars.map(({ calendar, holidays }) => programmeOn(calendar, night.date, holidays))
    // Of the first night only a part may be left.
    const kind = i === 0 ? '' : `${Math.floor((2 * i) / AHEAD)} ${programmes.join(' ')}`
    if (!nights.has(kind)) nights.set(kind, { from: Math.max(night.from, from), until: Math.min(night.until, until) })
    if (nights.size >= MOST_NIGHTS) break
  }
  return [...nights.values()]
}

/** What facilities would have of a change in some spans of time; yields between one facility and the next. */
export function* lightEffect(
  before: ProgrammeHistory,
  after: ProgrammeHistory,
  spans: readonly Span[],
  parts: ProgrammeBookParts & { plant: Plant },
): Generator<void, LightEffect> {
  const books = [before, after].map((history) => new ProgrammeBook(parts, history)) as [ProgrammeBook, ProgrammeBook]
  const effect = {
    lamps: new Set<string>(),
    cabinets: new Set<string>(),
    darkerLamps: new Set<string>(),
    darkerCabinets: new Set<string>(),
  }
  const differences = new Map<string, LightDifference & Record<'lamps' | 'cabinets', Set<string>>>()
  const programmed = [...parts.plant].filter((facility) => isProgrammed(facility) && facility.position)
  for (const { from, until } of spans) {
    const compare = comparing()
    for (const facility of programmed) {
      yield
      const feeder = facility.kind.light && facility.fedBy !== null ? parts.plant.get(facility.fedBy) : undefined
      const [was, is] = books.map((book) => ({
        own: book.changes(facility, from, until),
        fed: feeder?.position ? book.changes(feeder, from, until) : null,
      })) as [Light, Light]
      const found = compare(was, is)
      if (!found) continue
      const isLamp = facility.kind.light !== null
      effect[isLamp ? 'lamps' : 'cabinets'].add(facility.id)
      if (isDarker(found)) effect[isLamp ? 'darkerLamps' : 'darkerCabinets'].add(facility.id)
      const key = `${found.before} ${found.after}`
      const same = differences.get(key) ?? { ...found, lamps: new Set(), cabinets: new Set() }
      same[isLamp ? 'lamps' : 'cabinets'].add(facility.id)
      differences.set(key, { ...same, at: Math.min(same.at, found.at) })
    }
  }
  const size = ({ lamps, cabinets }: CountedDifference) => lamps + cabinets
  return {
    ...effect,
    differences: [...differences.values()]
      .map(({ lamps, cabinets, ...one }) => ({ ...one, lamps: lamps.size, cabinets: cabinets.size }))
      .sort((a, b) => Number(isDarker(b)) - Number(isDarker(a)) || size(b) - size(a)),
  }
}

interface Light {
  own: readonly BookedChange[]
  fed: readonly BookedChange[] | null
}

/** Facilities of one light share its lists, so that each pair is compared once. */
function comparing(): (was: Light, is: Light) => LightDifference | null {
  const ids = new Map<unknown, number>()
  const idOf = (list: unknown): number => {
    const id = ids.get(list) ?? ids.size
    ids.set(list, id)
    return id
  }
  const known = new Map<string, LightDifference | null>()
  return (was, is) => {
    if (was.own === is.own && was.fed === is.fed) return null
    const key = [was.own, was.fed, is.own, is.fed].map(idOf).join(' ')
    const found = known.get(key) ?? (known.has(key) ? null : differenceOf(handedOn(was.own, was.fed), handedOn(is.own, is.fed)))
    known.set(key, found)
    return found
  }
}
