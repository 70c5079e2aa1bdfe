import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../settings.ts'
import { kiosk } from './router.ts'

/** A wall on which nobody presses anything tries again after so long, ms. */
const AGAIN = 10_000

/** Not into the error page of the browser, from which no wall comes back by itself. */
function reloadWhenThere(): void {
  fetch('/healthz').then(
    () => location.reload(),
    () => setTimeout(reloadWhenThere, AGAIN),
  )
}

/** A component whose code is loaded when it is first shown; says so when it cannot be: in the place of a page, or `small` within one. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, small?: 'small'): (props: P) => ComponentChildren {
  let Loaded: ComponentType<P> | null = null
  return function Lazy(props: P) {
    const [state, setState] = useState<'loading' | 'there' | 'broken'>(Loaded ? 'there' : 'loading')
    useEffect(() => {
      if (Loaded) return
      let wanted = true
      load().then(
        (component) => {
          Loaded = component
          if (wanted) setState('there')
        },
        () => {
          if (wanted) setState('broken')
          if (kiosk.peek()) setTimeout(reloadWhenThere, AGAIN)
        },
      )
      return () => {
        wanted = false
      }
    }, [])
    if (Loaded) return <Loaded {...props} />
    if (state === 'loading') return small ? null : <p class="hint muted">{t().loading}</p>
    const again = (
      <button type="button" class="button primary" onClick={reloadWhenThere}>
        {t().loadAgain}
      </button>
    )
    if (small) return again
    return (
      <section class="panel welcome">
        <p role="alert">{t().pageBroken}</p>
        {again}
      </section>
    )
  }
}
