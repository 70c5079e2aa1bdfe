import Type from 'typebox'
import type { Facility } from '../../../facilities/plant.ts'
import type { Services } from '../../services.ts'
import { type Api, cursorSchema, FacilityIdSchema, findFacility, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { FacilityDetailSchema, FacilityInputSchema, FacilitySchema, FacilityStateSchema, ModeChangeSchema, nullable } from '../schemas.ts'
import { facilityView } from '../views.ts'

const ListedFacilitySchema = Type.Object({ ...FacilitySchema.properties, state: FacilityStateSchema })

const ListQuerySchema = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 100, description: 'part of id, name or road' })),
    kind: Type.Optional(Type.String({ maxLength: 64 })),
    district: Type.Optional(Type.String({ maxLength: 100 })),
    limit: limitSchema(1000, 100),
    after: cursorSchema,
  },
  { additionalProperties: false },
)

export function facilityRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/facilities',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Registered facilities, in pages',
        querystring: ListQuerySchema,
        response: { 200: Type.Object({ items: Type.Array(ListedFacilitySchema), next: nullable(Type.String()), total: Type.Integer() }) },
      },
    },
    ({ query }) => {
      const { limit = 100, after = -1 } = query
      const found = matching(services, query)
      const rest = found.filter((facility) => facility.number > after)
      const items = rest.slice(0, limit)
      const next = rest.length > limit ? String(items.at(-1)?.number) : null
      return {
        items: items.map((facility) => ({ ...facilityView(facility), state: services.facilityState(facility) })),
        next,
        total: found.length,
      }
    },
  )

  app.post(
    '/api/facilities',
    {
      bodyLimit: 2 * 1024 * 1024,
      schema: {
        tags: ['facilities'],
        summary: 'Register or change facilities, all or nothing',
        body: Type.Object(
          { facilities: Type.Array(FacilityInputSchema, { minItems: 1, maxItems: 1000 }) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ facilities: Type.Array(FacilitySchema) }) },
      },
    },
    (request) => ({ facilities: services.putFacilities(request.body.facilities, signedIn(request)).map(facilityView) }),
  )

  app.get(
    '/api/facilities/:id',
    {
      schema: {
        tags: ['facilities'],
        summary: 'One facility with its latest values',
        params: FacilityIdSchema,
        response: { 200: FacilityDetailSchema },
      },
    },
    (request) => services.facilityDetail(findFacility(services, request.params.id)),
  )

  app.delete(
    '/api/facilities/:id',
    { schema: { tags: ['facilities'], summary: 'Remove a facility', params: FacilityIdSchema, response: { 204: Type.Null() } } },
    (request, reply) => {
      services.removeFacility(findFacility(services, request.params.id).id, signedIn(request))
      reply.code(204)
      return null
    },
  )

  app.put(
    '/api/facilities/:id/mode',
    {
      schema: {
        tags: ['facilities'],
        summary: 'Put a facility into automatic, manual, maintenance or out-of-service mode',
        params: FacilityIdSchema,
        body: ModeChangeSchema,
        response: { 200: FacilitySchema },
      },
    },
    (request) => {
      const { mode, reason } = request.body
      return facilityView(services.setMode(findFacility(services, request.params.id).id, mode, reason, signedIn(request)))
    },
  )
}

function matching(services: Services, { q, kind, district }: { q?: string; kind?: string; district?: string }): Facility[] {
  const words = q?.trim().toLowerCase()
  return [...services.plant].filter(
    (facility) =>
      (kind === undefined || facility.kind.key === kind) &&
      (district === undefined || facility.district === district) &&
      (!words || [facility.id, facility.name, facility.road].some((text) => text.toLowerCase().includes(words))),
  )
}
