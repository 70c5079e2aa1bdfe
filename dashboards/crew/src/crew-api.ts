import type { CommandView, TestAnswerView } from '../../../src/edges/http/command-schemas.ts'
import type { CrewAnswersView, CrewOrdersView, OrderPhotoView } from '../../../src/edges/http/order-schemas.ts'
import type { CheckInAnswersView, CrewRoundsView } from '../../../src/edges/http/round-schemas.ts'
import { get, request } from '../../shared/http.ts'
import type { Session, SignInStep } from '../../shared/session.ts'
import type { Post } from './order/sender.ts'

/** A picture of 300 kB over a weak link, ms. */
const PHOTO_PATIENCE = 90_000

export const getSession = () => get<Session>('/api/session')
export const signIn = (name: string, password: string) => request<SignInStep>('POST', '/api/session', { name, password })
export const sendCode = (pending: string, code: string) => request<Session>('POST', '/api/session/code', { pending, code })
export const signOut = () => request<void>('DELETE', '/api/session')
export const getOrders = () => get<CrewOrdersView>('/api/crew/orders')
export const getRounds = () => get<CrewRoundsView>('/api/crew/rounds')
export const getPushKey = () => get<{ key: string }>('/api/push-key')
export const putSubscription = (body: object) => request<void>('PUT', '/api/own/push-subscription', body)
export const dropSubscription = (endpoint: string) => request<void>('DELETE', '/api/own/push-subscription', { endpoint })

/** A lamp test; its `id` is new for each, and the same again is not done again. */
export interface LampTest {
  id: string
  command: string
  value?: number | undefined
  facilities: readonly string[]
  minutes: number
}
export const testLamps = (order: number, test: LampTest) => request<TestAnswerView>('POST', `/api/crew/orders/${order}/tests`, test)
export const getCommand = (id: string) => get<CommandView>(`/api/commands/${id}`)
export const getTests = (order: number, limit: number) => get<{ items: CommandView[] }>('/api/commands', { order, limit })

export const post: Post = {
  actions: (crew, actions) => request<CrewAnswersView>('POST', '/api/crew/actions', { crew, actions }),
  checkIns: (checkIns) => request<CheckInAnswersView>('POST', '/api/crew/check-ins', { checkIns }),
  photo: ({ photo, order, crew, at }, bytes) =>
    request<OrderPhotoView>(
      'PUT',
      `/api/crew/orders/${order}/photos/${photo}?${new URLSearchParams({ crew, at: String(Math.round(at)) })}`,
      bytes,
      PHOTO_PATIENCE,
    ),
}
