import Type from 'typebox'
import type { ChannelInput } from '../../channels.ts'
import { AlarmIdSchema, type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import {
  ChannelIdSchema,
  ChannelInputSchema,
  ChannelSchema,
  DeliveryPageSchema,
  DeliverySchema,
  DeliveryStateSchema,
  SubscriptionSchema,
  TrialSchema,
} from '../channel-schemas.ts'

const tags = ['dispatch']
const none = { 204: Type.Null() }

/** How people are told of orders, and what became of each message. */
export function channelRoutes(app: Api, { services: { channels } }: RouteParts): void {
  app.get(
    '/api/channels',
    {
      schema: {
        tags,
        summary: 'Channels without their secrets, and how they do, by id, at most 50',
        response: { 200: Type.Object({ items: Type.Array(ChannelSchema) }) },
      },
    },
    () => ({ items: channels.list() as never }),
  )
  app.put(
    '/api/channels/:id',
    {
      schema: {
        tags,
        summary: 'Make or change a channel; what failed before is tried again at once',
        params: ChannelIdSchema,
        body: ChannelInputSchema,
        response: { 200: ChannelSchema },
      },
    },
    (request) => channels.put(request.params.id, request.body as ChannelInput, signedIn(request)) as never,
  )
  app.delete(
    '/api/channels/:id',
    { schema: { tags, summary: 'Remove a channel; what waits for it is given up', params: ChannelIdSchema, response: none } },
    (request, reply) => {
      channels.remove(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/channels/:id/test',
    {
      config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
      schema: {
        tags,
        summary: 'Send a test message by these settings, which are not kept',
        params: ChannelIdSchema,
        body: ChannelInputSchema,
        response: { 200: TrialSchema },
      },
    },
    (request) => channels.tryOut(request.params.id, request.body as ChannelInput, signedIn(request)),
  )
  app.get(
    '/api/deliveries',
    {
      schema: {
        tags,
        summary: 'Messages and what became of them, newest first, in pages; kept for 90 days',
        querystring: Type.Object(
          {
            state: Type.Optional(DeliveryStateSchema),
            target: Type.Optional(Type.String({ maxLength: 200 })),
            before: cursorSchema,
            limit: limitSchema(500, 50),
          },
          { additionalProperties: false },
        ),
        response: { 200: DeliveryPageSchema },
      },
    },
    (request) => {
      const { limit = 50, ...query } = request.query
      return channels.deliveries({ ...query, limit }) as never
    },
  )
  app.post(
    '/api/deliveries/:id/send-again',
    {
      schema: {
        tags,
        summary: 'Send one that was given up or delivered once more',
        params: AlarmIdSchema,
        response: { 200: DeliverySchema },
      },
    },
    (request) => channels.sendAgain(request.params.id, signedIn(request)) as never,
  )

  app.get(
    '/api/push-key',
    {
      schema: {
        tags,
        summary: 'By which browsers know who may push to them: applicationServerKey, base64url',
        response: { 200: Type.Object({ key: Type.String() }) },
      },
    },
    () => ({ key: channels.pushKey }),
  )
  app.put(
    '/api/own/push-subscription',
    {
      config: { rateLimit: { max: 30, timeWindow: '1 minute' } },
      schema: {
        tags,
        summary: 'Let this browser be told; of more than 10 of an account, the oldest is forgotten',
        body: SubscriptionSchema,
        response: none,
      },
    },
    async (request, reply) => {
      await channels.subscribe(signedIn(request), request.body)
      reply.code(204)
      return null
    },
  )
  app.delete(
    '/api/own/push-subscription',
    {
      schema: {
        tags,
        summary: 'Let this browser be told no more',
        body: Type.Object({ endpoint: Type.String({ maxLength: 1000 }) }, { additionalProperties: false }),
        response: none,
      },
    },
    (request, reply) => {
      channels.unsubscribe(signedIn(request), request.body.endpoint)
      reply.code(204)
      return null
    },
  )
}
