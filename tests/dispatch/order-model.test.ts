import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CrewAction, Outcome } from '../../src/dispatch/crew-action.ts'
import { isOver, orderStates } from '../../src/dispatch/order.ts'
import { LamplighterError } from '../../src/errors.ts'
import { describeOrders } from '../storage/order-store.contract.ts'
import { CABINET, type ControlRoom, CREWS, controlRoom, LAMPS, MUTE } from './control-room.ts'
import { memoryOrders } from './memory-orders.ts'
import { Watch } from './order-promises.ts'

describe('orders in memory are those of the store', () => {
  let orders = memoryOrders()
  beforeEach(() => {
    orders = memoryOrders()
  })
  describeOrders(() => orders)
})

/** `ORDER_RUNS` asks for more days, as a long run by hand does, and `ORDER_SEED=random` for others. */
const RUNS = Number(process.env.ORDER_RUNS ?? 1500)
const { ORDER_SEED = '8' } = process.env

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Two phones of crew A, one of each other; their clocks stand still by so much beside ours. */
const phones = [
  { crew: 'A', person: 'A1', skew: 0 },
  { crew: 'A', person: 'A2', skew: -2 * HOUR },
  { crew: 'B', person: 'B1', skew: 3 * HOUR },
  { crew: 'C', person: 'C1', skew: 4000 },
] as const

const which = fc.nat({ max: 5 })
const phone = fc.nat({ max: phones.length - 1 })
const reason = fc.constantFrom('', 'why')
const facility = fc.constantFrom(...LAMPS, MUTE, CABINET)
const step = fc.constantFrom('accept', 'set-out', 'arrive', 'begin', 'repair', 'decline', 'hand-back', 'note', 'photo')
const of = <const T extends string, M extends object>(type: T, more: { [K in keyof M]: fc.Arbitrary<M[K]> }) =>
  fc.record(more).map((given) => ({ type, ...(given as M) }))

