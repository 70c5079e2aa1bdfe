import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { credentialTypes } from '../../../access/device.ts'
import { isWhole } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { days, hours, minutes } from '../../../telemetry/duration.ts'
import type { DeviceInput } from '../../devices.ts'
import { devicesCsv, MAX_BYTES, readDeviceCsv, secretsCsv } from '../../exchange/device-csv.ts'
import { type Api, limitSchema, personOf, type RouteParts, signedIn } from '../api.ts'
import {
  ClaimCodeSchema,
  CredentialIdSchema,
  CredentialInputSchema,
  claimView,
  DeviceIdSchema,
  DeviceInputSchema,
  DeviceSchema,
  deviceView,
  IssuedSchema,
  issuedView,
  NewClaimCodeSchema,
  SortSchema,
} from '../device-schemas.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { RemovalReasonSchema } from '../rule-schemas.ts'
import { literals, nullable, time } from '../schema-parts.ts'

const tags = ['devices']
const EXPORT_PAGE = 1_000
const LONGEST_OVERLAP = days(90)

/** Secrets stand in the answer: nobody on the way may keep it. */
const secretly = (reply: FastifyReply) => reply.header('cache-control', 'no-store')

/** Who may speak MQTT, and by which credentials. */
export function deviceRoutes(root: Api, parts: RouteParts): void {
  registrationRoutes(root, parts)
  credentialRoutes(root, parts)
  exchangeRoutes(root, parts)
  claimRoutes(root, parts)
}

/** Throws `not-found` for what lies out of the person's scope, as for what there is not. */
function checkScope({ services }: RouteParts, request: FastifyRequest, id: string): void {
  if (services.devices.isInScope(id, personOf(request).scope)) return
  throw new LamplighterError('not-found', `There is no device ${JSON.stringify(id)}; /api/devices lists them.`)
}

/** Topics beside a device's own may be those of anybody; who is limited deals with no device that has some. */
function checkFilters(request: FastifyRequest, { sort, topics = [], subscriptions = [] }: DeviceInput): void {
  if (isWhole(personOf(request).scope)) return
  if (sort === 'service' || topics.length > 0 || subscriptions.length > 0)
    throw new LamplighterError(
      'not-allowed',
      'Topics beside those of the facility concern the whole city; your account is limited to a part of it.',
    )
}

const ListQuerySchema = Type.Object(
  {
    words: Type.Optional(Type.String({ maxLength: 100, description: 'part of id or note' })),
    sort: Type.Optional(SortSchema),
    state: Type.Optional(literals(['connected', 'away', 'no-credential', 'disabled'] as const)),
    after: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the page before; the first page when absent' })),
    limit: limitSchema(500, 100),
  },
  { additionalProperties: false },
)

