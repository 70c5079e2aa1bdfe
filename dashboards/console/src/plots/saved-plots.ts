import { signal } from '@preact/signals'
import type { KeptViewsView, KeptViewView } from '../../../../src/edges/http/routes/kept-views.ts'
import { get, request } from '../live/api.ts'

/** Plots that were put together and kept under a name, one's own and those that others share. */
export const savedPlots = signal<readonly KeptViewView[]>([])

export async function recallSaved(): Promise<void> {
  savedPlots.value = (await get<KeptViewsView>('/api/views?page=plots')).items
}

/** Keeps what stands in the address behind the question mark, in place of one's own of the same name. */
export async function savePlots(name: string, search: string): Promise<void> {
  await recallSaved()
  const before = savedPlots.peek().find((one) => one.isOwn && one.name === name)
  if (before) await request('PUT', `/api/views/${before.id}`, { name, shared: before.shared, search })
  else await request('POST', '/api/views', { name, shared: false, search, page: 'plots' })
  await recallSaved()
}

export async function removeSaved(id: number): Promise<void> {
  await request('DELETE', `/api/views/${id}`)
  await recallSaved()
}
