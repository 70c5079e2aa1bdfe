import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../../src/alarms/alarm.ts'
import { Detector } from '../../../src/detection/detector.ts'
import { newOrder, type Order } from '../../../src/dispatch/order.ts'
import { kindByKey } from '../../../src/facilities/index.ts'
import { Plant } from '../../../src/facilities/plant.ts'
import { describeFacilities } from '../../../src/facilities/registration.ts'
import { RepairProofs } from '../../../src/services/dispatch/repair-proof.ts'
import { aLiveAlarm } from '../../alarms/fixtures.ts'

const HOUR = 3_600_000
/** 10 h by day; lamps burn from 18 h to 6 h. */
const DAY = Date.parse('2026-11-24T10:00Z')
const isNight = (at: number) => new Date(at).getUTCHours() >= 18 || new Date(at).getUTCHours() < 6

/** A cabinet and a lamp on its circuit, both heard after the repair and free of faults. */
function proofOf(id: 'LC-1' | 'SL-1', raised: number, at: number) {
  const plant = new Plant()
  const detector = new Detector({ programme: (_, time) => ({ level: isNight(time) ? 1 : 0, from: time - HOUR, until: time + HOUR }) })
  const facilities = [
    { id: 'LC-1', kind: 'light-cabinet' },
    { id: 'SL-1', kind: 'street-light', fedBy: 'LC-1', circuit: 1 },
  ]
  for (const [number, { kind, ...description }] of describeFacilities(facilities, plant, kindByKey).entries()) {
    const facility = { ...description, number, kind: kindByKey.get(kind)! }
    plant.put(facility)
    detector.put(facility)
    Object.assign(detector.state(number)!, { lastReport: at, lastHeard: at, lastReceived: at })
  }
  const alarm = aLiveAlarm({ id: 7, facility: id, active: false, raised, ended: raised + HOUR })
  const proofs = new RepairProofs({
    ...{ plant, detector, now: () => at },
    register: { get: () => undefined, of: () => [] },
    state: { alarm: (): Alarm => alarm },
  } as unknown as ConstructorParameters<typeof RepairProofs>[0])
  const order: Order = {
    ...newOrder({
      ...{
        origin: 'alarm',
        class: 'severe',
        title: { zh: '', en: '' },
        facilities: [id],
        alarms: [7],
        reports: [],
        group: 'g',
        district: '',
      },
      ...{ domain: 'lighting', keyArea: false, created: raised, createdBy: 'rule', arriveBy: at, repairBy: at },
    }),
    repair: { at: at - HOUR, by: 'Eva', cause: '', minutes: 1, parts: [] },
  }
  return proofs.of(order, at)[0]!.wellSince
}

describe('telemetry bears a repair out', () => {
  test('of a cabinet whose fault came by day by day too: its mains are seen whatever its lamps do', () => {
    expect(proofOf('LC-1', DAY - 2 * HOUR, DAY)).toBe(DAY)
  })

  test('of one whose fault came by night only by night', () => {
    expect(proofOf('LC-1', DAY - 8 * HOUR, DAY)).toBeNull()
    expect(proofOf('LC-1', DAY - 8 * HOUR, DAY + 9 * HOUR)).toBe(DAY + 9 * HOUR)
  })

  test('of a lamp on a circuit not while that is off', () => {
    expect(proofOf('SL-1', DAY - 2 * HOUR, DAY)).toBeNull()
  })
})
