import type { FastifyRequest } from 'fastify'
import { facilityScope, WHOLE_CITY } from '../../../access/scope.ts'
import type { Command } from '../../../control/command.ts'
import { LamplighterError } from '../../../errors.ts'
import { minutes, seconds } from '../../../telemetry/duration.ts'
import { type Api, findFacility, personOf, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  CancelCommandSchema,
  CommandIdSchema,
  CommandListQuerySchema,
  CommandPageSchema,
  CommandSchema,
  type CommandView,
  MOST_SHOWN,
  RequestCommandSchema,
  RequestTestSchema,
  TestAnswerSchema,
} from '../command-schemas.ts'
import { commandView, knownCommand } from '../command-views.ts'
import { OrderIdSchema } from '../order-schemas.ts'
import { knownOrder, orderScope, orderViewer } from '../order-views.ts'

/** What somebody saw this long ago is no ground for a command, ms; nor what they say they will see. */
const STALE = minutes(1)
const AHEAD = seconds(5)
const tags = ['commands']

/** Commands to facilities: asked for once, seen through to their effect. */
export function commandRoutes(app: Api, { services, now }: RouteParts): void {
  const { commands } = services
  const viewFor = (request: FastifyRequest, command: Command): CommandView =>
    commandView(command, services, scopeOf(request), Number.POSITIVE_INFINITY) as CommandView
  /** Who has an order in hand, or is asked to take it, is told of all that is tried for it. */
  const scopeFor = (request: FastifyRequest, order: number | null) => {
    const found = order === null ? undefined : services.orders.order(order)
    return found ? orderScope(found, orderViewer(services, personOf(request))) : scopeOf(request)
  }
  const checkAll = (request: FastifyRequest, ids: readonly string[]) => {
    for (const id of ids) findFacility(services, id, scopeOf(request))
  }
  /** Throws, and leaves a record, as a refusal does. */
  const refuse = (request: FastifyRequest, id: string, why: string): never => {
    services.state.audit({ at: now(), by: signedIn(request), action: 'command-refused', subject: `command ${id}`, detail: why })
    throw new LamplighterError('action-refused', why)
  }

  app.get(
    '/api/commands',
    {
      schema: {
        tags,
        summary: 'Commands, newest first, in pages; each with what became of it',
        querystring: CommandListQuerySchema,
        response: { 200: CommandPageSchema },
      },
    },
    (request) => {
      const { limit = 50, facility, ...rest } = request.query
      const scope = scopeFor(request, rest.order ?? null)
      if (facility !== undefined) findFacility(services, facility, scope)
      const query = { ...rest, ...(facility !== undefined && { facility }), within: facilityScope(scope, services.kinds), limit }
      const { items, next } = commands.list(query)
      return { items: items.flatMap((command) => commandView(command, services, scope, MOST_SHOWN, facility) ?? []), next }
    },
  )

  app.get(
    '/api/commands/:id',
    { schema: { tags, summary: 'One command with all its facilities', params: CommandIdSchema, response: { 200: CommandSchema } } },
    (request) => {
      const { id } = request.params
      return knownCommand(services, id, scopeFor(request, commands.command(id)?.order ?? null)).view
    },
  )

  app.post(
    '/api/commands',
    {
      schema: {
        tags,
        summary:
          'Tell facilities what to do; counts once however often it is sent, and what stands against it is the state of each facility',
        body: RequestCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => {
      const { id, command, value = null, facilities, reason = '', minutes: lasting, armedAt } = request.body
      checkAll(request, facilities)
      const isKnown = commands.command(id) !== undefined
      const age = now() - armedAt
      if (!isKnown && (age > STALE || age < -AHEAD))
        refuse(request, id, 'What was seen when it was decided is no longer what is; look again and decide anew.')
      const lasts = lasting === undefined ? null : minutes(lasting)
      return viewFor(request, commands.request({ id, command, value, facilities, reason, lasts }, signedIn(request)))
    },
  )

  app.post(
    '/api/commands/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Call back what is not sent yet, and give the facilities back that it holds for a time',
        params: CommandIdSchema,
        body: CancelCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => {
      const { command, view } = knownCommand(services, request.params.id, scopeOf(request))
      if (view.elsewhere > 0)
        throw new LamplighterError('not-allowed', `Command ${command.id} is for facilities outside your part of the city too.`)
      return viewFor(request, commands.cancel(command.id, request.body.reason ?? '', signedIn(request)))
    },
  )

  app.post(
    '/api/crew/orders/:id/tests',
    {
      schema: {
        tags,
        summary: 'Test lamps of an order that your crew has in hand; afterwards they go back to their programme by themselves',
        params: OrderIdSchema,
        body: RequestTestSchema,
        response: { 200: TestAnswerSchema },
      },
    },
    (request) => {
      const { id, command, value = null, facilities, minutes: lasting } = request.body
      const order = knownOrder(services, request.params.id, orderViewer(services, personOf(request)))
      const asked = { id, command, value, facilities, lasts: minutes(lasting) }
      const { command: made, dark } = commands.test(order.id, asked, signedIn(request))
      return {
        // Who has the order is told of all that it covers.
        command: commandView(made, services, WHOLE_CITY, Number.POSITIVE_INFINITY) as CommandView,
        dark: dark.map(({ facilities: lamps, why, ...rest }) => ({ ...rest, facilities: [...lamps], why: why && { ...why } })),
      }
    },
  )
}
