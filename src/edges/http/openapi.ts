import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import Type from 'typebox'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import { VERSION } from '../../version.ts'
import { asyncApi } from '../asyncapi/asyncapi.ts'
import type { Api } from './api.ts'
import { ProblemSchema } from './schemas.ts'

const TAGS = {
  session: 'Signing in and out',
  facilities: 'Facilities and their kinds',
  exchange: 'Files of facilities in and out',
  readings: 'Measured values',
  alarms: 'Alarms and what operators do with them',
  rules: 'Limits, delays and priorities, and what others would have made of the past',
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
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName } } },
    },
    transform: ({ schema, url, route }) => ({ url, schema: withCommon(schema ?? {}, route.config?.access?.needs === 'nothing') }),
  })
  await app.register(fastifySwaggerUi, { routePrefix: '/api/docs', uiConfig: { tryItOutEnabled: true } })
  app.get('/api/openapi.json', { schema: { tags: ['operation'], summary: 'This document' } as const }, () => app.swagger())
  const events = asyncApi(kinds, VERSION)
  const summary = 'What goes over MQTT and the live socket, as AsyncAPI 3'
  app.get('/api/asyncapi.json', { schema: { tags: ['operation'], summary } as const }, () => events)
}

function withCommon(schema: object, isOpen: boolean): object {
  const responses = 'response' in schema ? (schema.response as object) : { 200: Type.Unknown() }
  return {
    ...schema,
    ...(!isOpen && { security: [{ session: [] }] }),
    response: {
      ...responses,
      default: { description: 'What is wrong, and what to do', content: { 'application/problem+json': { schema: ProblemSchema } } },
    },
  }
}
