import Type from 'typebox'
import { scopeKey } from '../../../access/scope.ts'
import { addDays } from '../../../control/calendar-day.ts'
import { SLOT } from '../../../operations/lamp-history.ts'
import { days, minutes } from '../../../telemetry/duration.ts'
import type { DateRange } from '../../day-figures.ts'
import { energyGroupings } from '../../lamp-history.ts'
import { lampGroupings } from '../../lamp-on-rates.ts'
import { type Api, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { dateRange } from '../day-schemas.ts'
import { keptAnswers } from '../kept-answers.ts'
import {
  energyRowView,
  energyView,
  LAMP_HISTORY,
  LampDaysSchema,
  LampMomentsSchema,
  LIGHTING_ENERGY,
  LightingEnergySchema,
  lampMomentView,
  lampPeriodView,
} from '../lamp-history-schemas.ts'
import { LampOnPageSchema, lampOnRowView } from '../lamp-on-schemas.ts'
import { literals } from '../schema-parts.ts'

const USUAL_DAYS = 7
const KEPT = minutes(1)

const by = literals(lampGroupings, { description: 'what lamps are taken together by' })
const paged = {
  limit: limitSchema(500, 200),
  after: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before; the first page when absent' })),
}

export function lampHistoryRoutes(app: Api, { services, now }: RouteParts): void {
  const { lampHistory, dayFigures } = services
  const { timeZone } = dayFigures
  const keep = keptAnswers(now, KEPT)
  const rangeOf = ({ from, to = dayFigures.today() }: Partial<DateRange>): DateRange => ({ from: from ?? addDays(to, 1 - USUAL_DAYS), to })

  app.get(
    '/api/lamp-on-rate/history',
    {
      schema: {
        tags: ['operation'],
        summary:
          'How many of the lamps that should be lit were, every five minutes, all together or of one road, district, class or key area',
        description: LAMP_HISTORY,
        querystring: Type.Object(
          {
            by: Type.Optional(by),
            key: Type.Optional(
              Type.String({ maxLength: 100, description: 'as in the rows of GET /api/lamp-on-rate; all lamps when absent' }),
            ),
            from: Type.Optional(Type.Number({ description: 'ms; a day before `to` when absent' })),
            to: Type.Optional(Type.Number({ description: 'ms, exclusive; now when absent; 8 days after `from` at most' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: LampMomentsSchema },
      },
    },
    async (request) => {
      const { by = 'road', key, to = now(), from = to - days(1) } = request.query
      const moments = await lampHistory.moments({ by, key, from, to }, scopeOf(request))
      return { length: SLOT, moments: moments.map(lampMomentView) }
    },
  )

  app.get(
    '/api/lamp-on-rate/last-night',
    {
      schema: {
        tags: ['operation'],
        summary: 'The lamp-on rate as the newest night of the last 24 hours ended, with the budget of the next one',
        description: LAMP_HISTORY,
        querystring: Type.Object({ by, ...paged }, { additionalProperties: false }),
        response: { 200: LampOnPageSchema },
      },
    },
    async (request) => {
      const { by, after, limit = 200 } = request.query
      const scope = scopeOf(request)
      const { at, total, rows } = await keep(JSON.stringify(['night', by, scopeKey(scope)]), () => lampHistory.lastNight(by, scope))
      const { page, next } = pageOf(rows, after, limit)
      return { at, total: lampOnRowView(total), rows: page.map(lampOnRowView), next }
    },
  )

  app.get(
    '/api/lamp-on-rate/days',
    {
      schema: {
        tags: ['operation'],
        summary: 'The lamp-on rate by days of the calendar, and how whole the lighting facilities were',
        description: LAMP_HISTORY,
        querystring: Type.Object({ by, ...dateRange, ...paged }, { additionalProperties: false }),
        response: { 200: LampDaysSchema },
      },
    },
    async (request) => {
      const { by, after, limit = 200, ...rest } = request.query
      const range = rangeOf(rest)
      const scope = scopeOf(request)
      const found = await keep(JSON.stringify([by, range, scopeKey(scope)]), () => lampHistory.days(by, range, scope))
      const { page, next } = pageOf(found.rows, after, limit)
      const lengths = new Map(dayFigures.days(range).map((day) => [day.date, Math.max(SLOT, Math.min(day.to, now()) - day.from)]))
      return {
        ...{ timeZone, ...range, total: lampPeriodView(found.total) },
        days: found.days.map(({ date, slots, ...period }) => ({
          ...{ date, ...lampPeriodView(period), seen: Math.min(1, (slots * SLOT) / (lengths.get(date) ?? days(1))) },
        })),
        rows: page.map(({ key, roadClass, days, ...period }) => ({
          ...{ key, roadClass, ...lampPeriodView(period) },
          days: days.map(({ date, ...ofDay }) => ({ date, ...lampPeriodView(ofDay) })),
        })),
        next,
      }
    },
  )

  app.get(
    '/api/lighting-energy',
    {
      schema: {
        tags: ['operation'],
        summary: 'What lighting took by days of the calendar, and what it saved against full power',
        description: LIGHTING_ENERGY,
        querystring: Type.Object(
          { by: literals(energyGroupings, { description: 'what lamps are taken together by' }), ...dateRange, ...paged },
          { additionalProperties: false },
        ),
        response: { 200: LightingEnergySchema },
      },
    },
    async (request) => {
      const { by, after, limit = 200, ...rest } = request.query
      const range = rangeOf(rest)
      const scope = scopeOf(request)
      const found = await keep(JSON.stringify(['energy', by, range, scopeKey(scope)]), () => lampHistory.energy(by, range, scope))
      const { page, next } = pageOf(found.rows, after, limit)
      return {
        ...{ timeZone, ...range, total: energyView(found.total) },
        days: found.days.map(({ date, ...kwh }) => ({ date, ...energyView(kwh) })),
        rows: page.map(energyRowView),
        next,
      }
    },
  )
}

/** A page of rows that stand in order of their keys. */
function pageOf<T extends { key: string }>(all: readonly T[], after: string | undefined, limit: number) {
  const from = after === undefined ? 0 : all.findIndex(({ key }) => key > after)
  const page = from < 0 ? [] : all.slice(from, from + limit)
  const isLast = from < 0 || from + limit >= all.length
  return { page, next: isLast ? null : (page.at(-1)?.key ?? null) }
}
