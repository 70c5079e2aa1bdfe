import { isDeepStrictEqual } from 'node:util'
import { isInScope, type Scope } from '../../access/scope.ts'
import type { Objection } from '../../control/admission.ts'
import { APPROVED_WITHIN, type Approval, type ApprovalReason, isManyAlone } from '../../control/approval.ts'
import { type Command, type CommandValue, isOver } from '../../control/command.ts'
import { timeToSend } from '../../control/pacing.ts'
import { isHeld, type Order } from '../../dispatch/order.ts'
import type { ArmedObjection, ArmRequest, Commander, Commands, DarkCircuit, TestRequest } from '../../edges/commands.ts'
import type { Orders } from '../../edges/orders.ts'
import type { Services } from '../../edges/services.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { shareChannel } from '../../facilities/commands.ts'
import type { Facility } from '../../facilities/plant.ts'
import { minutes } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { groupOf } from '../dispatch/alarm-orders.ts'
import type { ServiceParts } from '../parts.ts'
import { sha256 } from '../sha256.ts'
import { Armings } from './armings.ts'
import { resultText } from './command-book.ts'
import { type CommandDesk, type NewCommand, unarmed, waitingOf } from './command-desk.ts'
import { isOrderThere } from './crews-there.ts'
import { cityLane } from './lanes.ts'
import { checkSecondPerson, mayStill } from './second-person.ts'
import { definitionOf, ratedOf } from './subject.ts'
import { lampsOf, lampsToldAlone } from './told-alone.ts'

/** More is no group that anybody looks at. */
export const MOST_TARGETS = 20_000
/** Facilities named of those that something stands against. */
const MOST_NAMED = 20
/** Lamps that a crew tests at once, tests of one repair that go on at a time, and how long one may last, ms. */
export const MOST_TESTED = 50
export const MOST_TESTS = 60
export const LONGEST_TEST = minutes(15)
/** Commands to a cabinet in which it is looked for the one that holds a circuit. */
const LOOK_BACK = 50
/** Cabinets are told this for a test of lamps whose circuit is off. */
const ENERGISE = 'circuit-on'

/** A command that somebody has looked at. */
interface ArmedCommand {
  command: string
  value: CommandValue
  /** The live group it is for; null where facilities were named one by one. */
  query: string | null
  facilities: readonly string[]
  /** What stood against some of them; they are not told, whatever happens meanwhile. */
  objections: ReadonlyMap<string, Objection>
  reason: string
  lasts: number | null
  reasons: readonly ApprovalReason[]
}

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'now'> & { commands: CommandDesk }
type Find = Pick<Services, 'findFacilities'>

