import { Readable } from 'node:stream'
import Type from 'typebox'
import { MAX_QUERY_LENGTH } from '../../../facilities/facility-query.ts'
import { modelOf } from '../../../facilities/ngsi-ld.ts'
import { type ExportFormat, exportFacilities, exportFormats } from '../../exchange/plant-export.ts'
import type { Services } from '../../services.ts'
import { type Api, type RouteParts, scopeOf } from '../api.ts'
import { literals } from '../schemas.ts'

const types: Readonly<Record<ExportFormat, { type: string; ending: string }>> = {
  csv: { type: 'text/csv', ending: 'csv' },
  geojson: { type: 'application/geo+json', ending: 'geojson' },
  'ngsi-ld': { type: 'application/ld+json', ending: 'jsonld' },
}

const ExportQuerySchema = Type.Object(
  {
    format: literals(exportFormats),
    query: Type.Optional(
      Type.String({ maxLength: MAX_QUERY_LENGTH, description: 'as for GET /api/facilities; all facilities when absent' }),
    ),
    encoding: Type.Optional(
      literals(['utf-8', 'gb18030'] as const, { default: 'utf-8', description: 'of CSV; gb18030 is GBK and what GBK does not have' }),
    ),
    mark: Type.Optional(
      Type.Boolean({ default: false, description: 'CSV: begin with the byte order mark by which spreadsheets know UTF-8' }),
    ),
    language: Type.Optional(literals(['en', 'zh'] as const, { default: 'en', description: 'of the column names of CSV' })),
  },
  { additionalProperties: false },
)

/** The plant as a file. */
export function exportRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/export',
    {
      schema: {
        tags: ['exchange'],
        summary: 'The facilities as a file; x-left-out says how many the format has no place for',
        querystring: ExportQuerySchema,
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const { format, query, encoding = 'utf-8', mark = false, language = 'en' } = request.query
      // The service registers itself where it runs; in another city's file it would be a facility nobody hears of.
      const facilities = services
        .findFacilities({ scope: scopeOf(request), ...(query !== undefined && { query }) })
        .filter(({ kind }) => !kind.reportsItself)
      const { type, ending } = types[format]
      const charset = format === 'csv' ? encoding : 'utf-8'
      const leftOut = format === 'ngsi-ld' ? facilities.filter(({ kind, position }) => !modelOf(kind.key) || !position).length : 0
      const faults = faultsBy(services)
      const none = new Set<string>()
      const pieces = exportFacilities(
        facilities,
        { format, encoding, hasMark: mark, language },
        { plant: services.plant, latest: services.latestValues, faults: ({ id }) => faults.get(id) ?? none },
      )
      reply
        .type(format === 'csv' ? `${type}; charset=${charset}; header=present` : type)
        .header('content-disposition', `attachment; filename="facilities.${ending}"`)
        .header('x-left-out', String(leftOut))
        .header('cache-control', 'no-store')
      // Pieces of bytes where the type checker expects the text they make up.
      reply.send(Readable.from(pieces, { objectMode: false }) as unknown as string)
    },
  )
}

/** Rules whose alarms are active and explained by nothing else, by facility. */
function faultsBy(services: Pick<Services, 'liveAlarms'>): Map<string, Set<string>> {
  const faults = new Map<string, Set<string>>()
  for (const { facility, rule, active, suppressed } of services.liveAlarms()) {
    if (!active || suppressed) continue
    const rules = faults.get(facility)
    if (rules) rules.add(rule)
    else faults.set(facility, new Set([rule]))
  }
  return faults
}
