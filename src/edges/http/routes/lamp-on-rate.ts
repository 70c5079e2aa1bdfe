import Type from 'typebox'
import { isInScope } from '../../../access/scope.ts'
import { lampGroupings } from '../../lamp-on-rates.ts'
import { type Api, FacilityIdSchema, findFacility, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { CircuitsSchema, LampOnPageSchema, lampOnRowView, SelectionRateSchema } from '../lamp-on-schemas.ts'
import { literals } from '../schema-parts.ts'

/** Facilities in one question. */
export const MOST_SELECTED = 20_000

const QuerySchema = Type.Object(
  {
    by: literals(lampGroupings, { description: 'what lamps are taken together by' }),
    limit: limitSchema(2000, 500),
    after: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before; the first page when absent' })),
  },
  { additionalProperties: false },
)

export function lampOnRateRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/lamp-on-rate',
    {
      schema: {
        tags: ['operation'],
        summary: 'How many of the lamps that should be lit are, by road, district, road class or key area',
        querystring: QuerySchema,
        response: { 200: LampOnPageSchema },
      },
    },
    (request) => {
      const { by, after, limit = 500 } = request.query
      const { at, total, rows, next } = services.lampOnRates.rates(by, scopeOf(request), after, limit)
      return { at, total: lampOnRowView(total), rows: rows.map(lampOnRowView), next }
    },
  )

  app.get(
    '/api/facilities/:id/circuits',
    {
      schema: {
        tags: ['facilities'],
        summary: 'The circuits by which it feeds others: whether they carry voltage, and how many of their lamps are lit',
        params: FacilityIdSchema,
        response: { 200: CircuitsSchema },
      },
    },
    (request) => {
      const scope = scopeOf(request)
      const circuits = services.lampOnRates.circuits(findFacility(services, request.params.id, scope), scope)
      return { circuits: circuits.map(({ row, ...rest }) => ({ ...rest, lamps: lampOnRowView(row) })) }
    },
  )

  app.post(
    '/api/lamp-on-rate/selection',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        tags: ['operation'],
        summary: 'The same of chosen facilities; those that are no lamps, or that the asker may not see, are left out',
        body: Type.Object(
          { facilities: Type.Array(Type.String({ maxLength: 64 }), { maxItems: MOST_SELECTED }) },
          { additionalProperties: false },
        ),
        response: { 200: SelectionRateSchema },
      },
    },
    (request) => {
      const scope = scopeOf(request)
      const known = [...new Set(request.body.facilities)].map((id) => services.plant.get(id)).filter((facility) => facility !== undefined)
      const { at, row, findings } = services.lampOnRates.ofLamps(known.filter((facility) => isInScope(scope, facility)))
      const idsOf = (wanted: string) => findings.filter(([, finding]) => finding === wanted).map(([{ id }]) => id)
      return { at, total: lampOnRowView(row), dark: idsOf('dark'), unknown: idsOf('unknown') }
    },
  )
}
