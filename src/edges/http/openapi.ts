import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import Type from 'typebox'
import { permissions, roles } from '../../access/permissions.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { VERSION } from '../../version.ts'
import { asyncApi } from '../asyncapi/asyncapi.ts'
import type { Api } from './api.ts'
import type { RouteAccess, ScopeUse } from './route-access.ts'
import { ProblemSchema } from './schemas.ts'

const TAGS = {
  programmes: 'Lighting programmes: what light is asked of whom, when',
  session: 'Signing in and out',
  people: 'Accounts, second factors and keys',
  facilities: 'Facilities and their kinds',
  exchange: 'Files of facilities in and out',
  readings: 'Measured values',
  alarms: 'Alarms and what operators do with them',
  orders: 'Repairs, and the crews that do them',
  emergency: 'Emergency plans',
  reports: 'What citizens report, by the page and by telephone',
  rules: 'Limits, delays and priorities, and what others would have made of the past',
  devices: 'Who may speak MQTT, and by which credentials',
  dispatch: 'Channels by which people are told of orders, and alerts that other systems send',
  dialects: 'How devices of other dialects speak, and for which facilities',
  live: 'What the wall starts from',
  records: 'Refused messages and the audit trail',
  codecs: 'Payload codecs of vendors',
  operation: 'For those who run the server',
}

/** Documents every route registered after it; the page is at /api/docs, the document at /api/openapi.json. */
export async function documentApi(app: Api, cookieName: string, kinds: readonly FacilityKind[]): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Lamplighter', version: '1', description: 'Times are ms since 1970. Errors are problem+json with a stable code.' },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          ...{ session: { type: 'apiKey', in: 'cookie', name: cookieName }, key: { type: 'http', scheme: 'bearer' } },
          ...{ token: { type: 'http', scheme: 'bearer' }, password: { type: 'http', scheme: 'basic' } },
        },
      },
    },
    transform: ({ schema, url, route }) => ({ url, schema: withCommon(schema ?? {}, route.config?.access ?? unknownAccess) }),
  })
  await app.register(fastifySwaggerUi, { routePrefix: '/api/docs', uiConfig: { tryItOutEnabled: true } })
  app.get('/api/openapi.json', { schema: { tags: ['operation'], summary: 'This document' } as const }, () => app.swagger())
  const events = asyncApi(kinds, VERSION)
  const summary = 'What goes over MQTT and the live socket, as AsyncAPI 3'
  app.get('/api/asyncapi.json', { schema: { tags: ['operation'], summary } as const }, () => events)
}

/** What has no entry in the table of routes does not start. */
const unknownAccess: RouteAccess = { needs: 'session', scope: 'none' }

const scopeWords: Readonly<Record<ScopeUse, string>> = {
  none: '',
  limited: ' Who is limited to a part of the city is answered for that part only, and changes nothing elsewhere.',
  whole: ' Refused to who is limited to a part of the city.',
}

function accessWords({ needs, scope }: RouteAccess): string {
  if (needs === 'nothing') return 'Open to all.'
  if (needs === 'session') return 'For everybody who is signed in.'
  if (needs === 'token') return 'For a program with a token of its own.'
  const given = permissions[needs].map((role) => roles[role].en.toLowerCase())
  const who = given.length === Object.keys(roles).length ? 'every role' : given.join(', ')
  return `Needs \`${needs}\`: ${who}.${scopeWords[scope]}`
}

function withCommon(schema: object, access: RouteAccess): object {
  const { needs, scope } = access
  const described = 'description' in schema ? `${schema.description}\n\n` : ''
  const responses = 'response' in schema ? (schema.response as object) : { 200: Type.Unknown() }
  return {
    ...schema,
    description: described + accessWords(access),
    'x-permission': needs,
    'x-scope': scope,
    ...(needs !== 'nothing' && { security: needs === 'token' ? [{ token: [] }, { password: [] }] : [{ session: [] }, { key: [] }] }),
    response: {
      ...responses,
      default: { description: 'What is wrong, and what to do', content: { 'application/problem+json': { schema: ProblemSchema } } },
    },
  }
}
