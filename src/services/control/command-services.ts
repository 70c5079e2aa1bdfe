import { type Command, type CommandValue, isOver } from '../../control/command.ts'
import { isHeld, type Order } from '../../dispatch/order.ts'
import type { Commands, DarkCircuit, TestRequest } from '../../edges/commands.ts'
import type { Orders } from '../../edges/orders.ts'
import { LamplighterError } from '../../errors.ts'
import { shareChannel } from '../../facilities/commands.ts'
import type { Facility } from '../../facilities/plant.ts'
import { minutes } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { groupOf } from '../dispatch/alarm-orders.ts'
import type { ServiceParts } from '../parts.ts'
import type { CommandDesk, NewCommand } from './command-desk.ts'

/** More than this needs a second person. */
export const MOST_TARGETS = 500
/** Lamps that a crew tests at once, tests of one repair that go on at a time, and how long one may last, ms. */
export const MOST_TESTED = 50
export const MOST_TESTS = 60
export const LONGEST_TEST = minutes(15)
/** Commands to a cabinet in which it is looked for the one that holds a circuit. */
const LOOK_BACK = 50
/** Cabinets are told this for a test of lamps whose circuit is off. */
const ENERGISE = 'circuit-on'

const refuse = (message: string): never => {
  throw new LamplighterError('action-refused', message)
}

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'now'> & { commands: CommandDesk }

/** What people do with commands. Each request is audited with what stood against it, and its result when it is known. */
export function commandServices({ plant, state, now, commands: desk }: Parts, orders: Orders): Commands {
  const { book } = desk
  type Asked = Pick<NewCommand, 'id' | 'command' | 'value' | 'facilities' | 'purpose' | 'order'> & { by: string }

  /** The command that this id stands for already; throws where it is another one. */
  const known = ({ id, command, value, facilities, purpose, order, by }: Asked): Command | undefined => {
    const found = book.get(id)
    if (!found) return undefined
    const same = found.command === command && found.value === value && found.by === by && found.purpose === purpose && found.order === order
    const targets = found.targets.map(({ facility }) => facility)
    if (same && JSON.stringify(targets) === JSON.stringify([...facilities])) return found
    return refuse(`${id} is the id of another command; make a new one for each.`)
  }
  const begin = (fresh: Omit<NewCommand, 'ends'>): Command => {
    const before = known(fresh)
    if (before) return before
    const { id } = book.change(() => desk.begin({ ...fresh, ends: null }))
    desk.sendNow()
    return book.get(id) as Command
  }
  return {
    command: (id) => book.get(id),
    list: (query) => state.commands.list(query),
    onChange: (listener) => book.onChange(listener),
    answered: (topic, payload, acknowledge) => desk.answered(topic, payload, acknowledge),

    request({ id, command, value, facilities, reason, lasts }, by) {
      const all = [...new Set(facilities)]
      if (all.length === 0 || all.length > MOST_TARGETS)
        throw new LamplighterError('invalid-request', `A command is for 1 to ${MOST_TARGETS} facilities; ${all.length} were given.`)
      if (lasts !== null) checkEnd(command, value, all)
      const until = lasts === null ? null : now() + lasts
      return begin({ id, command, value, purpose: 'direct', by, reason, order: null, until, facilities: all })
    },

    cancel(id, reason, by) {
      return book.change(() => {
        const at = now()
        const command = book.get(id)
        if (!command) throw new LamplighterError('not-found', `There is no command ${id}.`)
        const stopped = desk.cancel(command, at)
        const isEnding = stopped.until !== null && !stopped.ended
        if (stopped === command && !isEnding) refuse(`Nothing of command ${id} can be called back any more.`)
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
      const isNew = book.get(id) === undefined
      if (isNew && testsOf(order.id) >= MOST_TESTS) refuse(`Order ${order.id} has ${MOST_TESTS} tests under way; wait for their end.`)
      const command = begin({
        ...{ id, purpose: 'test', by: person, reason: '', order: order.id, until: now() + lasts },
        ...told,
      })
      const dark = command.targets.flatMap(({ facility, problem }) => (problem === 'circuit-off' ? (plant.get(facility) ?? []) : []))
      return { command, dark: circuitsOf(order, dark) }
    },
  }

  /** What no command takes back must not come to an end by itself either: a gas valve that was closed stays closed. */
  function checkEnd(command: string, value: CommandValue, ids: readonly string[]): void {
    for (const id of ids) {
      const definition = plant.get(id)?.kind.commands.get(command)
      if (definition && !definition.undo(value))
        throw new LamplighterError('invalid-request', `${command} of ${id} has no end by itself; give no minutes.`)
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
      const isThere = other.facilities.some((id) => {
        const facility = plant.get(id)
        return id === cabinet || (facility?.fedBy === cabinet && (facility.circuit === null || facility.circuit === circuit))
      })
      if (isThere) return text('Another crew is at work on this circuit.', '另有班组正在该回路作业。')
    }
    return null
  }

  /** Whether what a cabinet was told last of a circuit is to switch it off: somebody may work there of whom no order tells. */
  function isHeldOff({ id, kind }: Facility, circuit: number): boolean {
    const channelsOf = (command: string, value: CommandValue) => kind.commands.get(command)?.channels(value) ?? {}
    const ours = channelsOf(ENERGISE, circuit)
    const last = state.commands
      .list({ facility: id, limit: LOOK_BACK })
      .items.find(
        ({ command, value, targets }) =>
          shareChannel(ours, channelsOf(command, value)) &&
          targets.some(({ facility, times, state: reached }) => facility === id && (times.sent !== null || !isOver(reached))),
      )
    return last !== undefined && Object.values(channelsOf(last.command, last.value)).includes(0)
  }
}

/** The lamps that an order names, and those of a cabinet that it names. */
const covers = ({ facilities }: Order, { id, fedBy }: Facility): boolean =>
  facilities.includes(id) || (fedBy !== null && facilities.includes(fedBy))
