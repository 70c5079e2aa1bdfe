import { expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { expectedAt, type Surroundings } from '../../src/detection/expected.ts'
import type { Rule } from '../../src/detection/rule.ts'
import type { Detection } from '../../src/detection/state.ts'
import { fedFrom } from '../../src/detection/supply.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { digital, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const options = { ...texts, priority: 'medium' } as const
const onOff = digital(text('x', 'x'), text('off', '关'), text('on', '开'))
const switched = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, onOff]))
const build = ruleBuilders<string, never>()
const cabinetKind = {
  ...kindOf('cabinet', switched('circuit-1', 'circuit-2'), { silence: build.silence({ ...options, period: minutes(9) }) }),
  circuits: [0, 1],
}
const lit = (level: number) => (level > 0 ? 1 : 0)
const lampKind = {
  ...kindOf('lamp', switched('lit', 'fed'), {
    silence: build.silence({ ...options, period: minutes(9) }),
    'supply-loss': build.condition({ ...options, points: ['fed'], when: ([fed]) => fed === 0, whileFed: true, onDelay: minutes(2) }),
    frozen: build.stuck({ ...options, point: 'lit', period: hours(6), tolerance: 0 }),
    schedule: build.deviation({ ...options, point: 'lit', expected: lit, tolerance: 0.5, onDelay: minutes(15) }),
  }),
  expected: new Map([[0, lit]]),
}

/** A cabinet with lamps on circuit 1 and 2 and the detector that watches them. */
function city(surroundings: Surroundings = {}) {
  const facility = (id: string, number: number, more: Partial<DetectedFacility>): DetectedFacility => ({
    id,
    number,
    kind: lampKind,
    gateway: null,
    rated: {},
    fedBy: 'C',
    ...more,
  })
  const cabinet = facility('C', 1, { kind: cabinetKind, fedBy: null })
  const lamp1 = facility('L1', 2, { circuit: 1 })
  const lamp2 = facility('L2', 3, { circuit: 2 })
  const detector = new Detector(surroundings)
  // In any order: a lamp may be registered before its cabinet.
  for (const one of [lamp1, cabinet, lamp2]) detector.put(one)
  const changes: ConditionChange[] = []
  const emit = (change: ConditionChange) => changes.push(change)
  const reporting = (of: DetectedFacility) => (at: number, values: Record<string, boolean>) => {
    detector.advance(at, emit)
    const readings = Object.entries(values).map(([key, value]) => ({
      point: of.kind.table.index.get(key) as number,
      value: Number(value),
      quality: 'good' as const,
    }))
    detector.report({ facility: of, at, received: at, readings }, emit)
  }
  return {
    detector,
    cabinet: reporting(cabinet),
    lamp1: reporting(lamp1),
    lamp2: reporting(lamp2),
    tick: (now: number) => detector.advance(now, emit),
    link: (number: number, at: number, online: boolean) =>
      detector.link({ facility: (detector.state(number) as Detection).facility, online, received: at }, emit),
    take: () => changes.splice(0).map(({ facility: { id }, rule, active, at }) => `${id} ${rule.key}${active ? '+' : '-'} ${at / 60_000}`),
  }
}

test('a lamp is silent by day and owes a report only some time after its circuit was switched on', () => {
  const { cabinet, lamp1, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true, 'circuit-2': true })
  lamp1(minutes(2), { lit: true, fed: true })
  cabinet(minutes(5), { 'circuit-1': false })
  for (let m = 8; m <= 600; m += 3) cabinet(minutes(m), { 'circuit-1': false })
  expect(take()).toEqual([])
  cabinet(minutes(602), { 'circuit-1': true })
  cabinet(minutes(608), { 'circuit-1': true })
  tick(minutes(610))
  expect(take()).toEqual([])
  cabinet(minutes(611), { 'circuit-1': true })
  tick(minutes(611) + seconds(3))
  expect(take()).toEqual(['L1 silence+ 611'])
  lamp1(minutes(612), { lit: true })
  expect(take()).toEqual(['L1 silence- 612'])
})

