import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { FacilityDetailSchema, nullable } from '../schemas.ts'

const { state, lastReport, lastReceived, latest } = FacilityDetailSchema.properties
const ItemSchema = Type.Object({ facility: Type.String(), state, lastReport, lastReceived, latest })

export function latestRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/latest',
    {
      schema: {
        tags: ['readings'],
        summary: 'Latest values of many facilities, in pages',
        querystring: Type.Object(
          { kind: Type.Optional(Type.String({ maxLength: 64 })), after: cursorSchema, limit: limitSchema(1000, 100) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(ItemSchema), next: nullable(Type.String()) }) },
      },
    },
    (request) => {
      const { kind, after = -1, limit = 100 } = request.query
      if (kind !== undefined && !services.kinds.some(({ key }) => key === kind)) {
        throw new LamplighterError(
          'invalid-request',
          `There is no kind ${kind}; there are ${services.kinds.map(({ key }) => key).join(', ')}.`,
        )
      }
      const page = services.listFacilities({ scope: scopeOf(request), ...(kind !== undefined && { kind }) }, after, limit)
      const items = page.items.map((facility) => {
        const { state, lastReport, lastReceived, latest } = services.facilityDetail(facility)
        return { facility: facility.id, state, lastReport, lastReceived, latest }
      })
      return { items, next: page.next === null ? null : String(page.next) }
    },
  )
}
