import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { isWhole } from '../../../access/scope.ts'
import type { Alarm } from '../../../alarms/alarm.ts'
import type { LevelChange } from '../../../control/control-programme.ts'
import type { LightChange } from '../../../control/light-change.ts'
import type { BookedChange } from '../../../control/programme-book.ts'
import { type ProgrammeOverride, spanOf } from '../../../control/programme-set.ts'
import { isProgrammed } from '../../../facilities/plant.ts'
import { tableRules } from '../../../facilities/programme-table.ts'
import { type DeviceProgramme, programmeStates } from '../../programmes.ts'
import { type Api, cursorSchema, findFacility, limitSchema, type RouteParts, scopeOf, signedIn } from '../api.ts'
import { listPage } from '../list-page.ts'
import {
  AssignmentsInputSchema,
  AssignmentsSchema,
  CalendarInputSchema,
  CalendarSchema,
  CalendarsSchema,
  ConditionInputSchema,
  ConditionSchema,
  ConditionsSchema,
  ControlProgrammeInputSchema,
  ControlProgrammeSchema,
  DeviceProgrammesSchema,
  type DeviceProgrammeView,
  DownloadedSchema,
  DownloadInputSchema,
  LightingHistorySchema,
  OverridesSchema,
  type OverrideView,
  PreviewSchema,
  ProgrammeIdSchema,
  ProgrammesSchema,
  percent,
  TryOutInputSchema,
  TryOutSchema,
  VersionsSchema,
} from '../programme-schemas.ts'
import { literals } from '../schema-parts.ts'

const tags = ['programmes']
const strict = { additionalProperties: false }
const plainChange = ({ at, level }: LevelChange) => ({ at, level: percent(level) })
const changeView = ({ programme, assignment, override, ...change }: BookedChange) => ({
  ...plainChange(change),
  ...{ programme, assignment, override: override?.id ?? null },
})
type DeviceAlarm = DeviceProgrammeView['alarm']
const deviceView = (
  { facility, state, runs, wanted, since, download }: DeviceProgramme,
  alarms: ReadonlyMap<string, DeviceAlarm>,
): DeviceProgrammeView => ({
  ...{ facility: facility.id, name: facility.name, nameEn: facility.nameEn, kind: facility.kind.key, district: facility.district },
  ...{ state, runs, wanted, since, until: download.until, sent: download.sent, attempts: download.attempts },
  alarm: alarms.get(facility.id) ?? null,
})

/** The active alarm by which people know why a device does not run what it should; its silence explains the others. */
function deviceAlarms(alarms: Iterable<Alarm>): Map<string, DeviceAlarm> {
  const found = new Map<string, DeviceAlarm>()
  for (const { id, facility, rule, active, evidence } of alarms) {
    const isSilence = evidence.ruleType === 'silence'
    if (active && (isSilence || (tableRules.includes(rule) && !found.has(facility))))
      found.set(facility, { id, of: isSilence ? 'silence' : 'programme' })
  }
  return found
}

