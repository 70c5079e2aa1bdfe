import type { FastifyRequest } from 'fastify'
import Type, { type Static } from 'typebox'
import { may } from '../../../access/person.ts'
import { isWhole } from '../../../access/scope.ts'
import { utcOffsets } from '../../../control/local-time.ts'
import { isOver, type Order, type OrderState, orderStates } from '../../../dispatch/order.ts'
import { figuresBy, figuresByClass, orderFigures } from '../../../dispatch/order-figures.ts'
import { LamplighterError } from '../../../errors.ts'
import { alarmTitle } from '../../../facilities/alarm-title.ts'
import type { OrderQuery } from '../../../storage/order-store.ts'
import { days, minutes } from '../../../telemetry/duration.ts'
import { orderCsv } from '../../exchange/order-csv.ts'
import { type Api, cursorSchema, knownAlarm, limitSchema, personOf, type RouteParts, scopeOf, signedIn } from '../api.ts'
import { orderDetails } from '../order-details.ts'
import {
  CloseOrderSchema,
  CreateOrderSchema,
  DispatchSchema,
  MergeOrderSchema,
  OrderCandidatesSchema,
  OrderDetailSchema,
  OrderFiguresSchema,
  OrderIdSchema,
  OrderListQuerySchema,
  OrderNoteSchema,
  OrderPageSchema,
  OrderQueueSchema,
  OrderReasonSchema,
  OrderSchema,
  orderFilterFields,
  ReclassifySchema,
  SplitOrderSchema,
  VerifyOrderSchema,
} from '../order-schemas.ts'
import { isOrderSeen, knownOrder, type OrderViewer, orderView, orderViewer, ownOrder } from '../order-views.ts'
import { literals } from '../schema-parts.ts'
import { parseTime } from '../times.ts'

type Given = Omit<Static<typeof OrderListQuerySchema>, 'limit'>
type Versioned = FastifyRequest<{ Params: { id: number }; Body: { version: number } }>

const PER_READ = 500
/** Orders in one file, or looked at for figures; more than a city makes in a year. */
const MOST_ORDERS = 50_000
const LONGEST_FIGURES = days(400)

