import { signal } from '@preact/signals'

const read = () => new URL(location.href)
/** What the address bar shows; it holds the state of the page. */
export const address = signal(read())

export function go(to: string): void {
  history.pushState(null, '', to)
  address.value = read()
  scrollTo(0, 0)
}

/** Follows the back button, and links within the page without loading it anew. */
export function startAddress(): void {
  addEventListener('popstate', () => {
    address.value = read()
  })
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a')
    const isOwn = link && link.origin === location.origin && /^\/report(\/|$)/.test(link.pathname)
    if (!isOwn || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(link.href)
  })
}