/** Lighting programmes: what is configured, what is otherwise for a time, and what devices make of it. */
export function programmeRoutes(app: Api, { services, now }: RouteParts): void {
  const { programmes, lightChanges, state } = services
  /** What gives somebody another light goes through two steps; what gives nobody any counts at once. */
  const direct = (request: FastifyRequest, change: LightChange) => lightChanges.direct(change, signedIn(request), scopeOf(request))
  const overrideView = (override: ProgrammeOverride, lamps: number): OverrideView => {
    const { from, until } = spanOf(override)
    return { ...override, lamps, state: until <= now() ? 'over' : from > now() ? 'planned' : 'in-force' }
  }

  app.get(
    '/api/programmes',
    { schema: { tags, summary: 'Control programmes: the light of one night', response: { 200: ProgrammesSchema } } },
    () => {
      const { id, at, by, programmes: items } = programmes.current()
      return { version: id, at, by, items }
    },
  )
  app.put(
    '/api/programmes/:id',
    {
      schema: {
        tags,
        summary: 'Add or change a control programme by which nobody gets another light; else POST /api/light-changes/arm',
        params: ProgrammeIdSchema,
        body: ControlProgrammeInputSchema,
        response: { 200: ControlProgrammeSchema },
      },
    },
    async (request) => {
      const one = { id: request.params.id, ...request.body }
      await direct(request, { type: 'programme', programme: one })
      return one
    },
  )
  app.delete(
    '/api/programmes/:id',
    {
      schema: {
        tags,
        summary: 'Remove a control programme that no calendar names',
        params: ProgrammeIdSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      programmes.removeProgramme(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/lighting-history',
    {
      schema: {
        tags,
        summary: 'All that was asked of lamps and cabinets from a moment on, as one file for npm run backtest',
        querystring: Type.Object({ from: Type.Number({ description: 'ms; what was in force then comes too' }) }, strict),
        response: { 200: LightingHistorySchema },
      },
    },
    ({ query: { from } }) => {
      const { versions, overrides, wanted } = programmes.history(from)
      return { versions: [...versions], overrides: [...overrides], wanted: [...wanted] }
    },
  )
  app.get(
    '/api/programme-versions',
    {
      schema: {
        tags,
        summary: 'Everything that was configured, newest first',
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(50, 10) }, strict),
        response: { 200: VersionsSchema },
      },
    },
    ({ query: { after = 0, limit = 10 } }) => {
      const { items, next } = listPage(programmes.versions(), after, limit)
      const shown = items.map(({ id, at, by, programmes: own, calendars, assignments, conditions }) => ({
        ...{ version: id, at, by, programmes: own, calendars, assignments, conditions },
      }))
      return { items: shown, next }
    },
  )

  app.get(
    '/api/calendars',
    { schema: { tags, summary: 'Calendars: which control programme for which night', response: { 200: CalendarsSchema } } },
    () => {
      const { id, calendars } = programmes.current()
      return { version: id, items: calendars, holidays: [...state.roster.dispatchPolicy().calendar.holidays] }
    },
  )
  app.put(
    '/api/calendars/:id',
    {
      schema: {
        tags,
        summary: 'Add or change a calendar by which nobody gets another light; else POST /api/light-changes/arm',
        params: ProgrammeIdSchema,
        body: CalendarInputSchema,
        response: { 200: CalendarSchema },
      },
    },
    async (request) => {
      const one = { id: request.params.id, ...request.body }
      await direct(request, { type: 'calendar', calendar: one })
      return one
    },
  )
  app.delete(
    '/api/calendars/:id',
    { schema: { tags, summary: 'Remove a calendar that is not assigned', params: ProgrammeIdSchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      programmes.removeCalendar(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )

  const assignmentsView = () => {
    const { id, assignments } = programmes.current()
    const counts = programmes.counts()
    const nobody = { lamps: 0, facilities: 0 }
    return {
      version: id,
      items: assignments.map((one) => ({ ...one, ...(counts.get(one.id) ?? nobody) })),
      rest: counts.get('') ?? nobody,
    }
  }
  app.get(
    '/api/programme-assignments',
    { schema: { tags, summary: 'Who has which calendar, and how many each gets', response: { 200: AssignmentsSchema } } },
    () => assignmentsView(),
  )
  app.put(
    '/api/programme-assignments',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        tags,
        summary: 'The whole list, in its order, where nobody gets another light by it; else POST /api/light-changes/arm',
        body: AssignmentsInputSchema,
        response: { 200: AssignmentsSchema },
      },
    },
    async (request) => {
      const { items, version } = request.body
      await direct(request, { type: 'assignments', assignments: items, ...(version !== undefined && { version }) })
      return assignmentsView()
    },
  )

  app.get(
    '/api/programme-conditions',
    { schema: { tags, summary: 'Light by sensors, as in fog', response: { 200: ConditionsSchema } } },
    () => ({ items: programmes.current().conditions }),
  )
  app.put(
    '/api/programme-conditions/:id',
    {
      schema: {
        tags,
        summary: 'Add or change light by a sensor that is for nobody; else POST /api/light-changes/arm',
        params: ProgrammeIdSchema,
        body: ConditionInputSchema,
        response: { 200: ConditionSchema },
      },
    },
    async (request) => {
      const condition = { id: request.params.id, ...request.body }
      await direct(request, { type: 'condition', condition })
      return condition
    },
  )
  app.delete(
    '/api/programme-conditions/:id',
    {
      schema: {
        tags,
        summary: 'Remove light by a sensor that asks for none; else POST /api/light-changes/arm',
        params: ProgrammeIdSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await direct(request, { type: 'remove-condition', condition: request.params.id })
      reply.code(204)
      return null
    },
  )

  app.get(
    '/api/programme-overrides',
    {
      schema: {
        tags,
        summary: 'Another light for a time, newest first',
        querystring: Type.Object(
          {
            state: Type.Optional(literals(['open', 'all'] as const, { default: 'open', description: 'open: planned or in force' })),
            plan: Type.Optional(Type.String({ maxLength: 100, description: 'only those of an activation of an emergency plan' })),
            after: cursorSchema,
            limit: limitSchema(200, 50),
          },
          strict,
        ),
        response: { 200: OverridesSchema },
      },
    },
    (request) => {
      const { state: wanted = 'open', plan, after = 0, limit = 50 } = request.query
      const scope = scopeOf(request)
      const list = programmes
        .overrides()
        .filter((one) => (plan === undefined || one.plan === plan) && (wanted === 'all' || spanOf(one).until > now()))
        // What reaches nobody of theirs is not for their eyes.
        .filter((one) => isWhole(scope) || programmes.reach(one.query, scope).facilities > 0)
      const { items, next } = listPage(list, after, limit)
      return { items: items.map((one) => overrideView(one, programmes.reach(one.query, scope).lamps)), next }
    },
  )

  app.get(
    '/api/programme-preview',
    {
      schema: {
        tags,
        summary: 'The light of one night, of a facility or of all that a query finds, and why it is so',
        querystring: Type.Object(
          {
            facility: Type.Optional(Type.String({ maxLength: 64 })),
            query: Type.Optional(Type.String({ maxLength: 2000, description: 'a facility query; all facilities when neither is given' })),
            date: Type.Optional(
              Type.String({
                description: 'YYYY-MM-DD on which the night begins; when absent the present one, and from its last light on the coming one',
              }),
            ),
          },
          strict,
        ),
        response: { 200: PreviewSchema },
      },
    },
    async (request) => {
      const { facility, query = '', date } = request.query
      const night = await programmes.nightOn(date)
      const scope = scopeOf(request)
      const asked = facility === undefined ? services.findFacilities({ query, scope }) : [findFacility(services, facility, scope)]
      const groups = await programmes.preview(asked, night)
      return {
        ...night,
        groups: groups.map(({ lamps, facilities, example, dusk, dawn, changes }) => ({
          ...{ lamps, facilities, example: example.id, dusk, dawn, changes: changes.map(changeView) },
        })),
        without: asked.filter(isProgrammed).length - groups.reduce((sum, group) => sum + group.facilities, 0),
      }
    },
  )
  app.post(
    '/api/programme-preview',
    {
      schema: {
        tags,
        summary: 'What steps would make of a night in the middle of the city; nothing is kept',
        body: TryOutInputSchema,
        response: { 200: TryOutSchema },
      },
    },
    async ({ body: { steps, date } }) => {
      const night = await programmes.nightOn(date)
      const { dusk, dawn, changes } = programmes.tryOut({ steps }, night)
      return { ...night, dusk, dawn, changes: changes.map(plainChange) }
    },
  )

  app.get(
    '/api/programme-state',
    {
      schema: {
        tags,
        summary: 'Devices that switch by a table of their own: what they run and what they should run, those that differ longest first',
        querystring: Type.Object(
          { state: Type.Optional(literals(programmeStates)), after: cursorSchema, limit: limitSchema(500, 100) },
          strict,
        ),
        response: { 200: DeviceProgrammesSchema },
      },
    },
    (request) => {
      const { state: wanted, after = 0, limit = 100 } = request.query
      const devices = programmes.devices(scopeOf(request))
      const ofState = Map.groupBy(devices, (one) => one.state)
      const counts = Object.fromEntries(programmeStates.map((one) => [one, ofState.get(one)?.length ?? 0])) as Record<
        (typeof programmeStates)[number],
        number
      >
      const { items, next } = listPage(wanted === undefined ? devices : (ofState.get(wanted) ?? []), after, limit)
      const alarms = deviceAlarms(services.liveAlarms())
      return { counts, items: items.map((item) => deviceView(item, alarms)), next }
    },
  )
  app.post(
    '/api/programme-state/download',
    { schema: { tags, summary: 'Send their tables again', body: DownloadInputSchema, response: { 200: DownloadedSchema } } },
    (request) => ({ devices: programmes.download(request.body.facilities, signedIn(request), scopeOf(request)) }),
  )
}
