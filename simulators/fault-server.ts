import Fastify, { type FastifyError } from 'fastify'
import Type, { type Static } from 'typebox'
import { duration } from '../src/command-line.ts'
import { MAX_QUERY_LENGTH } from '../src/facilities/facility-query.ts'
import { byId, MAX_FAULT_SIZE } from './fault-arguments.ts'
import type { FaultRecord } from './faults.ts'
import type { Fleet } from './fleet.ts'
import { cutsSupply } from './rehearsal.ts'

const InjectSchema = Type.Object(
  {
    facility: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    where: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_QUERY_LENGTH })),
    fault: Type.String({ minLength: 1, maxLength: 100 }),
    after: Type.Optional(Type.String({ maxLength: 20 })),
    for: Type.Optional(Type.String({ maxLength: 20 })),
    size: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: MAX_FAULT_SIZE })),
  },
  { additionalProperties: false },
)
const PageSchema = Type.Object(
  {
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  },
  { additionalProperties: false },
)
const FaultPathSchema = Type.Object({ id: Type.Integer({ minimum: 1 }) })
type Page = Static<typeof PageSchema>

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

function problem(status: number, title: string, detail: string) {
  return { type: 'about:blank', title, status, detail }
}

const view = (record: FaultRecord) => ({
  ...record,
  start: new Date(record.start).toISOString(),
  end: record.end === null ? null : new Date(record.end).toISOString(),
})

/** What can be asked of this port, with a fault that takes the supply from all that one facility feeds where there is one. */
function usageOf({ facilities }: Fleet, url: string): string[] {
  const post = (body: object) => `curl ${url}/faults -H 'content-type: application/json' -d '${JSON.stringify(body)}'`
  const feeding = new Set(facilities.map(({ fedBy }) => fedBy))
  const feeder = facilities.find(({ id }) => feeding.has(id)) ?? facilities[0]
  const faults = Object.entries(feeder?.kind.simulation.faults ?? {})
  const cut = faults.find(([, { raises }]) => cutsSupply(feeder?.kind ?? { rules: [] }, raises[0]))?.[0]
  const [fault = 'FAULT'] = [cut ?? faults[0]?.[0]]
  return [
    'GET /faults lists what is wrong, DELETE /faults/:id mends it; POST /faults takes facility (* and ?) or where (a query), fault, after, for, size.',
    ...(cut && feeder ? [`Kill ${feeder.id} and see one alarm with all it feeds: ${post({ facility: feeder.id, fault, for: '1h' })}`] : []),
    `In many places at once: ${post({ where: `kind=${feeder?.kind.key} district=${JSON.stringify(feeder?.district ?? '')}`, fault, for: '10min', size: 1 })}`,
  ]
}

/** Serves the faults of a running fleet on the loopback address; port 0 takes a free one. */
export async function serveFaults(fleet: Fleet, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const app = Fastify({ bodyLimit: 16 * 1024, requestTimeout: 10_000 })
  // A page somewhere on the web may resolve its own name to this address: only our names are answered.
  app.addHook('onRequest', async (request, reply) => {
    if (loopbackNames.has(request.hostname)) return
    return reply
      .code(403)
      .type('application/problem+json')
      .send(problem(403, 'Forbidden', 'Reached by a name that is not this machine.'))
  })
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500
    return reply
      .code(status)
      .type('application/problem+json')
      .send(problem(status, status < 500 ? 'Bad request' : 'Error', error.message))
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send(problem(404, 'Not found', 'See GET /, GET /faults, POST /faults, DELETE /faults/:id.')),
  )
  let address = ''
  app.get<{ Querystring: Page }>('/', { schema: { querystring: PageSchema } }, ({ query: { offset = 0, limit = 100 } }) => {
    const facilities = fleet.facilities.slice(offset, offset + limit).map(({ id, kind }) => ({ id, kind: kind.key }))
    const kinds = Object.fromEntries(fleet.facilities.map(({ kind }) => [kind.key, kind.simulation.faults]))
    return {
      usage: usageOf(fleet, address),
      time: new Date(fleet.now).toISOString(),
      faultsByKind: kinds,
      facilities,
      total: fleet.facilities.length,
    }
  })
  app.get<{ Querystring: Page }>('/faults', { schema: { querystring: PageSchema } }, ({ query: { offset = 0, limit = 100 } }) => {
    const faults = fleet.faults.list()
    return { faults: faults.slice(offset, offset + limit).map(view), total: faults.length }
  })
  app.post<{ Body: Static<typeof InjectSchema> }>('/faults', { schema: { body: InjectSchema } }, (request, reply) => {
    const { facility, where, fault, after = '0s', for: length, size = 1 } = request.body
    try {
      if (facility === undefined && where === undefined) throw new Error('facility (an id, with * and ?) or where (a query) is needed')
      const found = [facility && byId(facility), where].filter(Boolean).join(' ')
      const times = { after: duration(after), for: length === undefined ? null : duration(length) }
      const records = fleet.inject({ where: found, fault, size, ...times })
      return reply.code(201).send({ faults: records.slice(0, 1000).map(view), total: records.length })
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return reply
        .code(400)
        .type('application/problem+json')
        .send(problem(400, 'Bad request', detail))
    }
  })
  app.delete<{ Params: { id: number } }>('/faults/:id', { schema: { params: FaultPathSchema } }, (request, reply) => {
    const record = fleet.remove(request.params.id)
    if (record) return view(record)
    return reply
      .code(404)
      .type('application/problem+json')
      .send(problem(404, 'Not found', `There is no fault ${request.params.id}.`))
  })
  address = await app.listen({ host: '127.0.0.1', port })
  return { url: address, close: () => app.close() }
}