const command = fc.oneof(
  { weight: 5, arbitrary: of('breaks', { facility }) },
  { weight: 1, arbitrary: of('leaks', { facility: fc.constantFrom(...LAMPS) }) },
  { weight: 4, arbitrary: of('heals', { facility, ends: fc.boolean() }) },
  { weight: 5, arbitrary: of('pass', { ms: fc.constantFrom(1000, MINUTE, 11 * MINUTE, 31 * MINUTE, 3 * HOUR, 73 * HOUR) }) },
  { weight: 2, arbitrary: of('restart', {}) },
  /** The phone looks at the orders of its crew; from then on it goes by that, however old it is. */
  { weight: 4, arbitrary: of('look', { phone }) },
  { weight: 6, arbitrary: of('does', { phone, which, step }) },
  /** A whole repair without a network. */
  { weight: 4, arbitrary: of('repairs', { phone, which, upTo: fc.integer({ min: 1, max: 5 }) }) },
  /** A fault that is taken, mended and proven. */
  { weight: 2, arbitrary: of('mends', { phone, facility }) },
  { weight: 6, arbitrary: of('sends', { phone, backwards: fc.boolean(), twice: fc.boolean(), isAnswerLost: fc.boolean() }) },
  { weight: 2, arbitrary: of('desk looks', {}) },
  {
    weight: 6,
    arbitrary: of('desk', {
      ...{ which, other: which, reason, isStale: fc.boolean() },
      does: fc.constantFrom('dispatch', 'recall', 'reclassify', 'merge', 'split', 'reject', 'verify', 'close', 'reopen', 'note'),
      crews: fc.subarray([...CREWS]),
      facilities: fc.subarray([...LAMPS, MUTE], { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 2, arbitrary: of('reopens', { which }) },
  { weight: 1, arbitrary: of('desk makes', { facilities: fc.subarray([...LAMPS, MUTE], { minLength: 1, maxLength: 2 }) }) },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

const wholeRepair = ['accept', 'set-out', 'arrive', 'begin', 'repair'] as const

/** One day: the room, the phones with what they last saw and what they have not sent yet. */
class Day {
  readonly room: ControlRoom = controlRoom()
  readonly watch: Watch
  readonly #copies: number[][] = phones.map(() => [])
  readonly #outboxes: CrewAction[][] = phones.map(() => [])
  readonly answers = new Map<string, { outcome: Outcome; why: string }>()
  readonly made: CrewAction[] = []
  #deskCopy = new Map<number, number>()

  constructor(seen: Set<string>) {
    this.watch = new Watch(this.room, seen)
  }

  live(given: Command) {
    const { room } = this
    switch (given.type) {
      case 'breaks':
        return room.breaks(given.facility)
      case 'leaks':
        return room.breaks(given.facility, true)
      case 'heals':
        return room.heals(given.facility, given.ends)
      case 'pass':
        room.pass(given.ms)
        return expectNone(this.watch.forgotten())
      case 'restart':
        return room.restart()
      case 'look':
        return this.#look(given.phone)
      case 'does':
        return this.#does(given.phone, given.which, [given.step as CrewAction['type']])
      case 'repairs':
        return this.#does(given.phone, given.which, wholeRepair.slice(0, given.upTo))
      case 'mends':
        return this.#mends(given.phone, given.facility)
      case 'sends':
        return this.send(given.phone, given)
      case 'desk looks':
        this.#deskCopy = new Map(room.orders.all().map(({ id, version }) => [id, version]))
        return
      case 'desk makes':
        return void room.create(given.facilities)
      case 'reopens': {
        const over = room.orders.all().filter(({ state }) => isOver(state))
        const order = over[given.which % over.length]
        return order && void room.services().reopen({ id: order.id }, 'why', 'Dora')
      }
      case 'desk':
        return this.#desk(given)
    }
  }

  #mends(number: number, facility: string): void {
    const { room } = this
    room.breaks(facility)
    this.#look(number)
    this.#does(number, (this.#copies[number]?.length ?? 1) - 1, wholeRepair)
    room.heals(facility, true)
    this.send(number, { backwards: false, twice: false, isAnswerLost: false })
    for (let i = 0; i < 2; i++) room.pass(11 * MINUTE)
  }

  #look(number: number): void {
    const { crew } = phones[number] as (typeof phones)[number]
    this.#copies[number] = [...this.room.services().open()]
      .filter(({ offer, holder }) => offer?.crews.includes(crew) || holder?.crew === crew)
      .map(({ id }) => id)
  }

  #does(number: number, which: number, steps: readonly CrewAction['type'][]): void {
    const copy = this.#copies[number] as number[]
    const order = copy[which % copy.length]
    if (order === undefined) return
    const { skew, person } = phones[number] as (typeof phones)[number]
    for (const [i, type] of steps.entries()) {
      const id = `${person}-${this.made.length}`
      const action = {
        ...{ id, order, at: this.room.now() + skew + i, type, reason: 'why', text: 'n', photo: `photo-${id}` },
        ...{ cause: 'c', minutes: 1, parts: [] },
      } as unknown as CrewAction
      this.made.push(action)
      this.#outboxes[number]?.push(action)
    }
  }

  /** What the server answered stays so, however often it is asked. */
  send(number: number, { backwards, twice, isAnswerLost }: { backwards: boolean; twice: boolean; isAnswerLost: boolean }): void {
    const { crew, person } = phones[number] as (typeof phones)[number]
    const outbox = this.#outboxes[number] as CrewAction[]
    const batch = backwards ? [...outbox].reverse() : [...outbox]
    for (let i = 0; i < (twice ? 2 : 1); i++) {
      const answers = this.room.services().act(batch, crew, person)
      expect(answers.map(({ id }) => id)).toEqual(batch.map(({ id }) => id))
      for (const { id, outcome, why } of answers) {
        const before = this.answers.get(id)
        if (before) expect({ outcome, why }).toEqual(before)
        else this.answers.set(id, { outcome, why })
        if (outcome === 'kept') expect(why).not.toBe('')
      }
    }
    if (!isAnswerLost) outbox.length = 0
  }

  #desk(given: Extract<Command, { type: 'desk' }>) {
    const { reason, crews, facilities, does } = given
    const orders = this.room.orders.all()
    const order = orders[given.which % orders.length]
    const other = orders[given.other % orders.length]
    if (!order || !other) return
    const { id } = order
    const version = given.isStale ? this.#deskCopy.get(id) : order.version
    if (version === undefined) return
    const services = this.room.services()
    const seen = { id, version }
    switch (does) {
      case 'dispatch':
        return void services.dispatch(seen, crews, 10 * MINUTE, 'Dora')
      case 'reclassify':
        return void services.reclassify(seen, given.other % 2 ? 'danger' : 'ordinary', 'why', 'Dora')
      case 'merge':
        return void services.merge(seen, other.id, 'same', 'Dora')
      case 'split':
        return void services.split(seen, facilities, 'own', 'Dora')
      case 'note':
        return void services.note(id, 'n', 'Dora')
      default:
        return void services[does as 'recall' | 'reject' | 'verify' | 'close' | 'reopen'](seen, reason, 'Dora')
    }
  }
}

const expectNone = (problem: string | null) => {
  if (problem !== null) throw new Error(`Broken: ${problem}`)
}
const refusals = new Set(['action-refused', 'not-found', 'invalid-request'])

test('phones out of reach, a busy desk and telemetry, in any order: no promise about orders is broken', { timeout: 3_600_000 }, () => {
  const seen = new Set<string>()
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
      const day = new Day(seen)
      for (const one of commands) {
        const before = day.room.orders.all()
        try {
          day.live(one)
        } catch (problem) {
          if (!(problem instanceof LamplighterError) || !refusals.has(problem.code)) throw problem
          // What is refused leaves everything as it was.
          expect(day.room.orders.all()).toEqual(before)
        }
        expectNone(day.watch.broken())
      }
      for (const number of phones.keys()) day.send(number, { backwards: false, twice: true, isAnswerLost: false })
      expectNone(day.watch.broken())
      // Whatever became of the orders, each action is answered and in the log once, and no photo and no note is lost.
      expect(day.answers.size).toBe(day.made.length)
      expect(day.watch.linesOfPhones).toBe(day.made.length)
      const shown = day.made.filter(({ type }) => type === 'photo' || type === 'note')
      expect(shown.filter(({ id }) => day.answers.get(id)?.outcome !== 'done')).toEqual([])
      const orders = day.room.orders.all()
      expect(orders.reduce((sum, { photos }) => sum + photos, 0)).toBe(shown.filter(({ type }) => type === 'photo').length)
      for (const { outcome } of day.answers.values()) outcomes.add(outcome)
    }),
    { numRuns: RUNS, ...(ORDER_SEED !== 'random' && { seed: Number(ORDER_SEED) }) },
  )
  expect([...outcomes].sort()).toEqual(['done', 'kept', 'unchanged'])
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...Object.keys(orderStates),
      ...['verify by telemetry', 'verify by Dora', 'refute by telemetry', 'merge by rule', 'merge by Dora', 'relapse', 'hand-back', 'kept'],
    ]),
  )
})
