import { isOver, type Order } from '../dispatch/order.ts'
import { DUPLICATE_WINDOW } from '../dispatch/work-group.ts'
import type { Text } from '../telemetry/point.ts'

/** What citizens report. */
export const reportKinds = {
  dark: { zh: '灯不亮', en: 'Lamp is dark' },
  flickering: { zh: '灯闪烁', en: 'Lamp flickers' },
  'by-day': { zh: '白天亮灯', en: 'Lamp burns by day' },
  damaged: { zh: '灯杆或灯具损坏', en: 'Pole or lamp is damaged' },
  'live-part': { zh: '漏电或电线裸露', en: 'Bare wire, or the pole gives shocks' },
  'cabinet-open': { zh: '箱门敞开', en: 'Cabinet stands open' },
  other: { zh: '其他', en: 'Something else' },
} as const satisfies Record<string, Text>
export type ReportKind = keyof typeof reportKinds

/** What can kill is a danger at once, whoever says so. */
export const isDangerous = (kind: ReportKind): boolean => kind === 'live-part' || kind === 'cabinet-open'

/** How a report came in. */
export type ReportSource = 'page' | 'telephone'

/** What somebody saw. `contact` is told to nobody but those who may enter reports. */
export interface CitizenReport {
  id: number
  /** By which whoever reported it looks it up; tells nothing and cannot be guessed. */
  number: string
  at: number
  kind: ReportKind
  source: ReportSource
  /** Account of the operator who took the call; null from the page. */
  enteredBy: string | null
  facility: string | null
  /** WGS84 longitude and latitude, where no facility was named. */
  position: readonly [number, number] | null
  /** Lamps of one group are one repair: see `workGroup`. */
  group: string
  words: string
  contact: string
  /** The first report of the same fault; this one closes with it. */
  duplicateOf: number | null
  order: number | null
  /** When nothing more will come of it, ms; null while something may. */
  closed: number | null
  /** Why it was closed without a repair; empty otherwise. */
  reason: string
}

/** What happens to a report as it comes in. */
export type Intake =
  /** The same fault was reported before: it goes with that report. */
  | { type: 'duplicate'; of: CitizenReport }
  /** There is an order for it: telemetry or somebody else knew. */
  | { type: 'known'; order: Order }
  | { type: 'new' }

/** What becomes of a report at `at`, ms. `earlier` are reports of the same group; `order` is the one a fault of that group would join. */
export function intake(earlier: readonly CitizenReport[], order: Order | null, at: number): Intake {
  const first = earlier
    .filter((one) => one.duplicateOf === null && one.closed === null && at - one.at <= DUPLICATE_WINDOW)
    .sort((a, b) => a.at - b.at || a.id - b.id)[0]
  if (first) return { type: 'duplicate', of: first }
  return order && !isOver(order.state) ? { type: 'known', order } : { type: 'new' }
}

/** How far it is, in steps that a citizen understands. */
export type PublicState = 'received' | 'crew-told' | 'crew-on-the-way' | 'crew-there' | 'repaired' | 'done' | 'not-repaired'

export const publicStates: Readonly<Record<PublicState, Text>> = {
  received: { zh: '已受理', en: 'Received' },
  'crew-told': { zh: '已派单', en: 'A crew has been told' },
  'crew-on-the-way': { zh: '维修人员已出发', en: 'A crew is on its way' },
  'crew-there': { zh: '正在维修', en: 'A crew is working on it' },
  repaired: { zh: '已修复，正在核实', en: 'Repaired, being checked' },
  done: { zh: '已办结', en: 'Done' },
  'not-repaired': { zh: '已结束，未作维修', en: 'Closed without a repair' },
}

const ofOrder: Readonly<Record<Order['state'], PublicState>> = {
  ...{ open: 'received', dispatched: 'crew-told', accepted: 'crew-told', 'on-the-way': 'crew-on-the-way', arrived: 'crew-there' },
  ...{ repairing: 'crew-there', repaired: 'repaired', verified: 'done', closed: 'done', rejected: 'not-repaired', merged: 'received' },
}

/** What whoever knows its number is told: nothing of any person. `order` is the one it went into, after all merging. */
export function publicState(report: Pick<CitizenReport, 'closed' | 'reason'>, order: Order | null): PublicState {
  if (order) return order.state === 'closed' && order.repair === null && report.reason !== '' ? 'not-repaired' : ofOrder[order.state]
  if (report.closed === null) return 'received'
  return report.reason === '' ? 'done' : 'not-repaired'
}

/** Letters and digits that are not taken for each other when read aloud or written by hand. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 10

/** A number such as K7Q2M-9XRT4 from random bytes, at least ten: 31 to the power of 10 possible ones, so that guessing finds none. */
export function reportNumber(random: Uint8Array): string {
  const letters = Array.from({ length: LENGTH }, (_, i) => ALPHABET[(random[i] as number) % ALPHABET.length])
  return `${letters.slice(0, 5).join('')}-${letters.slice(5).join('')}`
}

/** A number as somebody has typed it; null when it cannot be one. */
export function readReportNumber(text: string): string | null {
  const plain = text.toUpperCase().replace(/[\s-]/g, '')
  const isNumber = plain.length === LENGTH && [...plain].every((letter) => ALPHABET.includes(letter))
  return isNumber ? `${plain.slice(0, 5)}-${plain.slice(5)}` : null
}
