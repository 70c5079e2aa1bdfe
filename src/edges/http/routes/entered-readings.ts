import { isInScope } from '../../../access/scope.ts'
import { MOST_ENTERED, type ReadingInput } from '../../entered-readings.ts'
import { readReadingFile } from '../../exchange/reading-file.ts'
import { type Api, findFacility, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  EnteredReadingPageSchema,
  EnteredReadingQuerySchema,
  EnterFileQuerySchema,
  EnterOutcomeSchema,
  EnterReadingsSchema,
} from '../entered-reading-schemas.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { parseTime } from '../times.ts'

const tags = ['readings']

/** What people measured by hand or in a laboratory. */
export function enteredReadingRoutes(app: Api, { services }: RouteParts): void {
  const { enteredReadings, plant, dayFigures } = services
  app.get(
    '/api/entered-readings',
    {
      schema: {
        tags,
        summary: 'Readings that people entered, those entered last first, in pages',
        querystring: EnteredReadingQuerySchema,
        response: { 200: EnteredReadingPageSchema },
      },
    },
    (request) => {
      const { limit = 100, ...query } = request.query
      if (query.facility !== undefined) findFacility(services, query.facility, scopeOf(request))
      return enteredReadings.list({ ...query, limit }, scopeOf(request))
    },
  )
  app.post(
    '/api/entered-readings',
    {
      schema: {
        tags,
        summary: 'Enter readings of points, all or nothing; the same again changes nothing, another value of the same time corrects it',
        body: EnterReadingsSchema,
        response: { 200: EnterOutcomeSchema },
      },
    },
    async (request) => {
      const { source, readings } = request.body
      const by = signedIn(request)
      const given = readings.map(
        ({ at, ...rest }, i): ReadingInput => ({ ...rest, at: Math.round(parseTime(at, `readings[${i}].at`)), by, source }),
      )
      return await enteredReadings.enter(given, scopeOf(request))
    },
  )
  registerFileScope(app, (scope) =>
    scope.post(
      '/api/entered-readings/import',
      {
        schema: {
          tags,
          summary: `Enter readings from CSV, up to ${MOST_ENTERED}, all or nothing`,
          description:
            'The columns `facility` and `at`, and either `point` and `value` or one column for each point, by its key or its name; empty cells are left out. Times without a zone are those of the city.',
          consumes: ['text/csv'],
          querystring: EnterFileQuerySchema,
          response: { 200: EnterOutcomeSchema },
        },
      },
      async (request) => {
        const by = signedIn(request)
        const { source = 'file' } = request.query
        const ownScope = scopeOf(request)
        const kindOf = (id: string) => {
          const facility = plant.get(id)
          return facility && isInScope(ownScope, facility) ? facility.kind : undefined
        }
        const rows = await readReadingFile(contentOf(request), { kindOf, utcOffset: dayFigures.utcOffset })
        return await enteredReadings.enter(
          rows.map((row) => ({ ...row, by, source })),
          ownScope,
        )
      },
    ),
  )
}
