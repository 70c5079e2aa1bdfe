import { type Scope, scopeKey, WHOLE_CITY } from '../../../access/scope.ts'
import { addDays } from '../../../control/calendar-day.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Facility } from '../../../facilities/plant.ts'
import { shareOf } from '../../../operations/completeness-report.ts'
import { addUp, type DayCompleteness } from '../../../storage/completeness.ts'
import { minutes } from '../../../telemetry/duration.ts'
import type { DateRange, PointCompleteness, PointTotals } from '../../day-figures.ts'
import type { Services } from '../../services.ts'
import { type Api, findFacility, type RouteParts, scopeOf } from '../api.ts'
import {
  CompletenessQuerySchema,
  CompletenessSchema,
  type CompletenessView,
  DAY_COUNTING,
  DailyTotalsQuerySchema,
  DailyTotalsSchema,
  type DailyTotalsView,
  KindCompletenessQuerySchema,
  KindCompletenessSchema,
} from '../day-schemas.ts'
import { keptAnswers } from '../kept-answers.ts'
import { pointsOf } from './readings.ts'

const USUAL_DAYS = 7
const KEPT = minutes(1)

export function dayRoutes(app: Api, { services, now }: RouteParts): void {
  const { dayFigures } = services
  const { timeZone } = dayFigures
  const keep = keptAnswers(now, KEPT)
  const rangeOf = ({ from, to = dayFigures.today() }: Partial<DateRange>): DateRange => ({ from: from ?? addDays(to, 1 - USUAL_DAYS), to })

  app.get(
    '/api/completeness',
    {
      schema: {
        tags: ['readings'],
        summary: 'Values expected and received, by facility, point and calendar day, the least complete first',
        description: DAY_COUNTING,
        querystring: CompletenessQuerySchema,
        response: { 200: CompletenessSchema },
      },
    },
    async (request) => {
      const { from, to, after = 0, limit = 50, ...wanted } = request.query
      const scope = scopeOf(request)
      const range = rangeOf({ ...(from && { from }), ...(to && { to }) })
      const ranking = await keep(JSON.stringify([wanted, range, scopeKey(scope)]), async () =>
        rank(await find(services, { ...wanted, scope }, range)),
      )
      const items = ranking.items.slice(after, after + limit)
      const next = after + limit < ranking.items.length ? after + limit : null
      return { timeZone, ...range, total: ranking.items.length, all: ranking.all, items, next }
    },
  )

  app.get(
    '/api/completeness/kinds',
    {
      schema: {
        tags: ['readings'],
        summary: 'Values of the main point of all facilities expected and received, by kind',
        description: DAY_COUNTING,
        querystring: KindCompletenessQuerySchema,
        response: { 200: KindCompletenessSchema },
      },
    },
    async ({ query }) => {
      const range = rangeOf(query)
      return await keep(`kinds ${range.from} ${range.to}`, async () => {
        const found = Map.groupBy(await find(services, { scope: WHOLE_CITY }, range), ({ facility }) => facility.kind.key)
        return { timeZone, ...range, kinds: [...found].map(([kind, own]) => kindView(kind, own)) }
      })
    },
  )

  app.get(
    '/api/daily-totals',
    {
      schema: {
        tags: ['readings'],
        summary: 'What counters rose by, rates added up to and other points were, by calendar day, with the share that was received',
        description: DAY_COUNTING,
        querystring: DailyTotalsQuerySchema,
        response: { 200: DailyTotalsSchema },
      },
    },
    async (request) => {
      const { facility: id, points, ...rest } = request.query
      const facility = findFacility(services, id, scopeOf(request))
      const range = rangeOf(rest)
      const found = await dayFigures.totals(facility, points === undefined ? undefined : pointsOf(facility, points), range)
      return { facility: id, timeZone, days: dayFigures.days(range), points: found.map(totalsView) }
    },
  )
}

interface Wanted {
  scope: Scope
  facility?: string
  kind?: string
  query?: string
  points?: string
}

/** Facilities that were taken out of service owe nothing, where many are looked at. */
async function find(
  services: Services,
  { scope, facility: id, kind, query, points }: Wanted,
  range: DateRange,
): Promise<PointCompleteness[]> {
  const { dayFigures, kinds } = services
  if (id !== undefined) {
    const facility = findFacility(services, id, scope)
    return await dayFigures.completenessOf(facility, points === undefined ? undefined : pointsOf(facility, points), range)
  }
  if (kind !== undefined && !kinds.some(({ key }) => key === kind))
    throw new LamplighterError('invalid-request', `There is no kind ${kind}; there are ${kinds.map(({ key }) => key).join(', ')}.`)
  const facilities = services
    .findFacilities({ scope, ...(kind !== undefined && { kind }), ...(query !== undefined && { query }) })
    // Nobody who asks for the city means the service itself, which reports more often than most of it.
    .filter((facility) => facility.mode !== 'out-of-service' && (!facility.kind.reportsItself || facility.kind.key === kind))
  return await dayFigures.completeness(facilities, points === undefined ? undefined : pointsOfAll(facilities, points), range)
}

/** Points that facilities of several kinds all have. */
function pointsOfAll(facilities: readonly Facility[], names: string): readonly string[] | undefined {
  const one = [...new Map(facilities.map((facility) => [facility.kind, facility])).values()]
  return one.map((facility) => pointsOf(facility, names))[0]
}

const sumsView = (sums: Omit<DayCompleteness, 'date'>) => ({ expected: sums.expected, received: sums.received, share: shareOf(sums) })

function rank(found: readonly PointCompleteness[]): Pick<CompletenessView, 'all' | 'items'> {
  const summed = found.map((one) => ({ ...one, sum: addUp(one.days) }))
  const items = summed.map(({ facility, point, days, sum }) => ({
    facility: facility.id,
    kind: facility.kind.key,
    name: facility.name,
    nameEn: facility.nameEn,
    point,
    ...sumsView(sum),
    days: days.map((day) => ({ date: day.date, ...sumsView(day) })),
  }))
  items.sort((a, b) => (a.share ?? 2) - (b.share ?? 2) || b.expected - a.expected)
  return { all: sumsView(addUp(summed.map(({ sum }) => sum))), items }
}

function kindView(kind: string, own: readonly PointCompleteness[]) {
  const sums = own.map(({ days }) => addUp(days))
  const silent = sums.filter(({ expected, received }) => expected > 0 && received === 0).length
  return { kind, facilities: own.length, silent, ...sumsView(addUp(sums)) }
}

const NOTHING = { total: null, min: null, max: null, mean: null, last: null }

function totalsView({ point, figure, unit, totals, completeness }: PointTotals): DailyTotalsView['points'][number] {
  const byDate = new Map(totals.map((total) => [total.date, total]))
  const days = completeness.map((day) => ({ ...NOTHING, date: day.date, ...byDate.get(day.date), ...sumsView(day) }))
  return { point, figure, unit, days }
}
