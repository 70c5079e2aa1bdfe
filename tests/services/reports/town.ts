import type { Alarm } from '../../../src/alarms/alarm.ts'
import type { OrderNotice } from '../../../src/dispatch/order-notice.ts'
import type { NewNotice } from '../../../src/edges/notify/notifier.ts'
import type { ReportInput } from '../../../src/edges/reports.ts'
import { Plant } from '../../../src/facilities/plant.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import type { LampFinding } from '../../../src/operations/lamp-on-rate.ts'
import { OrderDesk } from '../../../src/services/dispatch/order-desk.ts'
import { type OrderServiceParts, orderServices } from '../../../src/services/dispatch/order-services.ts'
import type { RepairProofs } from '../../../src/services/dispatch/repair-proof.ts'
import { type ReportServiceParts, reportServices } from '../../../src/services/reports/report-services.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

export const HOUR = 3_600_000
export const lamps = ['SL-1', 'SL-2', 'SL-3', 'SL-4']

/** Two circuits of two lamps; a clock, findings and alarms that the test sets. */
export function startTown() {
  const state = openStateStore(':memory:')
  const plant = new Plant()
  lamps.forEach((id, number) => {
    plant.put({
      ...{ id, number, kind: streetLight, name: id, nameEn: '', district: 'North', road: 'R', roadClass: null, keyArea: false, owner: '' },
      ...{
        position: [121 + number / 1e4, 31],
        fedBy: 'LC-1',
        circuit: number < 2 ? 1 : 2,
        gateway: null,
        labels: {},
        rated: {},
        mode: 'auto',
      },
    })
  })
  const clock = { now: Date.parse('2026-11-24T10:00+08:00') }
  const findings = new Map<string, LampFinding>()
  const alarms: Alarm[] = []
  const notices: OrderNotice[] = []
  /** What the desk was told besides. */
  const told: NewNotice[] = []
  const parts = {
    ...{ state, plant, now: () => clock.now, utcOffset: () => 8 * HOUR, kinds: new Map(), schedule: () => () => {} },
    register: {
      of: (id: string) => alarms.filter(({ facility }) => facility === id),
      get: (id: number) => alarms.find((alarm) => alarm.id === id),
      live: () => alarms,
    },
    notifying: { notifier: { keep: (notice: NewNotice) => ({ begin: () => void told.push(notice) }) } },
    ...{ pipeline: { cutOffBy: () => undefined }, detector: { state: () => undefined } },
    onTrouble(error: unknown) {
      throw error
    },
  }
  const deskParts = parts as unknown as ConstructorParameters<typeof OrderDesk>[0]
  const desk = new OrderDesk(deskParts)
  desk.book.onChange((change) => void notices.push(...change.notices))
  const lampOnRates: ReportServiceParts['lampOnRates'] = {
    ofLamps: (facilities) =>
      ({ findings: [...facilities].map((one) => [one, findings.get(one.id) ?? 'unknown']) }) as ReturnType<
        ReportServiceParts['lampOnRates']['ofLamps']
      >,
  }
  const reportsBy = (of: OrderDesk) => reportServices(of, { ...parts, lampOnRates } as unknown as ReportServiceParts)
  const reports = reportsBy(desk)
  const orders = orderServices(desk, parts as unknown as OrderServiceParts)
  let made = 0
  return {
    ...{ state, clock, desk, reports, orders, findings, alarms, notices, told, plant },
    pass(ms: number) {
      clock.now += ms
    },
    /** What a program that is started anew makes of the same store. */
    restart: () => reportsBy(new OrderDesk(deskParts)),
    /** Of lamps that were heard long ago. */
    proofParts: { ...deskParts, detector: { state: () => ({ lastReport: 0 }) } } as unknown as ConstructorParameters<
      typeof RepairProofs
    >[0],
    /** From the page, or taken down by `by`. */
    report: (more: Partial<ReportInput> = {}, by: string | null = null) =>
      reports.take(
        {
          ...{
            madeId: `made-by-a-page-${++made}`,
            kind: 'dark',
            code: 'SL-1',
            position: null,
            words: 'since Monday',
            contact: '13800000000',
          },
          ...{ language: 'zh', callerWaits: false },
          ...more,
        },
        by,
      ),
  }
}
export type Town = ReturnType<typeof startTown>
