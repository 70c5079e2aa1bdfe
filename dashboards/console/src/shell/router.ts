import { computed, signal } from '@preact/signals'
import { session } from '../live/api.ts'

const address = signal(new URL(location.href))
export const pathname = computed(() => address.value.pathname)
export const query = computed(() => address.value.searchParams)
export const inKiosk = computed(() => query.value.get('kiosk') === '1')
/** A wall account has nothing but the wall. */
export const kiosk = computed(() => inKiosk.value || session.value?.role === 'wall')

/** Goes to a page of the console; `replace` leaves no entry behind for the back button. */
export function navigate(to: string, replace = false): void {
  const next = new URL(to, location.href)
  if (inKiosk.peek() && !next.searchParams.has('kiosk')) next.searchParams.set('kiosk', '1')
  if (next.href === address.peek().href) return
  history[replace ? 'replaceState' : 'pushState'](null, '', next)
  address.value = next
}

/** Changes one search parameter in place; null removes it. */
export const setQuery = (name: string, value: string | null, replace = true): void => setQueries({ [name]: value }, replace)

/** Changes search parameters in place; null removes one. */
export function setQueries(values: Record<string, string | null>, replace = true): void {
  const next = new URL(address.peek())
  for (const [name, value] of Object.entries(values)) {
    if (value === null) next.searchParams.delete(name)
    else next.searchParams.set(name, value)
  }
  history[replace ? 'replaceState' : 'pushState'](null, '', next)
  address.value = next
}

export const toggleKiosk = (): void => {
  const on = !inKiosk.peek()
  setQuery('kiosk', on ? '1' : null)
  if (on) void document.documentElement.requestFullscreen?.().catch(() => undefined)
  else if (document.fullscreenElement) void document.exitFullscreen()
}

/** Links of the console change the page without loading it anew. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    address.value = new URL(location.href)
  })
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const anchor = (event.target as Element).closest?.('a')
    const to = anchor?.getAttribute('href')
    if (!to?.startsWith('/') || to.startsWith('/api') || anchor?.target) return
    event.preventDefault()
    navigate(to)
  })
}
