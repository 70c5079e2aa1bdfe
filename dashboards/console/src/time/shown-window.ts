import { computed, signal } from '@preact/signals'
import { serverNow } from '../live/live.ts'
import { query, setQueries } from '../shell/router.ts'
import { addressOf, fixed, panned, sameWindow, type TimeWindow, windowOf, zoomed } from './time-window.ts'

const HOUR = 3_600_000
/** Moves closer together are one step of the back button, ms. */
const ONE_STEP = 1000

/** What a page shows while the address says nothing; a page may set its own. */
export const standardLength = signal(HOUR)

/** The time that all plots of a page show, as it stands in the address. */
export const timeWindow = computed(() => windowOf(query.value, standardLength.value))

const timeNames = ['span', 'from', 'to'] as const

/** A path of the console with the time that stands in the address, where one does. */
export function withTime(path: string): string {
  const kept = new URLSearchParams(timeNames.flatMap((name) => (query.value.has(name) ? [[name, query.value.get(name) as string]] : [])))
  return kept.size > 0 ? `${path}${path.includes('?') ? '&' : '?'}${kept}` : path
}

/** The windows that were zoomed into, each with the one before. */
let zooms: readonly { before: TimeWindow; after: TimeWindow }[] = []
let movedAt = Number.NEGATIVE_INFINITY

/** Shows a window; a step of the back button of its own, or (`replace`) in place of the present one. */
export function showWindow(next: TimeWindow, replace = false): void {
  if (!sameWindow(next, timeWindow.peek())) setQueries(addressOf(next), replace)
}

/** A held key moves through many windows, which are one step of the back button. */
function move(next: TimeWindow): void {
  const at = performance.now()
  showWindow(next, at - movedAt < ONE_STEP)
  movedAt = at
}

export const pan = (by: 1 | -1): void => move(panned(timeWindow.peek(), by, serverNow.peek()))
export const zoom = (by: number): void => move(zoomed(timeWindow.peek(), by, serverNow.peek()))
export const goLive = (): void => showWindow({ length: timeWindow.peek().length, end: null })

/** Shows only a part of what is shown, from which `zoomBack` leads out again. */
export function zoomInto(from: number, to: number): void {
  const [before, after] = [timeWindow.peek(), fixed(from, to)]
  zooms = [...zooms, { before, after }]
  showWindow(after)
}

export const mayZoomBack = (): boolean => {
  const last = zooms.at(-1)
  return last !== undefined && sameWindow(last.after, timeWindow.peek())
}

/** Back to what was shown before the last part was zoomed into; nothing where the window has been changed otherwise since. */
export function zoomBack(): void {
  const last = zooms.at(-1)
  if (!last || !mayZoomBack()) return
  zooms = zooms.slice(0, -1)
  showWindow(last.before)
}
