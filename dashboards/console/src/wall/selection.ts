import { computed, effect, signal } from '@preact/signals'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { ApiProblem, getAlarm } from '../live/api.ts'
import { alarms, facilityById, kinds, live } from '../live/live.ts'
import { navigate, pathname } from '../shell/router.ts'
import { type AlarmFilter, compareAlarms, isListed, matches, noFilter } from './alarm-order.ts'

export const filter = signal<AlarmFilter>(noFilter)

export const standing = computed(() => [...alarms.value.values()].filter(isListed))
export const shelved = computed(() => [...alarms.value.values()].filter((alarm) => !isListed(alarm)))

const isUrgent = ({ priority }: AlarmView) => priority === 'critical' || priority === 'high'
/** Somebody wants to see all alarms of a flood; asked anew in the next one. */
export const showsAllInFlood = signal(false)
effect(() => {
  if (!live.value.flood) showsAllInFlood.value = false
})
/** In a flood only the urgent ones are listed and the others counted, unless somebody asks for them or for a priority. */
export const isCollapsed = computed(() => live.value.flood && !showsAllInFlood.value && filter.value.priority === null)
export const lessUrgent = computed(() => standing.value.filter((alarm) => !isUrgent(alarm)))

/** What the list shows, in its order. */
export const rows = computed(() => {
  const context = { kinds: kinds.value, facilities: facilityById.value }
  const chosen = isCollapsed.value ? selectedId.value : null
  const isLeft = (alarm: AlarmView) => !isCollapsed.value || isUrgent(alarm) || alarm.id === chosen
  return standing.value.filter((alarm) => isLeft(alarm) && matches(alarm, filter.value, context)).sort(compareAlarms)
})

/** The alarm of the address `/alarms/:id`. */
export const selectedId = computed(() => {
  const found = /^\/alarms\/(\d+)$/.exec(pathname.value)
  return found ? Number(found[1]) : null
})

/** An alarm of the address that is not live any more. */
const ended = signal<AlarmView | null>(null)
export const missing = signal(false)
export const selected = computed(() => {
  const id = selectedId.value
  if (id === null) return null
  return alarms.value.get(id) ?? (ended.value?.id === id ? ended.value : null)
})

/** Fetches an alarm that is not among the live ones. */
export async function fetchEnded(id: number): Promise<void> {
  missing.value = false
  try {
    ended.value = await getAlarm(id)
  } catch (problem) {
    missing.value = problem instanceof ApiProblem && problem.status === 404
  }
}

/** What the detail shows: the selected alarm, or the most urgent one while none is selected. */
export const shown = computed(() => (selectedId.value === null ? (rows.value[0] ?? null) : selected.value))

/** The page that lists alarms, limited as the wall is. */
export function listPath({ text, domain, priority }: AlarmFilter): string {
  const given = Object.entries({ q: text, domain, priority }).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length > 0 ? `/alarms?${new URLSearchParams(given)}` : '/alarms'
}

export const alarmPath = (id: number): string => `/alarms/${id}`

/** `step` rows down (negative: up) from the selected one; the back button leads out of the list, not through it. */
export function selectStep(step: number): void {
  const list = rows.peek()
  if (list.length === 0) return
  const here = list.findIndex(({ id }) => id === selectedId.peek())
  const next = list[here < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, here + step))]
  if (next) navigate(alarmPath(next.id), selectedId.peek() !== null)
}

export const noFilterSet = ({ text, domain, priority }: AlarmFilter): boolean => !text && !domain && !priority
