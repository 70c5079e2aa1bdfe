import Type from 'typebox'
import type { BrokerConnectionInput } from '../../brokers/brokers.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import { literals, nullable } from '../schemas.ts'

const secret = (description: string) =>
  Type.Optional(Type.String({ maxLength: 20_000, description: `${description}; as before when absent` }))
const shown = {
  title: Type.String({ maxLength: 200 }),
  enabled: Type.Boolean(),
  url: Type.String({ maxLength: 500, description: 'mqtt://, mqtts://, ws:// or wss://' }),
  protocol: literals(['3.1.1', '5'] as const),
  username: Type.String({ maxLength: 500 }),
  clientId: Type.String({ minLength: 1, maxLength: 200, description: 'the broker keeps messages for it while the connection is away' }),
  topics: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { maxItems: 50, description: 'filters of what is taken' }),
  share: Type.String({ maxLength: 100, description: 'name of a shared subscription; none when empty' }),
  ca: Type.String({ maxLength: 100_000, description: 'PEM of authorities; the usual ones when empty' }),
  certificate: Type.String({ maxLength: 100_000, description: 'PEM of our certificate; none when empty' }),
  readAlong: Type.Object(
    { mode: literals(['off', 'state', 'home-assistant'] as const), query: Type.String({ maxLength: 1000 }) },
    { additionalProperties: false, description: 'what others may read along on that broker, and of which facilities' },
  ),
}
const InputSchema = Type.Object(
  {
    ...shown,
    password: secret('password, required again when scheme, host, port or user name change'),
    key: secret('PEM of the key to our certificate'),
  },
  { additionalProperties: false },
)
const ConnectionSchema = Type.Object({
  id: Type.String(),
  ...shown,
  hasPassword: Type.Boolean(),
  hasKey: Type.Boolean(),
  by: Type.String(),
  at: Type.Number({ description: 'of the last change, ms since 1970' }),
  live: Type.Object({
    state: literals(['off', 'connecting', 'connected', 'away'] as const),
    since: Type.Number({ description: 'ms since 1970' }),
    problem: nullable(Type.String()),
    received: Type.Integer(),
    refused: Type.Integer({ description: 'messages that could not be taken when they came' }),
    sent: Type.Integer(),
    unsent: Type.Integer({ description: 'messages not sent because the broker was away or slow' }),
    lastMessage: nullable(Type.Number({ description: 'ms since 1970' })),
  }),
})
const TrialSchema = Type.Object({
  connected: Type.Boolean(),
  problem: nullable(Type.String()),
  refused: Type.Array(Type.String(), { description: 'filters that the broker refused' }),
  messages: Type.Integer({ description: 'that came in three seconds' }),
  topics: Type.Array(Type.Object({ topic: Type.String(), isRead: Type.Boolean() }), {
    description: 'some of them, and whether they are read here',
  }),
})
const RemovalSchema = Type.Object({
  problem: nullable(
    Type.String({ description: 'why the broker could not be told, so that it keeps the session and what is retained; null when it was' }),
  ),
})
const IdSchema = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'small letters, digits, dashes' }) })

/** Connections to brokers of others. */
export function brokerConnectionRoutes(app: Api, { services: { brokers } }: RouteParts): void {
  const tags = ['dialects']
  app.get(
    '/api/broker-connections',
    {
      schema: {
        tags,
        summary: 'Connections to brokers of others and how they are, by id, at most 32',
        response: { 200: Type.Object({ items: Type.Array(ConnectionSchema) }) },
      },
    },
    () => ({ items: brokers.list() }),
  )
  app.put(
    '/api/broker-connections/:id',
    {
      bodyLimit: 512 * 1024,
      schema: {
        tags,
        summary: 'Make or change a connection; it connects anew at once',
        params: IdSchema,
        body: InputSchema,
        response: { 200: ConnectionSchema },
      },
    },
    (request) => brokers.put(request.params.id, request.body as BrokerConnectionInput, signedIn(request)),
  )
  app.delete(
    '/api/broker-connections/:id',
    {
      schema: {
        tags,
        summary: 'Remove a connection, end its session at the broker and clear there what others read along',
        params: IdSchema,
        response: { 200: RemovalSchema },
      },
    },
    async (request) => ({ problem: await brokers.remove(request.params.id, signedIn(request)) }),
  )
  app.post(
    '/api/broker-connections/:id/try',
    {
      bodyLimit: 512 * 1024,
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
      schema: {
        tags,
        summary: 'Connect with these settings for three seconds, and take nothing',
        params: IdSchema,
        body: InputSchema,
        response: { 200: TrialSchema },
      },
    },
    (request) => brokers.tryOut(request.params.id, request.body as BrokerConnectionInput, signedIn(request)),
  )
}
