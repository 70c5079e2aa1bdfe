import { computed, signal } from '@preact/signals'
import { alarmFilterNames, noAlarmFilter } from '../../../../src/alarms/alarm-filter.ts'
import type { KeptViewsView } from '../../../../src/edges/http/routes/kept-views.ts'
import { explain } from '../shell/notice.tsx'
import { query, setQueries } from '../shell/router.ts'
import { emptyList, type ListState, readList, saysList, searchOf, writeList } from './list-state.ts'
import { type AlarmListView, getViews } from './views-api.ts'

/** Null until they are there. */
export const views = signal<KeptViewsView | null>(null)
export const viewsProblem = signal('')

export async function loadViews(): Promise<void> {
  try {
    views.value = await getViews()
    viewsProblem.value = ''
  } catch (problem) {
    viewsProblem.value = explain(problem)
  }
}

const viewId = computed(() => Number(query.value.get('view')) || null)
/** The view of the address; undefined while views are not there, null where there is none such. */
export const view = computed<AlarmListView | null | undefined>(() => {
  if (viewId.value === null) return null
  if (!views.value) return undefined
  return views.value.items.find(({ id }) => id === viewId.value) ?? null
})
/** The address names a view that is not to be found. */
export const isViewMissing = computed(() => viewId.value !== null && view.value === null)

/** What the list shows: what the address says, else its view. */
export const list = computed<ListState>(() =>
  readList(view.value && !saysList(query.value) ? new URLSearchParams(view.value.search) : query.value),
)
export const isViewChanged = computed(
  () => Boolean(view.value) && searchOf(list.value) !== searchOf(readList(new URLSearchParams(view.value?.search))),
)

/** Changes what the list shows. A view of the address stays as what it began with, unless nothing is left to say. */
export function changeList(change: Partial<ListState>, replace = false): void {
  const next = writeList({ ...list.peek(), ...change })
  const isPlain = Object.values(next).every((value) => value === null)
  setQueries({ ...next, ...(isPlain && { view: null }), alarm: null }, replace)
}

export const changeFilter = (change: Partial<ListState['filter']>, replace = false): void =>
  changeList({ filter: { ...list.peek().filter, ...change } }, replace)

export const clearFilter = (): void => changeList({ filter: noAlarmFilter, from: null, to: null })

/** Shows a view as it is kept, or the list without any. */
export function showView(id: number | null, replace = false): void {
  const nothing = Object.fromEntries([...alarmFilterNames, ...Object.keys(writeList(emptyList))].map((name) => [name, null]))
  setQueries({ ...nothing, alarm: null, view: id === null ? null : String(id) }, replace)
}

export const currentId = computed(() => Number(query.value.get('alarm')) || null)
export const setCurrent = (id: number | null): void => setQueries({ alarm: id === null ? null : String(id) }, true)
