import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alarm } from '../../../alarms/alarm.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Facility, FacilityMode } from '../../../facilities/plant.ts'
import { hours } from '../../../telemetry/duration.ts'
import type { Services } from '../../services.ts'
import { type Api, findFacility, type RouteParts, scopeOf } from '../api.ts'
import {
  type AlarmSpan,
  type FacilityContext,
  MOST_ALARMS,
  MOST_CHANGES,
  type ModeStep,
  PlotContextQuerySchema,
  PlotContextSchema,
} from '../plot-schemas.ts'
import { parseTime } from '../times.ts'

interface Span {
  from: number
  to: number
}

/** What happened to facilities while the readings of a plot came in. */
export function plotContextRoutes(app: Api, { services, now }: RouteParts): void {
  app.get(
    '/api/plot-context',
    {
      schema: {
        tags: ['readings'],
        summary: 'Alarms, limits in force and changes of mode of some facilities over a time, as plots draw them',
        querystring: PlotContextQuerySchema,
        response: { 200: PlotContextSchema },
      },
    },
    async (request) => {
      const { query } = request
      const scope = scopeOf(request)
      const to = query.to === undefined ? now() : parseTime(query.to, 'to')
      const from = query.from === undefined ? to - hours(1) : parseTime(query.from, 'from')
      if (from >= to) throw new LamplighterError('invalid-request', 'from must be before to; from is inclusive, to exclusive.')
      const asked = [...new Set([query.facility].flat())].map((id) => findFacility(services, id, scope))
      const oldest = (await services.telemetry.oldest?.()) ?? null
      const facilities: FacilityContext[] = []
      for (const facility of asked) {
        facilities.push(contextOf(facility, { from, to }, services))
        await nextTurn()
      }
      return { from, to, oldest, facilities }
    },
  )
}

function contextOf(facility: Facility, span: Span, services: Services): FacilityContext {
  const { items, next } = services.state.alarmsDuring({ facility: facility.id, ...span, limit: MOST_ALARMS })
  const versions = services.state.facilityVersions(facility.id, null, MOST_CHANGES).items.filter(({ at }) => isWithin(at, span))
  const registration = versions.find(({ description, changes }) => description !== null && changes.length === 0)
  return {
    facility: facility.id,
    registered: registration?.at ?? null,
    alarms: items.flatMap((alarm) => spansOf(alarm, span)).sort((a, b) => a.started - b.started),
    moreAlarms: next !== null,
    limits: services.limitsOver(facility, span.from, span.to).map((line) => ({ ...line, steps: [...line.steps] })),
    modes: versions.flatMap(({ at, by, changes }) => changes.flatMap((change): ModeStep[] => modeStep(change, at, by))).reverse(),
  }
}

const isWithin = (at: number, { from, to }: Span): boolean => at >= from && at < to

const modeStep = ({ field, before, after }: { field: string; before: unknown; after: unknown }, at: number, by: string): ModeStep[] =>
  field === 'mode' ? [{ at, mode: after as FacilityMode, before: before as FacilityMode, by }] : []

/** The times in which it was active, as far as it remembers them. */
function spansOf({ id, rule, priority, suppressed, acknowledged, occurrences }: Alarm, { from, to }: Span): AlarmSpan[] {
  const of = { alarm: id, rule, priority, suppressed: suppressed !== null, acknowledged: acknowledged !== null }
  return occurrences
    .filter(({ started, ended }) => started < to && (ended === null || ended >= from))
    .map(({ started, ended }) => ({ ...of, started, ended }))
}
