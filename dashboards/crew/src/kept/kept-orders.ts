import type { CrewOrdersView, OrderDetailView } from '../../../../src/edges/http/order-schemas.ts'
import type { RoundDetailView } from '../../../../src/edges/http/round-schemas.ts'
import { change, isFull, read, result } from './database.ts'

/** What the server told last, so that it is there without a network. */
export interface KeptOrders {
  account: string
  crews: CrewOrdersView['crews']
  orders: readonly OrderDetailView[]
  done: readonly OrderDetailView[]
  /** That somebody may walk, open or to come; absent in what an older page kept. */
  rounds?: readonly RoundDetailView[]
  /** When it was told, ms by the server's clock. */
  at: number
  /** Server clock minus this phone's, ms. */
  offset: number
  timeZone: string
}

const ORDERS = 'orders'

export const keptOrders = (): Promise<KeptOrders | undefined> =>
  read(['values'], (store) => result(store('values').get(ORDERS) as IDBRequest<KeptOrders | undefined>))

/** Pictures that were sent make way where there is no room. Throws a `QuotaExceededError` when that is not enough. */
export async function keepOrders(orders: KeptOrders): Promise<void> {
  const keep = () => change(['values'], (store) => result(store('values').put(orders, ORDERS)))
  await keep().catch(async (problem) => {
    if (!isFull(problem)) throw problem
    await tidyPictures(() => false)
    return keep()
  })
}

/** Of what is sent, nothing stays on this phone; what waits does. */
export const forgetOrders = (): Promise<unknown> =>
  change(['values', 'pictures', 'remarks'], async (store) => {
    await result(store('values').delete(ORDERS))
    await result(store('remarks').clear())
    await dropSent(store('pictures'), () => true)
  })

export interface Picture {
  photo: string
  order: number
  at: number
  /** It is with the server too, and only here to be looked at without a network. */
  sent: boolean
  bytes: ArrayBuffer
}

export async function dropSent(pictures: IDBObjectStore, which: (picture: Picture) => boolean): Promise<void> {
  for (const picture of await result(pictures.getAll() as IDBRequest<Picture[]>)) {
    if (picture.sent && which(picture)) await result(pictures.delete(picture.photo))
  }
}

/** Gives up pictures that are sent, of orders that are over or, to make room, of all. */
export const tidyPictures = (isListed: (order: number) => boolean): Promise<void> =>
  change(['pictures'], (store) => dropSent(store('pictures'), ({ order }) => !isListed(order)))

export const picturesOf = async (order: number): Promise<Picture[]> =>
  (await read(['pictures'], (store) => result(store('pictures').getAll() as IDBRequest<Picture[]>))).filter((one) => one.order === order)