test('a lamp that was silent when its circuit was switched off stays so until it is heard', () => {
  const { cabinet, lamp1, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true })
  for (let m = 3; m <= 14; m++) cabinet(minutes(m), { 'circuit-1': true })
  expect(take()).toEqual(['L1 silence+ 11'])
  cabinet(minutes(15), { 'circuit-1': false })
  cabinet(minutes(18), { 'circuit-1': true })
  cabinet(minutes(20), { 'circuit-1': true })
  expect(take()).toEqual([])
  lamp1(minutes(21), { lit: true })
  expect(take()).toEqual(['L1 silence- 21'])
})

test('the last word of a lamp whose circuit is being switched off is no loss of supply', () => {
  const { cabinet, lamp1, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true, fed: true })
  lamp1(minutes(4), { lit: false, fed: false })
  cabinet(minutes(5), { 'circuit-1': false })
  tick(minutes(13))
  expect(take()).toEqual([])
  const other = city()
  other.cabinet(minutes(1), { 'circuit-1': true, 'circuit-2': false })
  other.lamp1(minutes(4), { fed: false })
  other.tick(minutes(7))
  expect(other.take()).toEqual(['L1 supply-loss+ 6'])
})

test('what was not fed for longer than its delay when its circuit was switched off had lost its supply', () => {
  const { cabinet, lamp1, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2) - 500, { lit: false, fed: false })
  cabinet(minutes(4), { 'circuit-1': false })
  expect(take()).toEqual([`L1 supply-loss+ ${4 - 0.5 / 60}`])
})

test('when its circuit is switched on again, what a lamp said before is not judged anew', () => {
  const { cabinet, lamp1, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(4), { lit: false, fed: false })
  cabinet(minutes(5), { 'circuit-1': false })
  cabinet(minutes(6), { 'circuit-1': true })
  tick(minutes(12))
  expect(take()).toEqual([])
  lamp1(minutes(12.5), { lit: false, fed: false })
  tick(minutes(15))
  expect(take()).toEqual(['L1 supply-loss+ 14.5'])
})

test('a circuit that is switched concerns what it feeds and what nobody knows the circuit of, in the order of the plant', () => {
  const { detector, cabinet } = city()
  const { facility } = detector.state(3) as Detection
  detector.put({ ...facility, id: 'L0', number: 0, circuit: null })
  const judged: string[] = []
  detector.onJudged = ({ id }) => judged.push(id)
  cabinet(minutes(1), { 'circuit-1': true, 'circuit-2': true })
  expect(judged.splice(0)).toEqual(['L0', 'L1', 'L2'])
  cabinet(minutes(2), { 'circuit-1': false, 'circuit-2': true })
  expect(judged.splice(0)).toEqual(['L0', 'L1'])
  cabinet(minutes(3), { 'circuit-1': false, 'circuit-2': true })
  expect(judged.splice(0)).toEqual([])
  detector.remove(0)
  cabinet(minutes(4), { 'circuit-1': false, 'circuit-2': false })
  expect(judged).toEqual(['L2'])
})

test('how often a lamp reports is learned from its reports, and not from hours in which its circuit was switched off', () => {
  const { detector, cabinet, lamp1 } = city()
  const usual = () => (detector.state(2) as Detection).usualInterval / minutes(1)
  const run = (from: number, until: number, every: number) => {
    for (let m = from; m < until; m += every) lamp1(minutes(m), { lit: true, fed: true })
  }
  cabinet(0, { 'circuit-1': true })
  for (let m = 0; m < 600; m += 30) {
    run(m, m + 10, 3)
    cabinet(minutes(m + 10), { 'circuit-1': false })
    cabinet(minutes(m + 28), { 'circuit-1': true })
  }
  expect(usual()).toBe(3)
  run(600, 1600, 10)
  expect(usual()).toBeGreaterThan(9)
})

test('only of a gap in which reports were owed late ones are waited for', () => {
  const { detector, cabinet, lamp1 } = city()
  const isWaiting = () => (detector.state(2) as Detection).fork !== null
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true, fed: true })
  cabinet(minutes(5), { 'circuit-1': false })
  cabinet(minutes(65), { 'circuit-1': true })
  lamp1(minutes(66), { lit: true, fed: true })
  expect(isWaiting()).toBe(false)
  lamp1(minutes(86), { lit: true, fed: true })
  expect(isWaiting()).toBe(true)
})