function registrationRoutes(app: Api, parts: RouteParts): void {
  const { devices } = parts.services
  const one = { tags, params: DeviceIdSchema }
  app.get(
    '/api/devices',
    {
      schema: {
        tags,
        summary: 'Registered devices by id, in pages',
        querystring: ListQuerySchema,
        response: {
          200: Type.Object({
            items: Type.Array(DeviceSchema),
            next: nullable(Type.String()),
            total: Type.Integer({ description: 'on all pages' }),
            unprovided: Type.Integer({ description: 'facilities in scope that no gateway reports for and that have no credential' }),
          }),
        },
      },
    },
    (request) => {
      const { after, limit = 100, ...filter } = request.query
      const { scope } = personOf(request)
      const { items, next, total } = devices.list(filter, scope, after, limit)
      return { items: items.map(deviceView), next, total, unprovided: devices.withoutCredential(undefined, scope).length }
    },
  )
  app.get('/api/devices/:id', { schema: { ...one, summary: 'One device', response: { 200: DeviceSchema } } }, (request) => {
    checkScope(parts, request, request.params.id)
    return deviceView(devices.get(request.params.id))
  })
  app.put(
    '/api/devices/:id',
    {
      schema: {
        ...one,
        summary: 'Register or change a device; what is left out stays, or is as the plant says',
        body: DeviceInputSchema,
        response: { 200: DeviceSchema },
      },
    },
    (request) => {
      const { id } = request.params
      checkScope(parts, request, id)
      checkFilters(request, request.body)
      return deviceView(devices.put(id, request.body, signedIn(request)))
    },
  )
  app.delete(
    '/api/devices/:id',
    {
      schema: {
        ...one,
        summary: 'Remove a device with its credentials; its connections end at once',
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      checkScope(parts, request, request.params.id)
      devices.remove(request.params.id, request.query.reason, signedIn(request))
      reply.code(204)
      return null
    },
  )
}

function credentialRoutes(app: Api, parts: RouteParts): void {
  const { devices } = parts.services
  const answer = { response: { 200: IssuedSchema } }
  app.post(
    '/api/devices/:id/credentials',
    {
      schema: {
        tags,
        summary: 'Give a device one more credential; the answer alone tells the secret',
        params: DeviceIdSchema,
        body: CredentialInputSchema,
        ...answer,
      },
    },
    (request, reply) => {
      checkScope(parts, request, request.params.id)
      secretly(reply)
      const { fingerprint, ...input } = request.body
      const plain = fingerprint?.replaceAll(':', '').toLowerCase() ?? null
      return issuedView(devices.addCredential(request.params.id, { ...input, fingerprint: plain }, signedIn(request)))
    },
  )
  app.post(
    '/api/devices/:id/credentials/:credential/rotate',
    {
      schema: {
        tags,
        summary: 'Give a device another credential of the same kind; the old one goes on for the overlap',
        params: CredentialIdSchema,
        body: Type.Object(
          { overlap: Type.Integer({ minimum: 0, maximum: LONGEST_OVERLAP / minutes(1), description: 'minutes' }) },
          { additionalProperties: false },
        ),
        ...answer,
      },
    },
    (request, reply) => {
      const { id, credential } = request.params
      checkScope(parts, request, id)
      secretly(reply)
      return issuedView(devices.rotate(id, credential, minutes(request.body.overlap), signedIn(request)))
    },
  )
  app.delete(
    '/api/devices/:id/credentials/:credential',
    {
      schema: {
        tags,
        summary: 'Revoke a credential; connections that came by it end at once',
        params: CredentialIdSchema,
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      const { id, credential } = request.params
      checkScope(parts, request, id)
      devices.revoke(id, credential, request.query.reason, signedIn(request))
      reply.code(204)
      return null
    },
  )
}

const ProvisionSchema = {
  type: Type.Optional(literals(credentialTypes, { default: 'password' })),
  label: Type.Optional(Type.String({ maxLength: 100 })),
  expires: Type.Optional(time('until when the credentials are good; for ever when absent')),
}
const ImportQuerySchema = Type.Object(
  {
    ...ProvisionSchema,
    existing: Type.Optional(
      literals(['skip', 'add', 'replace'] as const, {
        default: 'skip',
        description: 'devices that have a credential: leave them, give one more, or let only the new one count',
      }),
    ),
  },
  { additionalProperties: false },
)

function exchangeRoutes(root: Api, parts: RouteParts): void {
  const { devices } = parts.services
  const csv = (reply: FastifyReply, name: string) =>
    secretly(reply).type('text/csv; charset=utf-8; header=present').header('content-disposition', `attachment; filename="${name}.csv"`)
  registerFileScope(root, (app) => {
    app.post(
      '/api/devices/import',
      {
        config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
        bodyLimit: MAX_BYTES,
        schema: {
          tags,
          summary:
            'Send a CSV (id, if wanted sort, note, fingerprint) and get one with fresh secrets, told this once; x-skipped says how many have credentials',
          querystring: ImportQuerySchema,
          response: { 200: Type.String() },
        },
      },
      async (request, reply) => {
        const { type = 'password', existing = 'skip', label = 'import', expires = null } = request.query
        const rows = await readDeviceCsv(contentOf(request))
        const made = await devices.provision(rows, { type, existing, label, expires }, signedIn(request))
        csv(reply, 'device-secrets').header('x-skipped', String(made.skipped))
        return secretsCsv(made)
      },
    )
  })
  root.post(
    '/api/devices/missing',
    {
      schema: {
        tags,
        summary:
          'Give all facilities of a kind that no gateway reports for and that have no credential one; a CSV tells the secrets this once',
        body: Type.Object({ ...ProvisionSchema, kind: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { kind, type = 'password', label = '', expires = null } = request.body
      if (!parts.services.kinds.some(({ key }) => key === kind))
        throw new LamplighterError('invalid-request', `There is no kind ${JSON.stringify(kind)}; /api/kinds lists them.`)
      const ids = devices.withoutCredential(kind, personOf(request).scope)
      const rows = ids.map((id, i) => ({ row: i + 1, id }))
      const made = await devices.provision(rows, { type, existing: 'skip', label, expires }, signedIn(request))
      csv(reply, `device-secrets-${kind}`)
      return secretsCsv(made)
    },
  )
  root.get(
    '/api/export/devices',
    { schema: { tags, summary: 'All devices as CSV, without secrets', response: { 200: Type.String() } } },
    (request, reply) => {
      csv(reply, 'devices')
      // Pieces of bytes where the type checker expects the text they make up.
      reply.send(Readable.from(devicesCsv(all(request)), { objectMode: false }) as unknown as string)
    },
  )

  function* all(request: FastifyRequest) {
    let after: string | undefined
    do {
      const { items, next } = devices.list({}, personOf(request).scope, after, EXPORT_PAGE)
      yield items
      after = next ?? undefined
    } while (after !== undefined)
  }
}

function claimRoutes(app: Api, parts: RouteParts): void {
  const { devices } = parts.services
  const inScope = (request: FastifyRequest, ids: readonly string[]) => {
    const { scope } = personOf(request)
    return ids.every((id) => devices.isInScope(id, scope))
  }
  app.get(
    '/api/claim-codes',
    {
      schema: {
        tags,
        summary: 'Codes for the first connection, newest first, at most 1,000',
        response: { 200: Type.Object({ items: Type.Array(ClaimCodeSchema) }) },
      },
    },
    (request) => ({
      items: devices
        .claimCodes()
        .filter((claim) => inScope(request, claim.devices))
        .map(claimView),
    }),
  )
  app.post(
    '/api/claim-codes',
    {
      schema: {
        tags,
        summary: 'Make a code with which each of these devices may fetch its first password once',
        body: Type.Object(
          {
            devices: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 1000 }),
            hours: Type.Integer({ minimum: 1, maximum: days(30) / hours(1), description: 'how long it is good' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: NewClaimCodeSchema },
      },
    },
    (request, reply) => {
      const { devices: ids, hours: lifetime } = request.body
      for (const id of ids) checkScope(parts, request, id)
      secretly(reply)
      const { code, claim } = devices.addClaimCode(ids, hours(lifetime), signedIn(request))
      return { code, claim: claimView(claim) }
    },
  )
  app.delete(
    '/api/claim-codes/:id',
    {
      schema: {
        tags,
        summary: 'Take a code back',
        params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
        response: { 204: Type.Null() },
      },
    },
    (request, reply) => {
      const claim = devices.claimCodes().find(({ id }) => id === request.params.id)
      if (!claim || !inScope(request, claim.devices))
        throw new LamplighterError('not-found', `There is no claim code ${request.params.id}.`)
      devices.removeClaimCode(claim.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/claims',
    {
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
      schema: {
        tags,
        summary: 'A device in the field fetches its first password with a code; needs no sign-in',
        body: Type.Object({ code: Type.String({ maxLength: 30 }), id: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
        response: { 200: IssuedSchema },
      },
    },
    (request, reply) => {
      secretly(reply)
      return issuedView(devices.claim(request.body.code, request.body.id, request.ip))
    },
  )
}
