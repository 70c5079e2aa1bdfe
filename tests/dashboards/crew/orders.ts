import type { ActionEntry, CheckInEntry, NewEntry, PhotoEntry } from '../../../dashboards/crew/src/order/outbox.ts'
import type { CrewAction } from '../../../src/dispatch/crew-action.ts'
import { newOrder, type Order } from '../../../src/dispatch/order.ts'
import type { OrderDetailView, OrderView } from '../../../src/edges/http/order-schemas.ts'

/** An order as the server tells it, offered to crew A. */
export const orderView = (more: Partial<Order> = {}): OrderView => {
  const { group: _, ...made } = newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '灯灭', en: 'Lamp out' }, facilities: ['SL-1'], alarms: [], reports: [] },
    ...{ group: 'g', district: 'North', domain: 'lighting', keyArea: false, created: 1000, createdBy: 'rule' },
    ...{ arriveBy: 2000, repairBy: 3000 },
  })
  const offer = { crews: ['A'], at: 1000, until: 9000, step: 0 }
  return { ...made, ...{ id: 1, state: 'dispatched', offer }, ...more, elsewhere: 0, measures: null } as unknown as OrderView
}

export const detail = (order: OrderView): OrderDetailView => ({
  ...{ order, facilities: [], alarms: [], reports: [], photos: [], log: { items: [], next: null } },
})

type Body = CrewAction extends infer T ? (T extends CrewAction ? Omit<T, 'id' | 'order' | 'at'> : never) : never
const base = (more: Partial<NewEntry>) => ({ account: 'eva', crew: 'A', refused: null, ...more })

export const did = (seq: number, body: Body, more: Partial<NewEntry> & { order?: number } = {}): ActionEntry => {
  const { order = 1, ...rest } = more
  return {
    ...base(rest),
    seq,
    type: 'action',
    action: { id: `action-${seq}`, order, at: 1000 + seq, ...body } as CrewAction,
  } as ActionEntry
}

export const photo = (seq: number, more: Partial<NewEntry> = {}): PhotoEntry =>
  ({ ...base(more), seq, type: 'photo', photo: `photo-${seq}`, order: 1, at: 1000 + seq }) as PhotoEntry

export const visited = (seq: number, stop = 's', more: Partial<CheckInEntry> = {}): CheckInEntry => ({
  ...{ account: 'eva', crew: '', refused: null, seq, type: 'check-in', name: stop },
  checkIn: { id: `check-in-${seq}`, round: 1, stop, at: 1000 + seq, code: null, place: null, readings: [], note: '' },
  ...more,
})
