import Type from 'typebox'
import type { Scope } from '../../../access/scope.ts'
import {
  type Api,
  cursorSchema,
  FacilityIdSchema,
  findFacility,
  limitSchema,
  OverrideIdSchema,
  type RouteParts,
  scopeOf,
  signedIn,
} from '../api.ts'
import {
  FacilityRulesSchema,
  GroupDetailSchema,
  GroupInputSchema,
  GroupNameSchema,
  GroupSchema,
  OverrideInputSchema,
  OverrideSchema,
  RemovalReasonSchema,
  RevertSchema,
  RuleVersionPageSchema,
  RuleVersionSchema,
} from '../rule-schemas.ts'
import { facilityRulesView, groupView, overrideView, ruleVersionView } from '../rule-views.ts'
import { nullable } from '../schemas.ts'

/** Groups of facilities, and what engineers changed of the rules. */
export function ruleRoutes(app: Api, parts: RouteParts): void {
  groupRoutes(app, parts)
  overrideRoutes(app, parts)
  versionRoutes(app, parts)
  app.get(
    '/api/facilities/:id/rules',
    {
      schema: {
        tags: ['rules'],
        summary: 'Limits, delays, hours, priorities and texts in force for a facility, and where each comes from',
        params: FacilityIdSchema,
        response: { 200: FacilityRulesSchema },
      },
    },
    (request) => facilityRulesView(findFacility(parts.services, request.params.id, scopeOf(request)), parts.services),
  )
}

function groupRoutes(app: Api, { services }: RouteParts): void {
  const detail = (name: string, scope: Scope) => {
    const group = groupView(services.group(name))
    const facilities = group.problem === null ? services.listFacilities({ scope, query: group.query }, -1, 1).total : 0
    return { ...group, facilities }
  }
  const named = { tags: ['rules'], params: GroupNameSchema }
  app.get(
    '/api/groups',
    {
      schema: {
        tags: ['rules'],
        summary: 'Groups of facilities by name, at most 200',
        response: { 200: Type.Object({ items: Type.Array(GroupSchema) }) },
      },
    },
    () => ({ items: services.groups().map(groupView) }),
  )
  app.get(
    '/api/groups/:name',
    { schema: { ...named, summary: 'One group with the number of facilities in it', response: { 200: GroupDetailSchema } } },
    (request) => detail(request.params.name, scopeOf(request)),
  )
  app.put(
    '/api/groups/:name',
    { schema: { ...named, summary: 'Make or change a group of facilities', body: GroupInputSchema, response: { 200: GroupDetailSchema } } },
    (request) => {
      const { name } = request.params
      services.putGroup(name, request.body, signedIn(request))
      return detail(name, scopeOf(request))
    },
  )
  app.delete(
    '/api/groups/:name',
    {
      schema: {
        ...named,
        summary: 'Remove a group for which no override is made',
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      services.removeGroup(request.params.name, request.query.reason, signedIn(request))
      reply.code(204)
      return null
    },
  )
}

const ListQuerySchema = Type.Object(
  {
    kind: Type.Optional(Type.String({ maxLength: 64 })),
    group: Type.Optional(Type.String({ maxLength: 64 })),
    facility: Type.Optional(Type.String({ maxLength: 64 })),
    rule: Type.Optional(Type.String({ maxLength: 100 })),
    before: cursorSchema,
    limit: limitSchema(500, 100),
  },
  { additionalProperties: false },
)

function overrideRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/overrides',
    {
      schema: {
        tags: ['rules'],
        summary: 'What was changed of the rules, newest first, in pages',
        querystring: ListQuerySchema,
        response: { 200: Type.Object({ items: Type.Array(OverrideSchema), next: nullable(Type.Integer()) }) },
      },
    },
    (request) => {
      const { before = Number.POSITIVE_INFINITY, limit = 100, ...filter } = request.query
      const { items, next } = services.listOverrides(filter, scopeOf(request), before, limit)
      return { items: items.map((override) => overrideView(override, services.overrideProblem(override))), next }
    },
  )
  app.put(
    '/api/overrides',
    {
      schema: {
        tags: ['rules'],
        summary: 'Change a rule for a kind, a group or a facility; replaces what was changed there before and counts at once',
        body: OverrideInputSchema,
        response: { 200: OverrideSchema },
      },
    },
    (request) => overrideView(services.putOverride(request.body, signedIn(request), scopeOf(request)), null),
  )
  app.delete(
    '/api/overrides/:id',
    {
      schema: {
        tags: ['rules'],
        summary: 'Take back what was changed of a rule',
        params: OverrideIdSchema,
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      services.removeOverride(request.params.id, request.query.reason, signedIn(request), scopeOf(request))
      reply.code(204)
      return null
    },
  )
}

function versionRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/rules/versions',
    {
      schema: {
        tags: ['rules'],
        summary: 'Every change of the rules, newest first, in pages',
        querystring: ListQuerySchema,
        response: { 200: RuleVersionPageSchema },
      },
    },
    (request) => {
      const { before, limit = 100, ...filter } = request.query
      const { items, next } = services.ruleVersions(filter, scopeOf(request), before, limit)
      return { items: items.map(ruleVersionView), next }
    },
  )
  app.post(
    '/api/rules/versions/:id/revert',
    {
      schema: {
        tags: ['rules'],
        summary: 'Let what a version says count again for its scope and rule, at once and as a new version',
        params: OverrideIdSchema,
        body: RevertSchema,
        response: { 200: RuleVersionSchema },
      },
    },
    (request) => ruleVersionView(services.revertRule(request.params.id, request.body.reason, signedIn(request), scopeOf(request))),
  )
}