test('a value that is the same at dusk as it was at dawn is not stuck', () => {
  const { cabinet, lamp1, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true })
  cabinet(minutes(3), { 'circuit-1': false })
  cabinet(hours(10), { 'circuit-1': true })
  lamp1(hours(10) + minutes(5), { lit: true })
  expect(take().filter((change) => change.includes('frozen'))).toEqual([])
  for (let m = 10; m <= 365; m += 5) {
    cabinet(hours(10) + minutes(m), { 'circuit-1': true })
    lamp1(hours(10) + minutes(m), { lit: true })
  }
  expect(take().filter((change) => change.includes('frozen'))).toEqual(['L1 frozen+ 965'])
})

test('the silence of a lamp waits for the verdict on its cabinet when both went quiet together', () => {
  const { cabinet, lamp1, lamp2, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true, 'circuit-2': true })
  lamp1(minutes(1), { lit: true })
  lamp2(minutes(1), { lit: true })
  cabinet(minutes(3), { 'circuit-1': true })
  tick(minutes(11))
  expect(take()).toEqual([])
  tick(minutes(14))
  expect(take()).toEqual(['C silence+ 12', `L1 silence+ ${12 + 2 / 60}`, `L2 silence+ ${12 + 2 / 60}`])
})

test('a gateway fed by the cabinet it reports for: neither waits for ever for the other', () => {
  const { detector, cabinet, lamp1, tick, take } = city()
  const { facility } = detector.state(1) as Detection
  detector.put({ ...facility, gateway: 'L1' })
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(1), { lit: true })
  tick(minutes(30))
  expect(take().map((change) => change.split(' ').slice(0, 2).join(' '))).toEqual(['C silence+', 'L1 silence+'])
})

test('a lamp whose cabinet lives is silent on its own', () => {
  const { cabinet, lamp1, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(1), { lit: true })
  for (let m = 2; m <= 10; m++) cabinet(minutes(m), { 'circuit-1': true })
  tick(minutes(10) + seconds(3))
  expect(take()).toEqual(['L1 silence+ 10'])
})

test('one whose cabinet never told is taken to follow the programme', () => {
  // On from hour 10 to hour 20.
  const programme = (_: DetectedFacility, at: number) =>
    at >= hours(10) && at < hours(20)
      ? { level: 1, from: hours(10), until: hours(20) }
      : { level: 0, from: at < hours(10) ? 0 : hours(20), until: at < hours(10) ? hours(10) : hours(34) }
  const { lamp1, tick, take } = city({ programme })
  lamp1(minutes(5), { lit: false })
  tick(hours(10))
  expect(take()).toEqual([])
  tick(hours(11))
  expect(take()).toEqual([`L1 silence+ ${600 + 9}`])
})

test('what should be: supply goes before command, command before programme, and nothing is expected in other modes', () => {
  const commands = new Map<number, number>()
  const { detector, cabinet, lamp1 } = city({
    programme: () => ({ level: 1, from: 0, until: Number.POSITIVE_INFINITY }),
    commanded: (_, point) => commands.get(point),
  })
  const state = detector.state(2) as Detection
  const expected = (at: number) => expectedAt(state, 0, at, state.facility.kind.expected?.get(0))
  lamp1(minutes(1), { lit: true })
  expect(expected(minutes(1))).toEqual({ value: 1, source: 'programme' })
  commands.set(0, 0)
  expect(expected(minutes(1))).toEqual({ value: 0, source: 'command' })
  cabinet(minutes(2), { 'circuit-1': false })
  expect(expected(minutes(3))).toEqual({ value: 0, source: 'supply' })
  detector.put({ ...state.facility, mode: 'manual' })
  expect(expected(minutes(3))).toBeUndefined()
})

test.each([hours(8), -hours(8), minutes(1)])('a programme goes by the true time, not by a clock that is %i ms ahead', (ahead) => {
  const { detector } = city({ programme: (_, at) => ({ level: at < hours(18) ? 0 : 1, from: hours(18), until: hours(18) }) })
  const state = detector.state(2) as Detection
  state.clockOffset = -ahead
  // A minute is what the network may delay.
  const known = ahead === minutes(1) ? 0 : ahead
  expect(fedFrom(state, hours(17) + known)).toBe(hours(18) + known)
  expect(expectedAt(state, 0, hours(19) + known, lit)).toMatchObject({ value: 1 })
  expect(expectedAt(state, 0, hours(17) + known, lit)).toMatchObject({ value: 0 })
})