/** What the desk sees of repair orders and does with them. */
export function orderRoutes(app: Api, { services, now }: RouteParts): void {
  const { orders } = services
  const { timeZone } = services.dayFigures
  const utcOffset = utcOffsets(timeZone)
  const viewerOf = (request: unknown) => orderViewer(services, personOf(request as FastifyRequest))
  const viewFor = (request: unknown) => {
    const viewer = viewerOf(request)
    return (order: Order) => orderView(order, services, viewer)
  }
  const details = orderDetails(services)
  const tags = ['orders']

  /** All that a query finds, up to `MOST_ORDERS`. */
  function* each(query: Omit<OrderQuery, 'limit'>): Generator<Order> {
    let { before } = query
    for (let read = 0; read < MOST_ORDERS; read += PER_READ) {
      const { items, next } = orders.list({ ...query, ...(before !== undefined && { before }), limit: PER_READ })
      yield* items
      if (next === null) return
      before = next
    }
  }

  app.get(
    '/api/orders',
    {
      schema: {
        tags,
        summary: 'Repair orders, newest first, in pages',
        querystring: OrderListQuerySchema,
        response: { 200: OrderPageSchema },
      },
    },
    (request) => {
      const { limit = 100, ...given } = request.query
      // Whoever is not told of an alarm is not told either that an order covers it.
      if (given.alarm !== undefined) knownAlarm(services, given.alarm, scopeOf(request))
      const { items, next } = orders.list({ ...listQuery(given, viewerOf(request)), limit })
      return { items: items.map(viewFor(request)), next }
    },
  )

  app.get(
    '/api/orders/export',
    {
      schema: {
        tags,
        summary: 'The same as CSV; times are those of the city',
        querystring: Type.Object(
          {
            ...orderFilterFields,
            language: Type.Optional(literals(['en', 'zh'] as const, { default: 'en', description: 'of column names and texts' })),
            mark: Type.Optional(
              Type.Boolean({ default: false, description: 'begin with the byte order mark by which spreadsheets know UTF-8' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const { language = 'en', mark = false, ...given } = request.query
      if (given.alarm !== undefined) knownAlarm(services, given.alarm, scopeOf(request))
      const found = [...each(listQuery(given, viewerOf(request)))].map(viewFor(request))
      const at = now()
      const day = new Date(at + utcOffset(at)).toISOString().slice(0, 10)
      reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="orders-${day}.csv"`)
        .header('cache-control', 'no-store')
      return `${mark ? '\uFEFF' : ''}${orderCsv(found, { language, timeZone, utcOffset })}`
    },
  )

  app.get(
    '/api/order-queue',
    {
      schema: {
        tags,
        summary:
          'Orders that wait for a crew, first where the next trip gains most: danger, key areas, lamps that burn again, what is due, the way',
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(500, 100) }, { additionalProperties: false }),
        response: { 200: OrderQueueSchema },
      },
    },
    (request) => {
      const { after = 0, limit = 100 } = request.query
      const viewer = viewerOf(request)
      const waits = ({ state }: Order) => state === 'open' || state === 'dispatched'
      const all = orders.queue((order) => waits(order) && isOrderSeen(order, viewer))
      const found = all.slice(after, after + limit)
      const items = found.map(({ order, gain, distance }) => ({ order: order.id, gain, distance: distance && Math.round(distance) }))
      return { items, next: after + limit < all.length ? after + limit : null }
    },
  )

  app.get(
    '/api/order-figures',
    {
      schema: {
        tags,
        summary: 'What became of the orders made in a time: how soon they were taken, reached and mended, in time, and for good',
        querystring: Type.Object({ from: orderFilterFields.from, to: orderFilterFields.to }, { additionalProperties: false }),
        response: { 200: OrderFiguresSchema },
      },
    },
    (request) => {
      const at = now()
      const to = request.query.to === undefined ? at : parseTime(request.query.to, 'to')
      const from = request.query.from === undefined ? to - days(30) : parseTime(request.query.from, 'from')
      if (from >= to || to - from > LONGEST_FIGURES) {
        throw new LamplighterError('invalid-request', 'Give a beginning before the end, and at most 400 days.')
      }
      // Figures are those of a part of the city, not of what a crew of it did elsewhere.
      const found = [...each(listQuery({ from, to }, { scope: scopeOf(request), crews: [] }))]
      // What went into another order, or was none, is no repair.
      const own = found.filter(({ state }) => state !== 'merged' && state !== 'rejected')
      return {
        ...{ from, to, all: orderFigures(own, at), leftOut: found.length - own.length, classes: figuresByClass(own, at) },
        crews: figuresBy(own, ({ holder }) => holder?.crew, at),
        districts: figuresBy(own, ({ district }) => district, at),
        origins: figuresBy(own, ({ origin }) => origin, at),
        complete: found.length < MOST_ORDERS,
      }
    },
  )

  app.get(
    '/api/orders/:id',
    {
      schema: {
        tags,
        summary: 'One order with its facilities, alarms, photos and log, the newest entry first, in pages',
        params: OrderIdSchema,
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(500, 100) }, { additionalProperties: false }),
        response: { 200: OrderDetailSchema },
      },
    },
    (request) => {
      const { before, limit = 100 } = request.query
      const viewer = viewerOf(request)
      return details(knownOrder(services, request.params.id, viewer), viewer, { before, limit })
    },
  )

  app.get(
    '/api/orders/:id/crews',
    {
      schema: {
        tags,
        summary: 'Whom an order could be given to now: crews with who is there, and why one would not be asked by itself',
        params: OrderIdSchema,
        response: { 200: OrderCandidatesSchema },
      },
    },
    (request) => {
      const { crews, quietUntil } = orders.candidates(knownOrder(services, request.params.id, viewerOf(request)))
      const isManager = may(personOf(request), 'roster.manage')
      const phones = new Map(services.roster.people().map(({ account, phone }) => [account, phone]))
      const person = (account: string) => ({
        ...{ account, name: services.state.people.user(account)?.displayName || account },
        phone: isManager ? (phones.get(account) ?? '') : null,
      })
      return { crews: crews.map(({ people, ...crew }) => ({ ...crew, people: people.map(person) })), quietUntil }
    },
  )

  app.post(
    '/api/orders',
    {
      schema: {
        tags,
        summary: 'Make an order for facilities, or for those of some alarms',
        body: CreateOrderSchema,
        response: { 200: OrderSchema },
      },
    },
    (request) => {
      const scope = scopeOf(request)
      const { facilities = [], alarms = [], class: cls, title = '', note = '' } = request.body
      const known = [...new Set(alarms)].map((id) => knownAlarm(services, id, scope))
      for (const { id } of known) {
        const other = orders.ofAlarm(id)
        if (other && !isOver(other.state)) throw new LamplighterError('action-refused', `Alarm ${id} has order ${other.id} already.`)
      }
      const words = title.trim()
      const [first] = known
      if (!words && !first) throw new LamplighterError('invalid-request', 'Give the order a title, or alarms that have one.')
      const made = orders.create(
        {
          ...{ class: cls, note, alarms: known.map(({ id }) => id) },
          facilities: [...known.map(({ facility }) => facility), ...facilities],
          title: words || !first ? { zh: words, en: words } : alarmTitle(first, services.kinds),
        },
        scope,
        signedIn(request),
      )
      return viewFor(request)(made)
    },
  )

  /** A change of one order, of which the version seen is stated. */
  const step = <Body extends { version: number }>(
    name: string,
    summary: string,
    body: Type.TSchema,
    change: (seen: { id: number; version: number }, given: Body, by: string, request: FastifyRequest) => Order,
  ) =>
    app.post(
      `/api/orders/:id/${name}`,
      { schema: { tags, summary, params: OrderIdSchema, body, response: { 200: OrderSchema } } },
      (request) => {
        const asked = request as unknown as Versioned
        const { id } = ownOrder(services, asked.params.id, viewerOf(asked))
        const given = asked.body as unknown as Body
        return viewFor(request)(change({ id, version: given.version }, given, signedIn(asked as FastifyRequest), asked as FastifyRequest))
      },
    )
  type Reasoned = Static<typeof OrderReasonSchema>
  step<Static<typeof DispatchSchema>>(
    'dispatch',
    'Ask crews to take it; the first one has it',
    DispatchSchema,
    (seen, { crews, within }, by) => orders.dispatch(seen, crews, minutes(within), by),
  )
  step<Reasoned>('recall', 'Take it from whoever has it, to ask others', OrderReasonSchema, (seen, { reason }, by) =>
    orders.recall(seen, reason, by),
  )
  step<Static<typeof ReclassifySchema>>('reclassify', 'Give it another class, and the clock of that', ReclassifySchema, (seen, given, by) =>
    orders.reclassify(seen, given.class, given.reason, by),
  )
  step<Static<typeof MergeOrderSchema>>('merge', 'All that it covers goes to another order', MergeOrderSchema, (seen, given, by, request) =>
    orders.merge(seen, ownOrder(services, given.into, viewerOf(request)).id, given.reason, by),
  )
  step<Static<typeof SplitOrderSchema>>(
    'split',
    'Some of its facilities become an order of their own, which is answered',
    SplitOrderSchema,
    (seen, given, by) => orders.split(seen, given.facilities, given.reason, by),
  )
  step<Reasoned>('reject', 'It needs no repair', OrderReasonSchema, (seen, { reason }, by) => orders.reject(seen, reason, by))
  step<Static<typeof VerifyOrderSchema>>(
    'verify',
    'Say that it is mended, where no telemetry does',
    VerifyOrderSchema,
    (seen, { words }, by) => orders.verify(seen, words, by),
  )
  step<Static<typeof CloseOrderSchema>>(
    'close',
    'Close it; one that is not verified only with a reason',
    CloseOrderSchema,
    (seen, { reason = '' }, by) => orders.close(seen, reason, by),
  )
  step<Reasoned>('reopen', 'Begin anew with one that is over', OrderReasonSchema, (seen, { reason }, by) => orders.reopen(seen, reason, by))
  app.post(
    '/api/orders/:id/note',
    { schema: { tags, summary: 'Write into its log', params: OrderIdSchema, body: OrderNoteSchema, response: { 200: OrderSchema } } },
    (request) => {
      const { id } = knownOrder(services, request.params.id, viewerOf(request))
      return viewFor(request)(orders.note(id, request.body.text, signedIn(request)))
    },
  )
}

/** What somebody asks for, of what they are told of. Throws `invalid-request`. */
function listQuery(
  { state, district, domain, from, to, closedFrom, ...rest }: Given,
  { scope, crews }: OrderViewer,
): Omit<OrderQuery, 'limit'> {
  const [states, districts, domains] = [state, district, domain].map((text) => text?.split(',').filter(Boolean))
  const unknown = states?.find((one) => !Object.hasOwn(orderStates, one))
  if (unknown !== undefined) {
    throw new LamplighterError('invalid-request', `There is no state ${unknown}; there are ${Object.keys(orderStates).join(', ')}.`)
  }
  return {
    ...rest,
    ...(states && { states: states as OrderState[] }),
    ...(districts && { districts }),
    ...(domains && { domains }),
    ...(!isWhole(scope) && { seenBy: { ...scope, crews } }),
    ...(from !== undefined && { from: parseTime(from, 'from') }),
    ...(to !== undefined && { to: parseTime(to, 'to') }),
    ...(closedFrom !== undefined && { closedFrom: parseTime(closedFrom, 'closedFrom') }),
  }
}
