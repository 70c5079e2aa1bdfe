import type { OrderState } from '../../../../src/dispatch/order.ts'
import type { NewEntry, OutboxEntry } from '../order/outbox.ts'
import { afterAnswers } from '../order/pending.ts'
import type { OutboxStore } from '../order/sender.ts'
import { change, isFull, read, result, StorageFull } from './database.ts'
import { dropSent, type KeptOrders, type Picture } from './kept-orders.ts'

/** An action that moved nothing, until somebody has read why. */
export interface Remark {
  seq: number
  account: string
  order: number
  crew: string
  action: string
  at: number
  state: OrderState | null
  holder: string | null
}

export const outboxEntries = (): Promise<OutboxEntry[]> =>
  read(['outbox'], (store) => result(store('outbox').getAll() as IDBRequest<OutboxEntry[]>))

export const remarks = (): Promise<Remark[]> => read(['remarks'], (store) => result(store('remarks').getAll() as IDBRequest<Remark[]>))

export const dropRemark = (seq: number): Promise<unknown> => change(['remarks'], (store) => result(store('remarks').delete(seq)))

/** Keeps what somebody did; it is on the phone's disk when this resolves. Throws `StorageFull`. */
export async function keepEntry(entry: NewEntry, bytes?: ArrayBuffer): Promise<void> {
  const keep = (makeRoom: boolean) =>
    change(['outbox', 'pictures'], async (store) => {
      if (makeRoom) await dropSent(store('pictures'), () => true)
      if (bytes && entry.type === 'photo') {
        const { photo, order, at } = entry
        await result(store('pictures').put({ photo, order, at, sent: false, bytes } satisfies Picture))
      }
      await result(store('outbox').add(entry))
    })
  try {
    await keep(false)
  } catch (problem) {
    if (!isFull(problem)) throw problem
    await keep(true).catch((again) => {
      throw isFull(again) ? new StorageFull() : again
    })
  }
}

/** Sends what was refused once more, or gives it up; both because somebody said so. */
export const retryEntry = (entry: OutboxEntry): Promise<unknown> =>
  change(['outbox'], (store) => result(store('outbox').put({ ...entry, refused: null })))
export const giveUpEntry = (entry: OutboxEntry): Promise<void> =>
  change(['outbox', 'pictures'], async (store) => {
    await result(store('outbox').delete(entry.seq))
    if (entry.type === 'photo') await result(store('pictures').delete(entry.photo))
  })

/** The outbox of this phone, for `sendWaiting`. `now` is our time, ms. */
export const keptOutbox = (now: () => number): OutboxStore => ({
  entries: outboxEntries,
  async picture(photo) {
    const found = await read(['pictures'], (store) => result(store('pictures').get(photo) as IDBRequest<Picture | undefined>))
    return found && new Blob([found.bytes], { type: 'image/jpeg' })
  },
  settle: (sent) =>
    change(['outbox', 'pictures', 'remarks', 'values'], async (store) => {
      for (const { entry, answer } of sent) {
        await result(store('outbox').delete(entry.seq))
        if (entry.type === 'photo') {
          const picture = await result(store('pictures').get(entry.photo) as IDBRequest<Picture | undefined>)
          if (picture) await result(store('pictures').put({ ...picture, sent: true }))
        } else if (entry.type === 'action' && answer?.outcome === 'kept') {
          const { account, crew, action } = entry
          const remark: Omit<Remark, 'seq'> = {
            ...{ account, crew, order: action.order, action: action.type, at: action.at },
            ...{ state: answer.state, holder: answer.holder },
          }
          await result(store('remarks').add(remark))
        }
      }
      // What counts now is shown as it will be told, so that nothing jumps back until it is.
      const kept = await result(store('values').get('orders') as IDBRequest<KeptOrders | undefined>)
      if (!kept) return
      const orders = kept.orders.map((detail) => ({ ...detail, order: afterAnswers(detail.order, sent, now()) }))
      await result(store('values').put({ ...kept, orders }, 'orders'))
    }),
  refuse: (seq, words) =>
    change(['outbox'], async (store) => {
      const entry = await result(store('outbox').get(seq) as IDBRequest<OutboxEntry | undefined>)
      if (entry) await result(store('outbox').put({ ...entry, refused: words }))
    }),
})
