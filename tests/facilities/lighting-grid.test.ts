import { beforeAll, describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { byId } from '../../simulators/fault-arguments.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { encodeMessages } from '../../simulators/messages.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import type { Registration } from '../../src/facilities/registration.ts'
import { replay } from '../../src/replay.ts'
import { days, hours } from '../../src/telemetry/duration.ts'
import type { Message } from '../../src/telemetry/message.ts'

/** A cabinet with six circuits of eight lamps, which report through it. */
const CIRCUITS = 6
const LAMPS = 8
const north = (metres: number): [number, number] => [CITY_CENTRE[0], CITY_CENTRE[1] + metres / 111_320]
const cabinet: Registration = { id: 'LC', kind: 'light-cabinet', position: north(0) }
const lamps = Array.from({ length: CIRCUITS * LAMPS }, (_, i): Registration => {
  const circuit = (i % CIRCUITS) + 1
  const place = Math.floor(i / CIRCUITS) + 1
  return { id: `L${circuit}-${place}`, kind: 'street-light', fedBy: 'LC', gateway: 'LC', circuit, position: north(30 * place) }
})
/** A neighbour, so that the city does not fall silent as a whole: that would be nobody's silence. */
const neighbour: Registration = { id: 'LC-2', kind: 'light-cabinet', position: north(-900) }
const registrations = [cabinet, neighbour, ...lamps]
/** Noon by the city's clock. */
const NOON = Date.parse('2026-11-20T12:00:00+08:00')
const world = createWorld({ position: CITY_CENTRE, seed: 'grid' })
const encoder = new TextEncoder()

const fleetFrom = (start: number) => new Fleet({ facilities: simulatedFacilities(registrations, kindByKey), seed: 'grid', world, start })

interface Injection {
  facility: string
  fault: string
  after: number
  lasts?: number
  size?: number
}

/** Runs for `length` ms from noon and returns the alarms down the whole road: "facility rule", in brackets when another one explains it. */
async function run(length: number, injections: readonly Injection[] = []): Promise<string[]> {
  const fleet = fleetFrom(NOON)
  for (const { facility, fault, after, lasts = hours(1), size = 1 } of injections)
    fleet.inject({ where: byId(facility), fault, after, for: lasts, size })
  const messages = fleet.step(NOON + length).flatMap((report) =>
    encodeMessages([report], 'separate').map(({ topic, payload }) => ({
      topic,
      payload: encoder.encode(payload),
      received: report.sent,
    })),
  )
  const seen = new Map<string, boolean>()
  await replay(
    messages.map((message, i): Message => ({ ...message, position: i + 1 })),
    {
      kinds: kindByKey,
      facilities: registrations,
      until: NOON + length,
      onChange: (change) => {
        for (const { facility, rule, suppressed, active } of change.alarms) {
          if (!active) continue
          const key = `${facility} ${rule}`
          // One that bothered somebody for a moment has bothered somebody.
          seen.set(key, (seen.get(key) ?? false) || suppressed === null)
        }
      },
    },
  )
  return [...seen].map(([key, isShown]) => (isShown ? key : `(${key})`)).sort()
}

const shown = (alarms: readonly string[]) => alarms.filter((alarm) => !alarm.startsWith('('))

describe('electricity', () => {
  const fleet = fleetFrom(NOON)
  const latest = new Map<string, Record<string, unknown>>()
  const reportsByDay = new Set<string>()
  beforeAll(() => {
    for (const { facility } of fleet.step(NOON + hours(3))) reportsByDay.add(facility.id)
    // Nine in the evening: all lit at full light and warmed up.
    for (const { facility, values } of fleet.step(NOON + hours(9))) latest.set(facility.id, values)
  })
  const value = (id: string, point: string) => latest.get(id)![point] as number

  test('lamps on a switched circuit say nothing by day', () => {
    expect([...reportsByDay].sort()).toEqual(['LC', 'LC-2'])
  })

  test('a circuit carries what its lamps draw, a phase what its circuits carry', () => {
    for (let circuit = 1; circuit <= CIRCUITS; circuit++) {
      const sum = lamps.filter((lamp) => lamp.circuit === circuit).reduce((amps, { id }) => amps + value(id, 'current'), 0)
      expect(value('LC', `circuit-${circuit}-current`) / sum).toBeCloseTo(1, 1)
    }
    const phaseA = value('LC', 'circuit-1-current') + value('LC', 'circuit-4-current')
    expect(value('LC', 'current-a')).toBeCloseTo(phaseA, 0)
    const power = ['a', 'b', 'c'].reduce((sum, p) => sum + value('LC', `voltage-${p}`) * value('LC', `current-${p}`), 0)
    expect(value('LC', 'active-power') / (power * value('LC', 'power-factor'))).toBeCloseTo(1, 1)
  })

  test('the voltage falls along the cable, and drivers make up for it with current', () => {
    const mean = (place: number, point: string) =>
      Array.from({ length: CIRCUITS }, (_, i) => value(`L${i + 1}-${place}`, point)).reduce((a, b) => a + b, 0) / CIRCUITS
    expect(mean(1, 'voltage') - mean(LAMPS, 'voltage')).toBeGreaterThan(0.5)
    expect(mean(1, 'power') / mean(LAMPS, 'power')).toBeCloseTo(1, 1)
  })
})

describe('alarms of a cabinet and its lamps', { timeout: 60_000 }, () => {
  test('two days and nights raise nothing', async () => {
    expect(await run(days(2))).toEqual([])
  })

  const evening = hours(8)
  test.each<[string, Injection, string]>([
    ['a cabinet without mains and battery', { facility: 'LC', fault: 'power-cut', after: evening }, 'LC communication-loss'],
    ['a power cut', { facility: 'LC', fault: 'mains-lost', after: evening }, 'LC mains-lost'],
    ['a dead modem', { facility: 'LC', fault: 'communication-loss', after: evening }, 'LC communication-loss'],
    ['a stolen cable', { facility: 'LC', fault: 'circuit-lost', after: evening }, 'LC open-circuit-1'],
    ['a tripped breaker', { facility: 'LC', fault: 'breaker-tripped', after: evening }, 'LC breaker-tripped-2'],
    ['a contactor that falls off', { facility: 'LC', fault: 'contactor-dead', after: evening }, 'LC contactor-open-3'],
    ['a lost phase', { facility: 'LC', fault: 'phase-loss', after: evening }, 'LC phase-loss-b'],
    ['too much voltage', { facility: 'LC', fault: 'over-voltage', after: evening }, 'LC voltage-high-a'],
    ['too little voltage', { facility: 'LC', fault: 'under-voltage', after: evening }, 'LC voltage-low-a'],
    ['a contactor welded by day', { facility: 'LC', fault: 'contactor-welded', after: hours(1) }, 'LC contactor-welded-3'],
    ['a blown fuse of a lamp', { facility: 'L1-3', fault: 'supply-loss', after: evening, lasts: hours(2) }, 'L1-3 supply-loss'],
    ['a silent lamp', { facility: 'L1-3', fault: 'communication-loss', after: evening, lasts: hours(2) }, 'L1-3 communication-loss'],
    ['a hot lamp', { facility: 'L1-3', fault: 'thermal-derating', after: evening }, 'L1-3 thermal-derating'],
    ['a lamp that goes on and off', { facility: 'L1-3', fault: 'cycling', after: evening }, 'L1-3 cycling'],
    ['a dead lamp', { facility: 'L1-3', fault: 'lamp-failure', after: evening }, 'L1-3 lamp-failure'],
  ])('%s is one alarm', async (_, injection, alarm) => {
    expect(shown(await run(hours(12), [injection]))).toEqual([alarm])
  })

  test('a fifth of the lamps of a circuit out is one alarm after some nights of learning', async () => {
    const out = { facility: 'LC', fault: 'lamps-out', after: days(4) + hours(9), lasts: hours(2), size: 0.2 }
    expect(shown(await run(days(4) + hours(12), [out]))).toEqual(['LC few-lamps-out-1'])
  })

  test('lit by day is one alarm of the cabinet, none of its lamps', async () => {
    const lit = { facility: 'LC', fault: 'day-burner', after: days(4), lasts: hours(2) }
    expect(shown(await run(days(4) + hours(3), [lit]))).toEqual(['LC day-burner'])
  })
})
