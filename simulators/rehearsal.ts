import type { Priority } from '../src/detection/rule.ts'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { replay } from '../src/replay.ts'
import { minutes } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { byId } from './fault-arguments.ts'
import { Fleet } from './fleet.ts'
import { encodeMessages } from './messages.ts'
import { simulatedFacilities } from './plant-source.ts'
import type { World } from './world.ts'

/** What injecting a fault at some moment leads to first. */
export interface Rehearsed {
  kind: string
  fault: string
  rule: string
  priority: Priority
  /** ms from the fault to its alarm */
  delay: number
  /** The sensor is at fault, not what it measures. */
  isSensorFault: boolean
}

const WARM_UP = minutes(2)
const encoder = new TextEncoder()

/**
 * Tries every fault of every kind, each on a facility of its own, from `at` on for `length` ms of simulated time, down the same
 * road as live messages. Lists the faults whose own alarm came in that time: some show by night only, some take hours.
 */
export async function rehearseFaults(kinds: readonly FacilityKind[], world: World, at: number, length: number): Promise<Rehearsed[]> {
  const cases = kinds.flatMap((kind) =>
    Object.entries(kind.simulation.faults).map(([fault, { raises, needs }], i) => ({ id: `${kind.key}.${i}`, kind, fault, raises, needs })),
  )
  const registrations = cases.map(({ id, kind, needs }) => ({ id, kind: kind.key, ...(needs && { rated: needs }) }))
  const byKey = new Map(kinds.map((kind) => [kind.key, kind]))
  const facilities = simulatedFacilities(registrations, byKey)
  const fleet = new Fleet({ facilities, seed: 'rehearsal', world, start: at - WARM_UP })
  for (const { id, fault } of cases) fleet.inject({ where: byId(id), fault, after: WARM_UP, for: null, size: 1 })
  const messages = fleet.step(at + length).flatMap((report) =>
    encodeMessages([report], 'separate').map(({ topic, payload }) => ({
      topic,
      payload: encoder.encode(payload),
      received: report.sent,
    })),
  )
  const numbered = messages.map((message, i): Message => ({ ...message, position: i + 1 }))
  const result = await replay(numbered, {
    kinds: byKey,
    facilities: registrations,
    until: at + length,
  })
  return cases.flatMap(({ id, kind, fault, raises }) => {
    const first = result.alarms.find((alarm) => alarm.facility === id && alarm.rule === raises[0] && alarm.raised >= at)
    if (!first) return []
    const isSensorFault = result.alarms.some((alarm) => alarm.facility === id && alarm.rule === 'sensor-fault')
    return [{ kind: kind.key, fault, rule: first.rule, priority: first.priority, delay: first.raised - at, isSensorFault }]
  })
}

/** Whether the alarm of a fault says that all a facility feeds has lost its supply. */
export function cutsSupply(kind: Pick<FacilityKind, 'rules'>, rule: string): boolean {
  const deprives = kind.rules.find(({ key }) => key === rule)?.deprives
  return deprives?.of.includes('supply') === true && deprives.circuits === undefined
}

/** A broken sensor shows less than a broken facility. */
const dullness = ({ isSensorFault }: Rehearsed) => (isSensorFault ? 1 : 0)

const order: readonly Priority[] = ['critical', 'high', 'medium', 'low']

/** A few quick faults to begin with: one of each priority, of different kinds as far as there are any. */
export function chooseFirstFaults(rehearsed: readonly Rehearsed[]): Rehearsed[] {
  const chosen: Rehearsed[] = []
  const uses = (kind: string) => chosen.filter((other) => other.kind === kind).length
  // Rare priorities choose first.
  const offers = (priority: Priority) => rehearsed.filter((one) => one.priority === priority)
  for (const priority of [...order].sort((a, b) => offers(a).length - offers(b).length)) {
    const [best] = offers(priority).sort((a, b) => uses(a.kind) - uses(b.kind) || dullness(a) - dullness(b) || a.delay - b.delay)
    if (best) chosen.push(best)
  }
  const kinds = [...new Set(rehearsed.map(({ kind }) => kind))].filter((kind) => uses(kind) === 0)
  for (const kind of kinds) chosen.push(rehearsed.filter((one) => one.kind === kind).sort((a, b) => a.delay - b.delay)[0] as Rehearsed)
  return chosen
}
