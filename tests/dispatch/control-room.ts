import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { Crew } from '../../src/dispatch/crew.ts'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { Order } from '../../src/dispatch/order.ts'
import type { OrderNotice } from '../../src/dispatch/order-notice.ts'
import type { Proof } from '../../src/dispatch/verification.ts'
import type { Orders } from '../../src/edges/orders.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { describeFacilities } from '../../src/facilities/registration.ts'
import { type DeskParts, OrderDesk } from '../../src/services/dispatch/order-desk.ts'
import { type OrderServiceParts, orderServices } from '../../src/services/dispatch/order-services.ts'
import { aLiveAlarm } from '../alarms/fixtures.ts'
import { memoryOrders } from './memory-orders.ts'

export const LAMPS = ['SL-1', 'SL-2', 'SL-3', 'SL-4'] as const
/** Nobody ever hears of it by telemetry. */
export const MUTE = 'SL-5'
export const CABINET = 'LC-1'
export const CREWS = ['A', 'B', 'C'] as const
const START = Date.parse('2026-11-24T10:00+08:00')

/** One cabinet with lamps on two circuits; plants are only read, so that all rooms share it. */
const plant = new Plant()
const lamp = (id: string, circuit: number) => ({ id, kind: 'street-light', fedBy: CABINET, circuit, district: 'North' })
const facilities = [
  { id: CABINET, kind: 'light-cabinet', district: 'North' },
  ...LAMPS.map((id) => lamp(id, id === 'SL-4' ? 2 : 1)),
  lamp(MUTE, 2),
]
for (const [number, { kind, ...description }] of describeFacilities(facilities, plant, kindByKey).entries()) {
  plant.put({ ...description, number, kind: kindByKey.get(kind)! })
}

const crews = CREWS.map(
  (id): Crew => ({
    ...{ id, name: id, districts: 'all', domains: 'all', vehicle: '', members: [`${id}1`, `${id}2`], base: null, disabled: false },
  }),
)
const day = { key: 'day', name: 'Day', from: 0, to: 24 * 60 }
/** C works every other day. */
const rotation = {
  ...{ id: 'r', name: 'Crews', shifts: [day], start: '2026-01-01' },
  teams: CREWS.map((id) => ({ key: id, name: id, crew: id, people: [`${id}1`, `${id}2`] })),
  cycle: { A: ['day', 'day'], B: ['day', 'day'], C: ['day', null] },
}
const people = CREWS.flatMap((id) => [`${id}1`, `${id}2`]).map((account) => ({
  ...{ account, skills: ['electrical'] as const, phone: '', email: '' },
}))

/** The desk with its orders and the services on them, in memory; faults, telemetry and the clock are in hand. */
export function controlRoom() {
  const orders = memoryOrders()
  const alarms = new Map<number, Alarm>()
  const wellSince = new Map<string, number>()
  let now = START
  const notices: OrderNotice[] = []
  let desk: OrderDesk
  let services: Orders

  const liveOf = (facility: string) => [...alarms.values()].filter((alarm) => alarm.facility === facility && alarm.ended === null)
  const activeOf = (facility: string) => liveOf(facility).filter(({ active }) => active)
  const proofOf = (order: Order, facility: string): Proof => {
    const isMute = facility === MUTE
    const faulty = !isMute && activeOf(facility).some(({ id }) => order.alarms.includes(id))
    return {
      facility,
      isMute,
      isFaulty: faulty,
      reported: isMute ? null : now,
      wellSince: isMute || faulty ? null : (wellSince.get(facility) ?? START),
    }
  }
  const parts = {
    plant,
    kinds: kindByKey,
    register: {
      get: (id: number) => (alarms.get(id)?.ended === null ? alarms.get(id) : undefined),
      live: () => [...alarms.values()].filter(({ ended }) => ended === null),
    },
    state: {
      orders,
      alarm: (id: number) => alarms.get(id),
      transaction: <T>(work: () => T) => orders.undoing(work),
      audit: () => {},
      emergencies: { activeAt: () => [] },
      roster: {
        crews: () => crews,
        people: () => people,
        rotations: () => [rotation],
        exceptions: () => [],
        dispatchPolicy: () => usualDispatchPolicy,
      },
    },
    now: () => now,
    utcOffset: () => 8 * 3_600_000,
    schedule: () => () => {},
    onTrouble(error: unknown) {
      throw error
    },
    proofs: { of: (order: Order) => order.facilities.map((facility) => proofOf(order, facility)), keepOnly: () => {} },
  } as unknown as DeskParts & OrderServiceParts

  const open = () => {
    desk = new OrderDesk(parts)
    services = orderServices(desk, parts)
    desk.book.onKeep((change) => void notices.push(...change.notices))
    desk.start()
  }
  open()
  const change = (...changed: Alarm[]) => {
    for (const alarm of changed) alarms.set(alarm.id, alarm)
    desk.take({ alarms: changed } as unknown as Parameters<OrderDesk['take']>[0])
    desk.tick()
  }

  return {
    orders,
    alarms,
    now: () => now,
    services: () => services,
    book: () => desk.book,
    /** What people were told since it was asked last. */
    told: () => notices.splice(0),
    /** The process ends at any moment and starts again. */
    restart: open,
    pass(ms: number) {
      now += ms
      desk.tick()
    },
    create: (given: readonly string[]) =>
      services.create({ facilities: given, class: 'ordinary', title: { zh: '查', en: 'Look' }, note: '' }, WHOLE_CITY, 'Dora'),

    /** Dark, dead or, where it leaks, dangerous; what hangs on a dead cabinet bothers nobody, unless it is dangerous. */
    breaks(facility: string, leaks = false) {
      const rule = leaks ? 'leakage' : facility === CABINET ? 'mains-lost' : 'lamp-failure'
      const known = liveOf(facility).find((alarm) => alarm.rule === rule)
      if (known?.active) return
      wellSince.delete(facility)
      const [cause] = facility === CABINET || leaks ? [] : activeOf(CABINET)
      const explainedBy = (id: number) => ({ cause: 'supply' as const, by: id, since: now, until: null })
      const suppressed = cause ? explainedBy(cause.id) : null
      const alarm = known
        ? { ...known, active: true, activated: now, returned: null, suppressed }
        : aLiveAlarm({
            ...{ id: alarms.size + 1, facility, suppressed, raised: now, activated: now, rule },
            ...(facility === CABINET
              ? { kind: 'light-cabinet', priority: 'high' as const }
              : { kind: 'street-light', priority: leaks ? ('critical' as const) : ('medium' as const) }),
          })
      const hangs = facility === CABINET ? [...LAMPS, MUTE].flatMap(activeOf).filter((one) => one.rule === 'lamp-failure') : []
      change(alarm, ...hangs.map((one) => ({ ...one, suppressed: explainedBy(alarm.id) })))
    },
    /** `ends`: somebody had acknowledged it, so that it leaves the list. */
    heals(facility: string, ends: boolean) {
      const active = activeOf(facility)
      if (active.length === 0) return
      wellSince.set(facility, now)
      const ids = active.map(({ id }) => id)
      const freed = [...alarms.values()].filter(({ suppressed, ended }) => ids.includes(suppressed?.by ?? 0) && ended === null)
      change(
        ...active.map((alarm) => ({ ...alarm, active: false, returned: now, ...(ends && { ended: now }) })),
        ...freed.map((one) => ({ ...one, suppressed: null })),
      )
    },
  }
}

export type ControlRoom = ReturnType<typeof controlRoom>
