import { type Night, nightOf } from '../../control/control-programme.ts'
import { type CountedDifference, differenceOf, handedOn, isDarker, type LightDifference } from '../../control/light-change.ts'
import { type BookedChange, ProgrammeBook, type ProgrammeBookParts, type ProgrammeHistory } from '../../control/programme-book.ts'
import { type ProgrammeCalendar, programmeOn } from '../../control/programme-calendar.ts'
import { nothingConfigured, spanOf } from '../../control/programme-set.ts'
import { isProgrammed, type Plant } from '../../facilities/plant.ts'
import { days, hours } from '../../telemetry/duration.ts'

/** Nights ahead that calendars are looked through, and those that are where they name dates which lie further ahead: 12 years. */
const AHEAD = 366
const FURTHEST = 4384
/** Nights that are compared at most. */
const MOST_NIGHTS = 40
/** Days of the year from which nights grow longer, and from which they grow shorter again, MM-DD. */
const SOLSTICES = ['06-21', '12-21']

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

export interface ComparedNights {
  nights: readonly Span[]
  /** Whether they stand for all; not where there are more kinds of nights than are compared. */
  isAll: boolean
}

/**
 * Nights that stand for all that lie in a span: of each kind the first one, and the first from each solstice on. Calendars, and whatever is
 * overridden in a night, make kinds of them.
 */
export function comparedNights(
  before: ProgrammeHistory,
  after: ProgrammeHistory,
  { from, until }: Span,
  utcOffset: (at: number) => number,
): ComparedNights {
  const sets = [before, after].map(({ versions }) => versions.at(-1) ?? nothingConfigured)
  const calendars = sets.flatMap((set) => set.calendars.map((calendar) => ({ calendar, holidays: new Set(set.holidays) })))
  const overrides = [before, after]
    .flatMap((history) => history.overrides.map((one) => ({ id: one.id, ...spanOf(one) })))
    .filter((one) => one.until > from)
  const overriddenUntil = Math.max(...overrides.map((one) => one.until))
  const first = nightOf(from, utcOffset)
  const begun = Date.parse(first.date)
  const last = lastNamed(calendars.map(({ calendar }) => calendar))
  const ahead = Math.min(FURTHEST, Math.max(AHEAD, last === null ? 0 : (Date.parse(last) - begun) / days(1) + 2))
  const nights = new Map<string, Span>()
  for (let i = 0, season = 0; i < ahead; i++) {
    const evening = begun + days(i) + hours(18)
    const date = new Date(evening).toISOString().slice(0, 10)
    if (i > 0 && SOLSTICES.includes(date.slice(5))) season = season === 2 ? 1 : season + 1
    const nightOfIt = () => (i === 0 ? first : nightOf(evening - utcOffset(evening), utcOffset))
    // The calendar of time zones is slow, and is asked only for nights in which anything may begin or end.
    const near = until < Number.POSITIVE_INFINITY || evening < overriddenUntil + days(1) ? nightOfIt() : null
    if (near && Math.max(near.from, from) >= until) break
    const overridden = near ? overrides.filter((one) => one.from < near.until && one.until > near.from).map(({ id }) => id) : []
    const programmes = calendars.map(({ calendar, holidays }) => programmeOn(calendar, date, holidays))
    // Of the first night only a part may be left.
    const kind = i === 0 ? '' : [season, ...programmes, '', ...overridden].join(' ')
    if (nights.has(kind)) continue
    if (nights.size >= MOST_NIGHTS) return { nights: [...nights.values()], isAll: false }
    const night = near ?? nightOfIt()
    nights.set(kind, { from: Math.max(night.from, from), until: Math.min(night.until, until) })
  }
  return { nights: [...nights.values()], isAll: true }
}

/** The last date that calendars name, YYYY-MM-DD. */
const lastNamed = (calendars: readonly ProgrammeCalendar[]): string | null =>
  calendars
    .flatMap(({ lines }) => lines.flatMap((line) => (line.on === 'dates' ? [line.to] : [])))
    .sort()
    .at(-1) ?? null

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
