import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataType } from '../../../src/telemetry/codecs/sparkplug/datatype.ts'
import { EdgeNode, type NodeMessage } from '../../../src/telemetry/codecs/sparkplug/edge-node.ts'
import type { Metric, Payload } from '../../../src/telemetry/codecs/sparkplug/payload.ts'

/** `PROPERTY_RUNS=100000` looks harder. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 2000)

const BORN = 1_700_000_000_000
const owners = [null, 'A', 'B'] as const
const METRICS = 4
const nameOf = (owner: number, metric: number) => `${owners[owner] ?? 'node'}/${metric}`
/** A value tells which metric it is of. */
const measured = (owner: number, metric: number, count: number) => count * 100 + owner * 10 + metric
const nameOfValue = (value: number) => nameOf(Math.floor((value % 100) / 10), value % 10)

/** What the node does next, and what becomes of its message on the way. */
const step = fc.record({
  does: fc.oneof(
    { weight: 8, arbitrary: fc.constant('data' as const) },
    { weight: 1, arbitrary: fc.constantFrom('new session', 'births again', 'device is born', 'device dies') },
  ),
  owner: fc.nat(owners.length - 1),
  metrics: fc.uniqueArray(fc.nat(METRICS - 1), { minLength: 1, maxLength: METRICS }),
  /** Which alias each metric has, if the step begins a session. */
  shift: fc.nat(METRICS * owners.length - 1),
  way: fc.oneof(
    { weight: 6, arbitrary: fc.constant('straight' as const) },
    { weight: 1, arbitrary: fc.constantFrom('lost', 'twice', 'overtaken') },
  ),
  later: fc.nat(60),
  /** ms until the next step. */
  pass: fc.constantFrom(1, 1, 1, 500, 3000),
})
const life = fc.array(step, { minLength: 1, maxLength: 120 })
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface Sending {
  message: NodeMessage
  session: number
  step: Step
}

/** All a node sends in its life, as it sends it. */
function sendingsOf(steps: readonly Step[]): Sending[] {
  const sendings: Sending[] = []
  let now = BORN
  let session = 0
  let shift = 0
  let seq = 0
  const alive = new Set<number>()
  const aliasOf = (owner: number, metric: number) => (owner * METRICS + metric + shift) % (METRICS * owners.length)
  const send = (step: Step, verb: NodeMessage['verb'], device: string | null, metrics: Metric[]) => {
    const payload: Payload = { timestamp: now, metrics }
    if (verb !== 'NDEATH') payload.seq = seq
    if (verb !== 'NDEATH') seq = (seq + 1) % 256
    sendings.push({ message: { verb, device, payload, received: now, isBound: true }, session, step })
    now += step.pass
  }
  const bdSeq = (): Metric => ({ name: 'bdSeq', datatype: DataType.int64, value: { wire: 'integer', value: session % 256 } })
  const births = (owner: number): Metric[] =>
    Array.from({ length: METRICS }, (_, metric) => ({
      ...{ name: nameOf(owner, metric), alias: aliasOf(owner, metric), datatype: DataType.uint32 },
      value: { wire: 'integer', value: measured(owner, metric, sendings.length) },
    }))
  const beBorn = (step: Step) => {
    seq = 0
    send(step, 'NBIRTH', null, [bdSeq(), ...births(0)])
    for (const owner of [1, 2]) send(step, 'DBIRTH', owners[owner] as string, births(owner))
    for (const owner of [1, 2]) alive.add(owner)
  }
  for (const step of steps) {
    const owner = step.owner
    const device = owners[owner] ?? null
    if (sendings.length === 0 || step.does === 'new session') {
      if (sendings.length > 0) send(step, 'NDEATH', null, [bdSeq()])
      session++
      shift = step.shift
      beBorn(step)
    } else if (step.does === 'births again') beBorn(step)
    else if (step.does === 'device is born' && device !== null) {
      alive.add(owner)
      send(step, 'DBIRTH', device, births(owner))
    } else if (step.does === 'device dies' && device !== null) {
      alive.delete(owner)
      send(step, 'DDEATH', device, [])
    } else if (device === null || alive.has(owner)) {
      const metrics = step.metrics.map(
        (metric): Metric => ({
          alias: aliasOf(owner, metric),
          value: { wire: 'integer', value: measured(owner, metric, sendings.length) },
        }),
      )
      send(step, device === null ? 'NDATA' : 'DDATA', device, metrics)
    }
  }
  return sendings
}

/**
 * What a network may make of it that loses, repeats and reorders what it did not promise to deliver. Wills are promised; births are not
 * repeated in a later session, nor overtaken by it.
 */
function disturbed(sendings: readonly Sending[]): Sending[] {
  const places = sendings.flatMap((sending, place): { place: number; sending: Sending }[] => {
    const { message, session, step } = sending
    const here = { place, sending }
    if (message.verb === 'NDEATH' || step.way === 'straight') return [here]
    if (step.way === 'lost') return []
    const isBirth = message.verb === 'NBIRTH' || message.verb === 'DBIRTH'
    const last = sendings.findLastIndex((other) => other.session === session)
    const farthest = isBirth || step.way === 'overtaken' ? last - 0.75 : sendings.length
    const later = Math.max(place, Math.min(place + step.later + 0.5, farthest))
    return step.way === 'twice' ? [here, { place: later, sending }] : [{ place: later, sending }]
  })
  return places.sort((a, b) => a.place - b.place).map(({ sending }) => sending)
}

/** Names and values told, in order. */
function hear(sendings: readonly Sending[]): { device: string | null; name: string; value: number }[] {
  const node = new EdgeNode()
  const told: { device: string | null; name: string; value: number }[] = []
  let now = BORN
  for (const { message } of sendings) {
    now = Math.max(now, message.received)
    if (node.gapSince !== undefined && now - node.gapSince >= 2000) node.giveUpGap()
    for (const said of node.hear({ ...message, received: now }).said) {
      if (said.sort === 'death') continue
      for (const { name, value } of said.values) if (name !== 'bdSeq') told.push({ device: said.device, name, value: value as number })
    }
  }
  return told
}

test('no value is ever told under the name of another metric, whatever is lost, repeated or comes late', () => {
  fc.assert(
    fc.property(life, (steps) => {
      for (const { device, name, value } of hear(disturbed(sendingsOf(steps)))) {
        expect(nameOfValue(value)).toBe(name)
        expect(name.split('/')[0]).toBe(device ?? 'node')
      }
    }),
    { numRuns },
  )
})

test('every value is told where nothing is lost', () => {
  fc.assert(
    fc.property(life, (steps) => {
      const sendings = sendingsOf(steps)
      const sent = sendings.flatMap(({ message }) =>
        message.payload.metrics.flatMap(({ name, value }) => (value?.wire === 'integer' && name !== 'bdSeq' ? [value.value] : [])),
      )
      expect(hear(sendings).map(({ value }) => value)).toEqual(sent)
    }),
    { numRuns: numRuns / 4 },
  )
})

test('every value is told in order where messages change places with their neighbours', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), fc.integer({ min: 3, max: 28 }), (steps, at) => {
      const sendings = sendingsOf(steps.map((one, i) => ({ ...one, does: 'data' as const, owner: i === 0 ? 0 : one.owner, pass: 1 })))
      const swapped = sendings.with(at, sendings[at + 1] as Sending).with(at + 1, sendings[at] as Sending)
      expect(hear(swapped)).toEqual(hear(sendings))
    }),
    { numRuns: numRuns / 10 },
  )
})
