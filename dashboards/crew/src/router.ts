import { signal } from '@preact/signals'

const HOME = '/crew/'
const here = () => (location.pathname === '/crew' ? HOME : location.pathname)
export const path = signal(here())

export const orderPath = (order: number): string => `${HOME}orders/${order}`
export const settingsPath = `${HOME}settings`
export const roundsPath = `${HOME}rounds`
export const isRoundsPath = (): boolean => /^\/crew\/(rounds|at)(\/|$)/.test(path.value)
/** The order whose page is shown. */
export const shownOrder = (): number | null => {
  const found = /^\/crew\/orders\/(\d+)$/.exec(path.value)
  return found ? Number(found[1]) : null
}

export function navigate(to: string): void {
  if (to === path.peek()) return
  history.pushState(null, '', to)
  path.value = to
  scrollTo(0, 0)
}
export const goHome = (): void => navigate(HOME)

/** Links of this page change it without loading it anew. */
export function startRouter(): void {
  // The scope of the service worker ends with a slash.
  if (location.pathname === '/crew') history.replaceState(null, '', HOME)
  addEventListener('popstate', () => {
    path.value = here()
  })
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const to = (event.target as Element).closest?.('a')?.getAttribute('href')
    if (!to?.startsWith(HOME)) return
    event.preventDefault()
    navigate(to)
  })
}
