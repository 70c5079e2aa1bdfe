import type {
  OrderCandidatesView,
  OrderDetailView,
  OrderFiguresView,
  OrderQueueView,
  OrderView,
} from '../../../../src/edges/http/order-schemas.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { get, request } from '../live/api.ts'

interface OrderPage {
  items: OrderView[]
  next: number | null
}

export const getOrders = (query: Record<string, string | number | undefined>) => get<OrderPage>('/api/orders', query)
export const getOrder = (order: number, before?: number) => get<OrderDetailView>(`/api/orders/${order}`, { before })
export const getOrderFigures = (from: number, to: number) => get<OrderFiguresView>('/api/order-figures', { from, to })
export const getQueue = () => get<OrderQueueView>('/api/order-queue', { limit: 500 })
export const makeOrder = (body: { alarms: readonly number[]; class: OrderView['class']; note: string }) =>
  request<OrderView>('POST', '/api/orders', body)
/** Done with the order as it was seen. */
export const stepOrder = ({ id, version }: Pick<OrderView, 'id' | 'version'>, step: string, body: object) =>
  request<OrderView>('POST', `/api/orders/${id}/${step}`, step === 'note' ? body : { version, ...body })

export const getCandidates = (order: number) => get<OrderCandidatesView>(`/api/orders/${order}/crews`)
/** By id; crews that were disabled too. */
export const getCrewNames = async () => new Map((await get<RosterView>('/api/roster')).crews.map(({ id, name }) => [id, name]))
