import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { CrewAction } from '../../../dispatch/crew-action.ts'
import { isHeld, type Order } from '../../../dispatch/order.ts'
import { LamplighterError } from '../../../errors.ts'
import { hours } from '../../../telemetry/duration.ts'
import type { ActionAnswer } from '../../orders.ts'
import { type Api, personOf, type RouteParts, signedIn } from '../api.ts'
import { orderDetails } from '../order-details.ts'
import {
  CrewActionsSchema,
  CrewAnswersSchema,
  CrewOrdersSchema,
  MOST_CREW_ORDERS,
  MOST_DONE,
  OrderPhotoSchema,
  PhotoParamsSchema,
  PhotoQuerySchema,
} from '../order-schemas.ts'
import { isOrderOf, isOrderSeen, knownOrder, type OrderViewer, orderViewer } from '../order-views.ts'

/** A phone reduces pictures to 300 kB; a little more is let through. */
const MAX_PHOTO = 400 * 1024
const MOST_STEPS = 50
/** What a crew has repaired is shown for so long, ms, among its newest orders. */
const DONE_FOR = hours(24)
const LOOKED_AT = 100
const tags = ['orders']

/** What phones of crews ask and tell. */
export function crewOrderRoutes(app: Api, { services, now }: RouteParts): void {
  const { orders } = services
  const details = orderDetails(services)
  const viewerOf = (request: unknown) => orderViewer(services, personOf(request as FastifyRequest))
  /** Throws `not-allowed`. */
  const checkMember = (person: string, crew: string) => {
    if (orders.crewsOf(person).some(({ id }) => id === crew)) return
    throw new LamplighterError('not-allowed', `You do not belong to crew ${crew}; a dispatcher says who does.`)
  }

  /** What a crew did for an order is heard also when it is theirs no more: it was recalled or merged while they were out of reach. */
  const isHeard = (order: Order, viewer: OrderViewer, crew: string) => isOrderSeen(order, viewer) || orders.wasAsked(order.id, crew)

  app.get(
    '/api/crew/orders',
    {
      schema: {
        tags,
        summary: 'Orders offered to or held by your crews, with all that a phone needs to go on without a network',
        response: { 200: CrewOrdersSchema },
      },
    },
    (request) => {
      const viewer = viewerOf(request)
      const crews = orders.crewsOf(signedIn(request))
      const own = crews.map(({ id }) => id)
      const found = [...orders.open()].filter((order) => (order.offer !== null || isHeld(order.state)) && isOrderOf(order, own))
      // What is in hand has its place whatever else is offered.
      const [held, offered] = [found.filter(({ state }) => isHeld(state)), found.filter(({ state }) => !isHeld(state))]
      const newest = [...offered, ...held].slice(-MOST_CREW_ORDERS)
      const done = crews
        .flatMap(({ id: crew }) => orders.list({ states: ['verified', 'closed'], crew, limit: LOOKED_AT }).items)
        .filter((order) => order.repair !== null && now() - order.repair.at < DONE_FOR)
        .slice(0, MOST_DONE)
      const detailed = (order: Order) => details(order, viewer, { limit: MOST_STEPS })
      return {
        at: now(),
        crews: crews.map(({ id, name }) => ({ id, name })),
        orders: newest.map(detailed),
        done: done.map(detailed),
      }
    },
  )

  app.post(
    '/api/crew/actions',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        tags,
        summary: 'What a crew did, in its order, now or while it was out of reach; each action counts once however often it is sent',
        body: CrewActionsSchema,
        response: { 200: CrewAnswersSchema },
      },
    },
    (request) => {
      const { crew, actions } = request.body
      const person = signedIn(request)
      const viewer = viewerOf(request)
      checkMember(person, crew)
      const answers = (actions as readonly CrewAction[]).map((action) => {
        const order = orders.order(action.order)
        // What is known to nobody, or not to them, must not hold up what comes after it.
        if (!order || !isHeard(order, viewer, crew)) {
          const why = `There is no order ${action.order}.`
          return { id: action.id, order: action.order, outcome: 'kept' as const, why, state: null, holder: null, version: null }
        }
        const answer = orders.act([action], crew, person)[0] as ActionAnswer
        const after = orders.order(action.order)
        if (!after || !isOrderSeen(after, viewer)) return { ...answer, state: null, holder: null, version: null }
        return { ...answer, state: after.state, holder: after.holder?.crew ?? null, version: after.version }
      })
      return { at: now(), answers }
    },
  )

  app.get(
    '/api/orders/:id/photos/:photo',
    { schema: { tags, summary: 'A photo of an order', params: PhotoParamsSchema, response: { 200: Type.Any() } } },
    async (request, reply) => {
      const { id, photo } = request.params
      const found = await orders.photo(knownOrder(services, id, viewerOf(request)).id, photo)
      if (!found) throw new LamplighterError('not-found', `Order ${id} has no photo ${photo}.`)
      // An id is never given to another picture.
      reply
        .type(found.photo.type)
        .header('cache-control', 'private, max-age=31536000, immutable')
        .header('x-content-type-options', 'nosniff')
      return reply.send(found.bytes)
    },
  )

  app.register(async (scoped) => {
    const files = scoped as Api
    files.removeAllContentTypeParsers()
    files.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_PHOTO }, (_request, body, done) => done(null, body))
    files.put(
      '/api/crew/orders/:id/photos/:photo',
      {
        bodyLimit: MAX_PHOTO,
        schema: {
          tags,
          summary: 'A photo by a crew, JPEG or WebP, at most 400 KiB; on disk when it is answered, and sent twice kept once',
          params: PhotoParamsSchema,
          querystring: PhotoQuerySchema,
          response: { 200: OrderPhotoSchema },
        },
      },
      (request) => {
        const { id, photo } = request.params
        const { crew, at } = request.query
        const person = signedIn(request)
        checkMember(person, crew)
        const order = orders.order(id)
        if (!order || !isHeard(order, viewerOf(request), crew)) throw new LamplighterError('not-found', `There is no order ${id}.`)
        if (!Buffer.isBuffer(request.body)) throw new LamplighterError('invalid-request', 'Send the picture as the body of the request.')
        return orders.addPhoto({ id: photo, order: id, at, bytes: request.body }, crew, person)
      },
    )
  })
}
