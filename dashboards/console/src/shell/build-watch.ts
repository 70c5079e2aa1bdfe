import { effect, signal } from '@preact/signals'
import { link } from '../live/live.ts'

/** How often a page that stays open looks whether the server has another build, ms. */
const EVERY = 600_000

/** The server gives out another build of the console than this one. */
export const isOutdated = signal(false)

/** The names of built files hold a hash of their content: a page that does not name this script is another build. */
async function look(): Promise<void> {
  const own = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.getAttribute('src')
  if (!own) return
  try {
    const answer = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' })
    if (answer.ok) isOutdated.value = !(await answer.text()).includes(own)
  } catch {
    // Not there just now; the next connection asks again.
  }
}

let started = false
/** Looks at each new connection, which may be to another version, and now and then. */
export function watchBuild(): void {
  if (started) return
  started = true
  setInterval(() => void look(), EVERY)
  effect(() => {
    if (link.value === 'live') void look()
  })
}
