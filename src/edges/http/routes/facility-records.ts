import Type from 'typebox'
import { isWhole } from '../../../access/scope.ts'
import { type Api, cursorSchema, FacilityIdSchema, findFacility, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { HeartbeatsSchema, MOST_HEARTBEATS } from '../heartbeat-schemas.ts'
import { FacilityPageSchema, FacilityVersionSchema, literals, nullable } from '../schemas.ts'
import { facilityPageView, facilityVersionView } from '../views.ts'

/** What hangs on a facility, and what became of it. */
export function facilityRecordRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/facilities/:id/children',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Facilities that it feeds or reports for, in pages',
        params: FacilityIdSchema,
        querystring: Type.Object(
          {
            of: Type.Optional(
              literals(['supply', 'link'] as const, {
                default: 'supply',
                description: 'supply: those it feeds; link: those it reports for',
              }),
            ),
            circuit: Type.Optional(Type.Integer({ minimum: 1, maximum: 99, description: 'only those on this circuit' })),
            after: cursorSchema,
            limit: limitSchema(1000, 100),
          },
          { additionalProperties: false },
        ),
        response: { 200: FacilityPageSchema },
      },
    },
    (request) => {
      const { of = 'supply', circuit, after = -1, limit = 100 } = request.query
      const scope = scopeOf(request)
      const filter = { scope, of, ...(circuit !== undefined && { circuit }) }
      const facility = findFacility(services, request.params.id, scope)
      return facilityPageView(services.childrenOf(facility, filter, after, limit), services.facilityState)
    },
  )

  app.get(
    '/api/facilities/:id/heartbeats',
    {
      schema: {
        tags: ['facilities'],
        summary: 'The newest reports that were expected of it, and which of them came, came late or are missing',
        params: FacilityIdSchema,
        querystring: Type.Object({ limit: limitSchema(MOST_HEARTBEATS, 60) }, { additionalProperties: false }),
        response: { 200: HeartbeatsSchema },
      },
    },
    (request) => services.heartbeats(findFacility(services, request.params.id, scopeOf(request)), request.query.limit ?? 60),
  )

  app.get(
    '/api/facilities/:id/versions',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Who changed a facility when, why and what, newest first, in pages; also of one that was removed',
        params: FacilityIdSchema,
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(500, 50) }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(FacilityVersionSchema), next: nullable(Type.Integer()) }) },
      },
    },
    (request) => {
      const { id } = request.params
      const { before, limit = 50 } = request.query
      const scope = scopeOf(request)
      const page = services.state.facilityVersions(id, before ?? null, limit)
      // One that was registered before versions were kept has none and is known all the same.
      if (page.items.length === 0 || !isWhole(scope)) findFacility(services, id, scope)
      return { items: page.items.map(facilityVersionView), next: page.next }
    },
  )
}