/** What people do with commands. Each request is audited with what stood against it, and its result when it is known. */
export function commandServices({ plant, state, now, commands: desk }: Parts, orders: Orders, { findFacilities }: Find): Commands {
  const { book } = desk
  const armings = new Armings<ArmedCommand>()

  /** The command that this id stands for already; throws where it is another one. */
  const known = (id: string, isSame: (found: Command) => boolean): Command | undefined => {
    const found = book.get(id)
    return !found || isSame(found) ? found : refuse(`${id} is the id of another command; make a new one for each.`)
  }
  const begin = (fresh: NewCommand, blocked?: ReadonlyMap<string, Objection>): Command => {
    book.change(() => desk.begin(fresh, blocked))
    desk.sendNow()
    return book.get(fresh.id) as Command
  }
  /** Whom a request is for now; throws `not-found` where one is out of scope. */
  const facilitiesOf = (asked: ArmRequest['facilities'], { scope }: Commander): readonly Facility[] => {
    if (typeof asked === 'string') return findFacilities({ scope, query: asked })
    return [...new Set(asked)].map((id) => {
      const facility = plant.get(id)
      if (facility && isInScope(scope, facility)) return facility
      throw new LamplighterError('not-found', `There is no facility ${JSON.stringify(id)}; /api/facilities lists them.`)
    })
  }

  /** Why one person alone does not tell these. */
  function reasonsFor(
    told: readonly Facility[],
    { command, value }: Pick<Command, 'command' | 'value'>,
    account: string,
  ): ApprovalReason[] {
    const definitions = new Set(told.map((facility) => definitionOf(facility, { command })))
    const isDangerous = [...definitions].some((definition) => definition?.danger === 'second-person')
    const isMany = isManyAlone(lampsOf(told, { command, value }, plant), lampsToldAlone(account, now(), { state, plant }))
    const isWhole = told.some((facility) => isWholeOf(facility, { command, value }))
    const found = { dangerous: isDangerous, 'many-lamps': isMany, 'whole-cabinet': isWhole }
    return (Object.keys(found) as (keyof typeof found)[]).filter((reason) => found[reason])
  }

  /** Whether all circuits of a facility would be held then. */
  function isWholeOf(facility: Facility, { command, value }: Pick<Command, 'command' | 'value'>): boolean {
    const definition = definitionOf(facility, { command })
    const { parameter } = definition ?? {}
    const circuit = definition?.circuit(value) ?? null
    const isGivenBack = Object.values(definition?.channels(value) ?? {}).every((level) => level === null)
    if (!definition || parameter?.type !== 'number' || circuit === null || isGivenBack) return false
    const rated = ratedOf(facility)
    for (let other = parameter.least; other <= parameter.greatest; other++) {
      if (other === value || !definition.has(rated, other)) continue
      if (!desk.isHeld(facility, { command, value: other })) return false
    }
    return true
  }

  /** Whether who asked for a command may still do so, for all that it concerns. */
  const mayAsk = (command: Command): boolean => {
    const isOwn = (scope: Scope) =>
      command.targets.every(({ facility: id }) => {
        const facility = plant.get(id)
        return !facility || isInScope(scope, facility)
      })
    return mayStill(command, 'command.send', isOwn, state, now())
  }

  /** What waits for a second person and may be decided by this one; throws where not. */
  function waiting(id: string, by: Commander): { command: Command; approval: Approval } {
    const command = book.get(id)
    if (!command) throw new LamplighterError('not-found', `There is no command ${id}.`)
    const { approval } = command
    if (!approval) return refuse(`Command ${id} needs no second person.`)
    checkSecondPerson(command, by, state, now())
    const isWaiting = approval.decision === null && now() < approval.expires && command.targets.some(({ state }) => state === 'requested')
    return isWaiting ? { command, approval } : refuse(`Command ${id} does not wait for a second person any more.`)
  }

  const decide = (id: string, approved: boolean, reason: string, by: Commander): Command => {
    const { command, approval } = waiting(id, by)
    if (approved && !mayAsk(command)) refuse(`${command.by} may not do this any more.`)
    book.change(() => {
      const at = now()
      const decided = desk.decide(command, approval, { approved, by: by.name, at, reason })
      const detail = `${resultText(decided.targets)}${reason ? `; ${reason}` : ''}`
      state.audit({ at, by: by.name, action: approved ? 'command-approve' : 'command-decline', subject: `command ${id}`, detail })
    })
    desk.sendNow()
    return book.get(id) as Command
  }

  return {
    command: (id) => book.get(id),
    list: (query) => state.commands.list(query),
    targets: (id, query) => state.commands.targets(id, query),
    onChange: (listener) => book.onChange(listener),
    heard: (answer) => desk.heard(answer),
    answered: (topic, payload, acknowledge) => desk.answered(topic, payload, acknowledge),

    arm(request, by) {
      const { command, value, reason, lasts } = request
      const all = facilitiesOf(request.facilities, by)
      if (all.length === 0 || all.length > MOST_TARGETS)
        throw new LamplighterError('invalid-request', `A command is for 1 to ${MOST_TARGETS} facilities; these are ${all.length}.`)
      if (lasts !== null) checkEnd(command, value, all)
      const asked = { command, value, purpose: 'direct', approval: asIfApproved(now()) } as const
      const objections = new Map<string, Objection>()
      for (const facility of all) {
        const undo = lasts === null ? null : definitionOf(facility, asked)?.undo(value)
        // Who cannot be given back is not taken for a time.
        const objection = desk.objectionTo(facility, asked) ?? (undo ? desk.roadProblem(facility, undo) : null)
        if (objection) objections.set(facility.id, objection)
      }
      const told = all.filter(({ id }) => !objections.has(id))
      const reasons = reasonsFor(told, request, by.account)
      const query = typeof request.facilities === 'string' ? request.facilities : null
      const armed = { command, value, query, facilities: all.map(({ id }) => id), objections, reason, lasts, reasons }
      const kinds = [...Map.groupBy(all, ({ kind }) => kind.key)].map(([kind, some]) => ({
        ...{ kind, total: some.length, ready: some.filter(({ id }) => !objections.has(id)).length },
      }))
      return {
        ...armings.add(armed, by, now()),
        ...{ total: all.length, ready: told.length, kinds, objections: groupedObjections(objections), secondPerson: reasons },
        danger: reasons.length > 0 ? 'second-person' : 'routine',
        typesCount: told.length > 1,
        sendingTakes: timeToSend(waitingOf(told, request), cityLane),
      }
    },

    execute({ id, token, count }, by) {
      if (token === null) return refuse('Nothing is done without the token of what was armed: POST /api/commands/arm.')
      const before = known(id, (found) => found.token === sha256(token) && found.by === by.name)
      if (before) return before
      const taken = armings.take(token, by, now())
      if (typeof taken === 'string') return refuse(`${taken} Look again, and arm it anew.`)
      const { armed } = taken
      const { query, facilities, objections, reasons, command, value, reason, lasts } = armed
      const ready = facilities.length - objections.size
      if (count === null ? ready > 1 : count !== ready)
        refuse(`The number that was typed is not that of the ${ready} facilities that would be told.`)
      const found =
        query === null ? facilities.map((one) => plant.get(one)).filter((one) => one && isInScope(by.scope, one)) : facilitiesOf(query, by)
      if (found.length !== facilities.length || found.some((one, i) => one?.id !== facilities[i]))
        refuse('The city is not what it was when this was armed: other facilities are in the group. Look again, and arm it anew.')
      const told = found.filter((one) => one !== undefined && !objections.has(one.id)) as Facility[]
      if (reasonsFor(told, armed, by.account).some((one) => !reasons.includes(one)))
        refuse('It needs a second person by now, which it did not when it was armed. Arm it anew.')
      const at = now()
      const approval = reasons.length === 0 || ready === 0 ? null : { reasons, expires: at + APPROVED_WITHIN, lasts, decision: null }
      const until = lasts === null || approval ? null : at + lasts
      const { name, account } = by
      return begin(
        {
          ...{ id, command, value, purpose: 'direct', by: name, account, reason, order: null, ends: null, until },
          ...{ query, token: sha256(token), approval, facilities },
        },
        objections,
      )
    },

    approve: (id, by) => decide(id, true, '', by),
    decline: (id, reason, by) => decide(id, false, reason, by),

    cancel(id, reason, by) {
      return book.change(() => {
        const at = now()
        const command = book.get(id)
        if (!command) throw new LamplighterError('not-found', `There is no command ${id}.`)
        const stopped = desk.cancel(command, at)
        const isEnding = stopped.until !== null && !stopped.ended
        const isUnsent = command.targets.some(({ state: reached }) => reached === 'requested' || reached === 'accepted')
        if (!isUnsent && !isEnding) refuse(`Nothing of command ${id} can be called back any more.`)
        const objection = isEnding ? desk.endObjection(stopped) : null
        if (objection) refuse(`Command ${id} is not given back: ${objection.words?.en}.`)
        state.audit({ at, by, action: 'command-cancel', subject: `command ${id}`, detail: reason })
        if (isEnding) {
          desk.end(stopped, by)
          book.afterwards(() => desk.sendNow())
        }
        return book.get(id) as Command
      })
    },

    test(orderId, request, person) {
      const order = heldBy(orderId, person)
      const { id, facilities, lasts } = request
      const all = [...new Set(facilities)]
      if (all.length === 0 || all.length > MOST_TESTED)
        throw new LamplighterError('invalid-request', `A test is of 1 to ${MOST_TESTED} lamps; ${all.length} were given.`)
      if (lasts <= 0 || lasts > LONGEST_TEST)
        throw new LamplighterError('invalid-request', `A test lasts at most ${LONGEST_TEST / minutes(1)} minutes.`)
      const lamps = all.map((name) => {
        const lamp = plant.get(name)
        if (!lamp || !covers(order, lamp)) return refuse(`Order ${order.id} does not cover ${name}.`)
        return lamp.kind.light ? lamp : refuse(`${name} is no lamp.`)
      })
      const told = request.command === 'energise' ? energising(order, lamps) : testing(request, lamps)
      const before = known(
        id,
        ({ command: name, value, by, order: of, targets }) =>
          name === told.command &&
          value === told.value &&
          by === person &&
          of === order.id &&
          isDeepStrictEqual(
            targets.map(({ facility }) => facility),
            told.facilities,
          ),
      )
      if (!before && testsOf(order.id) >= MOST_TESTS) refuse(`Order ${order.id} has ${MOST_TESTS} tests under way; wait for their end.`)
      const command =
        before ??
        begin({
          ...{ id, purpose: 'test', by: person, account: person, reason: '', order: order.id, ends: null, until: now() + lasts },
          ...{ ...unarmed, ...told },
        })
      const dark = command.targets.flatMap(({ facility, problem }) => (problem === 'circuit-off' ? (plant.get(facility) ?? []) : []))
      return { command, dark: circuitsOf(order, dark) }
    },
  }

  /** What no command takes back must not come to an end by itself either: a gas valve that was closed stays closed. */
  function checkEnd(command: string, value: CommandValue, facilities: readonly Facility[]): void {
    for (const facility of facilities) {
      const definition = definitionOf(facility, { command })
      if (definition && !definition.undo(value))
        throw new LamplighterError('invalid-request', `${command} of ${facility.id} has no end by itself; give no minutes.`)
    }
  }

  function heldBy(id: number, person: string): Order {
    const order = orders.order(id)
    if (!order) throw new LamplighterError('not-found', `There is no order ${id}.`)
    const { holder } = order
    if (!holder || !isHeld(order.state)) return refuse(`No crew has order ${id} in hand.`)
    if (!orders.crewsOf(person).some((crew) => crew.id === holder.crew))
      throw new LamplighterError('not-allowed', `Order ${id} is in the hands of another crew.`)
    return order
  }

  /** Tests of a repair whose lamps have not been given back. */
  function testsOf(order: number): number {
    return book.open().filter((command) => command.order === order && command.purpose === 'test').length
  }

  function testing(
    { command, value }: TestRequest,
    lamps: readonly Facility[],
  ): { command: string; value: CommandValue; facilities: string[] } {
    for (const { id, kind } of lamps) {
      const definition = kind.commands.get(command)
      // What nothing takes back is no test.
      if (!definition?.undo(value)) refuse(`${command} is no test of ${id}.`)
    }
    for (const [circuit, on] of Map.groupBy(lamps, countedCircuit)) {
      if (circuit === null || !lessens(on[0] as Facility, { command, value })) continue
      if (on.length > 1 || on.some((lamp) => isLessened(circuit, lamp)))
        refuse('Put out or dim one lamp of a circuit at a time: its cabinet counts the lamps by their current, and would miss them.')
    }
    return { command, value, facilities: lamps.map(({ id }) => id) }
  }

  /** The circuit of a lamp where what feeds it counts lamps by their current; else null. */
  function countedCircuit({ fedBy, circuit }: Facility): string | null {
    const counts = fedBy !== null && plant.get(fedBy)?.kind.rules.some(({ lamps }) => lamps !== null)
    return counts ? `${fedBy} ${circuit}` : null
  }

  /** Whether a command leaves a lamp with less than its full light. */
  function lessens({ kind }: Facility, { command, value }: Pick<Command, 'command' | 'value'>): boolean {
    const channels = kind.commands.get(command)?.channels(value) ?? {}
    return Object.values(channels).some((level) => level !== null && level < 100)
  }

  /** Whether another lamp of a circuit is held at less than its full light. */
  function isLessened(circuit: string, lamp: Facility): boolean {
    return book.open().some(
      (held) =>
        held.until !== null &&
        held.targets.some(({ facility, problem, times }) => {
          const other = times.sent === null || problem !== null || facility === lamp.id ? undefined : plant.get(facility)
          return other !== undefined && countedCircuit(other) === circuit && lessens(other, held)
        }),
    )
  }

  function energising(order: Order, lamps: readonly Facility[]): { command: string; value: CommandValue; facilities: string[] } {
    const [first, ...others] = circuitsOf(order, lamps)
    if (!first || others.length > 0) return refuse('Energise one circuit at a time, that of the lamps of the test.')
    if (!first.covered) refuse(first.why?.en ?? `Order ${order.id} does not cover circuit ${first.circuit} of ${first.cabinet}.`)
    return { command: ENERGISE, value: first.circuit, facilities: [first.cabinet] }
  }

  function circuitsOf(order: Order, lamps: readonly Facility[]): DarkCircuit[] {
    const switched = lamps.filter(({ fedBy, circuit }) => fedBy !== null && circuit !== null)
    return [...Map.groupBy(switched, ({ fedBy, circuit }) => `${fedBy} ${circuit}`).values()].map((on) => {
      const [{ fedBy, circuit }] = on as [Facility]
      const why = whyNot(order, fedBy as string, circuit as number, on[0] as Facility)
      return { cabinet: fedBy as string, circuit: circuit as number, facilities: on.map(({ id }) => id), covered: why === null, why }
    })
  }

  /** Why the crew of an order may not switch a circuit on: whoever else works there may have their hands on it. */
  function whyNot(order: Order, cabinet: string, circuit: number, lamp: Facility): Text | null {
    const feeder = plant.get(cabinet)
    if (!feeder?.kind.commands.has(ENERGISE)) return text('The cabinet cannot be switched from here.', '该控制柜不能远程合闸。')
    if (!order.facilities.includes(cabinet) && order.group !== groupOf(lamp))
      return text('The order does not cover the circuit.', '工单未包含该回路。')
    if (isHeldOff(feeder, circuit)) return text('The desk holds the circuit off; ask it first.', '该回路由调度断开，请先联系调度。')
    for (const other of orders.open()) {
      if (other.id === order.id || !isHeld(other.state) || other.state === 'repaired' || other.holder?.crew === order.holder?.crew) continue
      if (isOrderThere(other, cabinet, circuit, plant)) return text('Another crew is at work on this circuit.', '另有班组正在该回路作业。')
    }
    return null
  }

  /** Whether what a cabinet was told last of a circuit is to switch it off: somebody may work there of whom no order tells. */
  function isHeldOff({ id, kind }: Facility, circuit: number): boolean {
    const channelsOf = (command: string, value: CommandValue) => kind.commands.get(command)?.channels(value) ?? {}
    const ours = channelsOf(ENERGISE, circuit)
    const last = book
      .history(id, LOOK_BACK)
      .find(
        ({ command, target: { times, state: reached } }) =>
          shareChannel(ours, channelsOf(command.command, command.value)) && (times.sent !== null || !isOver(reached)),
      )?.command
    return last !== undefined && Object.values(channelsOf(last.command, last.value)).includes(0)
  }
}

/** What is armed is looked at as if the second person had said yes: whether one is needed is told besides. */
const asIfApproved = (at: number): Approval => ({ reasons: [], expires: at, lasts: null, decision: null })

/** What stands against whom, the most first. */
function groupedObjections(objections: ReadonlyMap<string, Objection>): ArmedObjection[] {
  const groups = Map.groupBy(objections, ([, { problem, words }]) => `${problem} ${words?.en ?? ''}`)
  return [...groups.values()]
    .map((some) => {
      const [[, { problem, words }]] = some as [[string, Objection]]
      return { problem, words, count: some.length, facilities: some.slice(0, MOST_NAMED).map(([id]) => id) }
    })
    .sort((one, other) => other.count - one.count)
}

/** The lamps that an order names, and those of a cabinet that it names. */
const covers = ({ facilities }: Order, { id, fedBy }: Facility): boolean =>
  facilities.includes(id) || (fedBy !== null && facilities.includes(fedBy))
