import Type from 'typebox'
import { type Api, cursorSchema, FacilityIdSchema, findFacility, limitSchema, type RouteParts } from '../api.ts'
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
    ({ params, query: { of = 'supply', circuit, after = -1, limit = 100 } }) =>
      facilityPageView(services.childrenOf(findFacility(services, params.id), of, circuit, after, limit), services.facilityState),
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
    ({ params: { id }, query: { before, limit = 50 } }) => {
      const page = services.state.facilityVersions(id, before ?? null, limit)
      // One that was registered before versions were kept has none and is known all the same.
      if (page.items.length === 0) findFacility(services, id)
      return { items: page.items.map(facilityVersionView), next: page.next }
    },
  )
}
