import { Readable } from 'node:stream'
import Type, { type Static } from 'typebox'
import { alarmStates } from '../../../alarms/alarm.ts'
import { alarmFilterNames, readAlarmFilter, splitList } from '../../../alarms/alarm-filter.ts'
import { utcOffsets } from '../../../control/local-time.ts'
import { priorities } from '../../../detection/rule.ts'
import { LamplighterError } from '../../../errors.ts'
import { MAX_QUERY_LENGTH } from '../../../facilities/facility-query.ts'
import { type AlarmCsvParts, alarmCsvHead, alarmCsvRows } from '../../exchange/alarm-csv.ts'
import type { AlarmListQuery } from '../../services.ts'
import { AlarmIdSchema, type Api, cursorSchema, knownAlarm, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { AlarmSchema, FacilityPageSchema, literals, nullable, TimeSchema, time } from '../schemas.ts'
import { parseTime } from '../times.ts'
import { alarmViewer, facilityPageView } from '../views.ts'

const raised = TimeSchema('raised')
const list = (description: string) => Type.Optional(Type.String({ maxLength: 1000, description: `${description}; several with commas` }))
const yes = (description: string) => Type.Optional(literals(['true'] as const, { description }))

/** What a list of alarms is limited to; the address of the console's list says it in the same words. */
const filterFields = {
  q: Type.Optional(Type.String({ maxLength: 200, description: 'words that all occur in id, names, district, road, kind, fault or rule' })),
  priority: list(priorities.join(', ')),
  state: list(alarmStates.join(', ')),
  domain: list('domains of facilities'),
  kind: list('kinds of facilities'),
  district: list('districts'),
  road: Type.Optional(Type.String({ maxLength: 100 })),
  facility: Type.Optional(Type.String({ maxLength: 64 })),
  rule: Type.Optional(Type.String({ maxLength: 100 })),
  older: Type.Optional(Type.Number({ minimum: 0, description: 'activated at least so many minutes ago' })),
  unacknowledged: yes('nobody has acknowledged it'),
  escalated: yes('more urgent than its rule says'),
  chattering: yes('comes and goes'),
  historical: yes('raised from data that came too late'),
  query: Type.Optional(Type.String({ maxLength: MAX_QUERY_LENGTH, description: 'of its facility, as for GET /api/facilities' })),
  suppressedBy: Type.Optional(Type.Integer({ minimum: 1, description: 'only those that this alarm explains' })),
  live: Type.Optional(Type.Boolean({ description: 'true: only live ones, false: only past ones' })),
  from: raised,
  to: raised,
}
const ListQuerySchema = Type.Object(
  { ...filterFields, before: cursorSchema, limit: limitSchema(500, 100) },
  { additionalProperties: false },
)
const ExportQuerySchema = Type.Object(
  {
    ...filterFields,
    language: Type.Optional(literals(['en', 'zh'] as const, { default: 'en', description: 'of column names and texts' })),
    mark: Type.Optional(Type.Boolean({ default: false, description: 'begin with the byte order mark by which spreadsheets know UTF-8' })),
  },
  { additionalProperties: false },
)
type Given = Omit<Static<typeof ListQuerySchema>, 'limit'>

export function alarmRoutes(app: Api, { services, now }: RouteParts): void {
  const alarmView = alarmViewer(services)
  const { timeZone } = services.dayFigures
  const utcOffset = utcOffsets(timeZone)

  app.get(
    '/api/alarms',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Alarms, live and past, newest first, in pages',
        description:
          'What the filter looks through is bounded: a page may hold fewer alarms than its limit, or none, although `next` leads on; ' +
          '`lookedBackTo` says how far back it looked.',
        querystring: ListQuerySchema,
        response: {
          200: Type.Object({
            items: Type.Array(AlarmSchema),
            next: nullable(Type.Integer()),
            lookedBackTo: nullable(time('when the last one that was looked at was raised')),
          }),
        },
      },
    },
    async (request) => {
      const { limit = 100, ...given } = request.query
      const { items, next, lookedBackTo } = await services.findAlarms(listQuery(given, scopeOf(request)), limit)
      return { items: items.map(alarmView), next, lookedBackTo }
    },
  )

  app.get(
    '/api/alarms/export',
    {
      schema: {
        tags: ['alarms'],
        summary: 'The alarms a filter lets through as CSV, newest first; times are those of the city',
        querystring: ExportQuerySchema,
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const { language = 'en', mark = false, ...given } = request.query
      const query = listQuery(given, scopeOf(request))
      const parts: AlarmCsvParts = {
        ...{ language, timeZone, utcOffset },
        facility: (id) => services.plant.get(id),
        kind: (key) => services.kinds.find((kind) => kind.key === key),
      }
      const { ascii, full } = exportNames(given, now() + utcOffset(now()))
      reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(full)}`)
        .header('cache-control', 'no-store')
      async function* pieces() {
        yield `${mark ? '\uFEFF' : ''}${alarmCsvHead(parts)}`
        for await (const alarms of services.eachAlarm(query)) yield alarmCsvRows(alarms, parts)
      }
      reply.send(Readable.from(pieces(), { objectMode: false }) as unknown as string)
    },
  )

  app.get(
    '/api/alarms/:id',
    { schema: { tags: ['alarms'], summary: 'One alarm', params: AlarmIdSchema, response: { 200: AlarmSchema } } },
    (request) => alarmView(knownAlarm(services, request.params.id, scopeOf(request))),
  )

  app.get(
    '/api/alarms/:id/affected',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Facilities that lack supply or link while the alarm is active, as the plant is now, in pages',
        params: AlarmIdSchema,
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: FacilityPageSchema },
      },
    },
    (request) => {
      const { after = -1, limit = 100 } = request.query
      const scope = scopeOf(request)
      const alarm = knownAlarm(services, request.params.id, scope)
      return facilityPageView(services.affectedBy(alarm, scope, after, limit), services.facilityState)
    },
  )
}

/** Throws `invalid-request` for a time, a priority or a state that is none: a filter that is misspelt must not let everything through. */
function listQuery({ from, to, before, live, suppressedBy, ...filter }: Given, scope: AlarmListQuery['scope']): AlarmListQuery {
  checkListed(filter.priority, priorities, 'priority')
  checkListed(filter.state, alarmStates, 'state')
  const text = new Map(Object.entries(filter).map(([name, value]) => [name, String(value)]))
  return {
    filter: readAlarmFilter((name) => text.get(name)),
    scope,
    ...(live !== undefined && { live }),
    ...(suppressedBy !== undefined && { suppressedBy }),
    ...(before !== undefined && { before }),
    ...(from !== undefined && { from: parseTime(from, 'from') }),
    ...(to !== undefined && { to: parseTime(to, 'to') }),
  }
}

function checkListed(list: string | undefined, all: readonly string[], what: string): void {
  const unknown = splitList(list).filter((one) => !all.includes(one))
  if (unknown.length > 0)
    throw new LamplighterError('invalid-request', `There is no ${what} ${unknown.join(', ')}; there are ${all.join(', ')}.`)
}

const LONGEST_NAME = 100
/** States of what stands in the list: nobody put it aside. */
const STANDING = 'unacknowledged,acknowledged,rtn-unacknowledged,latched'

/** Names of the file that tell filter and time; `at` is local time as if it were UTC, ms. */
function exportNames(given: Given, at: number): { ascii: string; full: string } {
  const text = given as Readonly<Record<string, unknown>>
  const which = given.live === undefined ? [] : [given.live ? 'live' : 'past']
  const wordOf = (name: string) => (text[name] === 'true' ? name : text[name] === STANDING ? 'standing' : String(text[name]))
  const filter = alarmFilterNames.flatMap((name) => (text[name] === undefined ? [] : [wordOf(name)]))
  const when = new Date(at).toISOString().slice(0, 16).replace('T', '-').replace(':', '')
  const nameOf = (unfit: RegExp) => {
    const words = [...which, ...filter].map((word) => word.replaceAll(unfit, '-').replaceAll(/^-+|-+$/g, '')).filter(Boolean)
    // A cut may halve a rare character, which no address can say.
    const name = ['alarms', ...words]
      .join('-')
      .slice(0, LONGEST_NAME)
      .replace(/[\uD800-\uDBFF]$/, '')
    return `${name}-${when}.csv`
  }
  return { ascii: nameOf(/[^A-Za-z0-9]+/g), full: nameOf(/[^\p{L}\p{N}]+/gu) }
}
