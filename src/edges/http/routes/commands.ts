import type { FastifyRequest } from 'fastify'
import { facilityScope, WHOLE_CITY } from '../../../access/scope.ts'
import type { Command } from '../../../control/command.ts'
import { LamplighterError } from '../../../errors.ts'
import { minutes } from '../../../telemetry/duration.ts'
import { type Api, findFacility, personOf, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  ApproveCommandSchema,
  ArmCommandSchema,
  ArmingSchema,
  type ArmingView,
  CancelCommandSchema,
  CommandIdSchema,
  CommandListQuerySchema,
  CommandPageSchema,
  CommandSchema,
  CommandTargetPageSchema,
  CommandTargetsQuerySchema,
  type CommandView,
  type ConsoleSeat,
  DeclineCommandSchema,
  ExecuteCommandSchema,
  MOST_OF_ONE,
  MOST_SHOWN,
  RequestTestSchema,
  TestAnswerSchema,
} from '../command-schemas.ts'
import { commandView, knownCommand, listedView, targetView } from '../command-views.ts'
import { auditRefused, commanderOf } from '../commander.ts'
import { OrderIdSchema } from '../order-schemas.ts'
import { knownOrder, orderScope, orderViewer } from '../order-views.ts'

const tags = ['commands']

/** Commands to facilities: armed, asked for once, seen through to their effect. */
export function commandRoutes(app: Api, { services, live, now }: RouteParts): void {
  const { commands } = services
  const viewFor = (request: FastifyRequest, command: Command): CommandView =>
    commandView(command, services, scopeOf(request), MOST_OF_ONE) as CommandView
  /** Who has an order in hand, or is asked to take it, is told of all that is tried for it. */
  const scopeFor = (request: FastifyRequest, order: number | null) => {
    const found = order === null ? undefined : services.orders.order(order)
    return found ? orderScope(found, orderViewer(services, personOf(request))) : scopeOf(request)
  }
  const seatedBy = (request: FastifyRequest, seat: ConsoleSeat | undefined) => commanderOf(request, seat, { live, now })
  const onError = auditRefused('command', 'command-refused', { services, now })
  /** Throws for a command that is for others too than those in scope. */
  const knownWhole = (request: FastifyRequest<{ Params: { id: string } }>): string => {
    const { command, view } = knownCommand(services, request.params.id, scopeOf(request))
    if (view.elsewhere > 0)
      throw new LamplighterError('not-allowed', `Command ${command.id} is for facilities outside your part of the city too.`)
    return command.id
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
      const query = {
        ...rest,
        ...(facility !== undefined && { facility }),
        within: facilityScope(scope, services.kinds),
        limit,
        shown: MOST_SHOWN,
      }
      const { items, next } = commands.list(query)
      return { items: items.map(listedView), next }
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

  app.get(
    '/api/commands/:id/targets',
    {
      schema: {
        tags,
        summary: 'Its facilities, in pages',
        params: CommandIdSchema,
        querystring: CommandTargetsQuerySchema,
        response: { 200: CommandTargetPageSchema },
      },
    },
    (request) => {
      const { limit = 200, ...rest } = request.query
      const { id } = request.params
      const command = commands.command(id)
      const scope = scopeFor(request, command?.order ?? null)
      knownCommand(services, id, scope)
      const { items, next } = commands.targets(id, { ...rest, within: facilityScope(scope, services.kinds), limit })
      return { items: items.map(targetView), next }
    },
  )

  app.post(
    '/api/commands/arm',
    {
      onError,
      bodyLimit: 2 * 1024 * 1024,
      schema: {
        tags,
        summary: 'Say what a command would do, and give the token by which it does; nothing is done yet',
        body: ArmCommandSchema,
        response: { 200: ArmingSchema },
      },
    },
    (request): ArmingView => {
      const { command, value = null, facilities, query, reason = '', minutes: lasting, console } = request.body
      const by = seatedBy(request, console)
      const whom = facilities ?? query
      if (whom === undefined || (facilities && query !== undefined))
        throw new LamplighterError('invalid-request', 'Give facilities, or a query, and not both.')
      const lasts = lasting === undefined ? null : minutes(lasting)
      const { kinds, objections, secondPerson, ...rest } = commands.arm({ command, value, facilities: whom, reason, lasts }, by)
      const shown = objections.map(({ words, facilities: ids, ...one }) => ({ ...one, words: words && { ...words }, facilities: [...ids] }))
      return { ...rest, kinds: [...kinds], objections: shown, secondPerson: [...secondPerson] }
    },
  )

  app.post(
    '/api/commands',
    {
      onError,
      schema: {
        tags,
        summary:
          'Tell facilities what was armed; counts once however often it is sent, and what stands against it is the state of each facility',
        body: ExecuteCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => {
      const { id, token = null, count = null, console } = request.body
      return viewFor(request, commands.execute({ id, token, count }, seatedBy(request, console)))
    },
  )

  app.post(
    '/api/commands/:id/approve',
    {
      onError,
      schema: {
        tags,
        summary: 'Say yes as the second person, who is never the one who asked',
        params: CommandIdSchema,
        body: ApproveCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => viewFor(request, commands.approve(knownWhole(request), seatedBy(request, request.body.console))),
  )

  app.post(
    '/api/commands/:id/decline',
    {
      onError,
      schema: {
        tags,
        summary: 'Say no as the second person: nothing is done',
        params: CommandIdSchema,
        body: DeclineCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => {
      const { reason = '', console } = request.body
      return viewFor(request, commands.decline(knownWhole(request), reason, seatedBy(request, console)))
    },
  )

  app.post(
    '/api/commands/:id/cancel',
    {
      onError,
      schema: {
        tags,
        summary: 'Stop it: what is not sent yet is not, and the facilities are given back that it holds for a time',
        params: CommandIdSchema,
        body: CancelCommandSchema,
        response: { 200: CommandSchema },
      },
    },
    (request) => viewFor(request, commands.cancel(knownWhole(request), request.body.reason ?? '', signedIn(request))),
  )

  app.post(
    '/api/crew/orders/:id/tests',
    {
      onError,
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
        command: commandView(made, services, WHOLE_CITY, MOST_OF_ONE) as CommandView,
        dark: dark.map(({ facilities: lamps, why, ...rest }) => ({ ...rest, facilities: [...lamps], why: why && { ...why } })),
      }
    },
  )
}