test('a lamp on a circuit that is on by day owes no darkness; one that is always fed does', () => {
  const { detector, cabinet, lamp1 } = city({ programme: () => ({ level: 0, from: 0, until: Number.POSITIVE_INFINITY }) })
  const state = detector.state(2) as Detection
  const expected = (at: number) => expectedAt(state, 0, at, state.facility.kind.expected?.get(0))
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true })
  expect(expected(minutes(2))).toEqual({ value: 1, source: 'supply' })
  detector.put({ ...state.facility, fedBy: null })
  lamp1(minutes(3), { lit: true })
  expect(expected(minutes(3))).toEqual({ value: 0, source: 'programme' })
})

test('a lamp that does not do as it should deviates, with what was expected as proof', () => {
  const { detector, lamp1, take } = city({ programme: () => ({ level: 1, from: 0, until: Number.POSITIVE_INFINITY }) })
  for (const m of [1, 5, 9, 13, 17]) lamp1(minutes(m), { lit: false })
  expect(take()).toEqual(['L1 schedule+ 16'])
  const { facility, values, layout } = detector.state(2) as Detection
  const rule = facility.kind.rules[3] as Rule
  expect(rule.figures?.(detector.state(2) as Detection, minutes(16), {}, values, layout.memories[3] as number)).toEqual({ expected: 1 })
})

test('what circuits are on survives a restart', () => {
  const before = city()
  before.cabinet(minutes(1), { 'circuit-1': false, 'circuit-2': true })
  before.lamp1(minutes(1), { lit: false })
  const after = city()
  for (const number of [2, 1, 3]) {
    const state = before.detector.state(number) as Detection
    const { facility } = after.detector.state(number) as Detection
    after.detector.restore(facility, new Uint8Array(state.values.slice().buffer), state.layout.name)
  }
  after.tick(minutes(8))
  after.cabinet(minutes(9), { 'circuit-1': false })
  after.tick(minutes(17))
  expect(after.take()).toEqual([])
})

test('a link that broke because its circuit was switched off is no silence, and a report is owed only some time after it is fed again', () => {
  const { cabinet, lamp1, link, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true })
  link(2, minutes(3), false)
  cabinet(minutes(3) + seconds(20), { 'circuit-1': false })
  tick(minutes(10))
  cabinet(minutes(11), { 'circuit-1': true })
  for (let m = 12; m <= 19; m++) cabinet(minutes(m), { 'circuit-1': true })
  expect(take()).toEqual([])
  cabinet(minutes(20), { 'circuit-1': true })
  cabinet(minutes(21), { 'circuit-1': true })
  expect(take()).toEqual(['L1 silence+ 20'])
})

test('a link that breaks at the moment its circuit is switched on is known after half a minute', () => {
  const { cabinet, lamp1, link, tick, take } = city()
  cabinet(minutes(1), { 'circuit-1': true })
  lamp1(minutes(2), { lit: true })
  cabinet(minutes(5), { 'circuit-1': false })
  cabinet(minutes(6), { 'circuit-1': true })
  link(2, minutes(6), false)
  tick(minutes(7))
  expect(take()).toEqual(['L1 silence+ 6.5'])
})

test('one that hangs on no known circuit and whose link is broken stays silent while circuits are switched', () => {
  const { detector, cabinet, lamp1, link, take } = city()
  detector.put({ ...(detector.state(2) as Detection).facility, circuit: null })
  cabinet(minutes(1), { 'circuit-1': true, 'circuit-2': true })
  lamp1(minutes(2), { lit: true })
  cabinet(minutes(6), { 'circuit-1': true, 'circuit-2': true })
  link(2, minutes(6), false)
  cabinet(minutes(7), { 'circuit-1': true, 'circuit-2': false })
  cabinet(minutes(8), { 'circuit-1': true, 'circuit-2': true })
  expect(take()).toEqual(['L1 silence+ 6.5'])
  lamp1(minutes(9), { lit: true })
  expect(take()).toEqual(['L1 silence- 9'])
})
