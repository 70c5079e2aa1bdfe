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

/**
 * A component whose code is loaded when it is first shown; says so when it cannot be: in the place of a page, or `small` within one. While a
 * `dialog` is loaded keys do nothing, since what is typed is meant for it.
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  as: 'page' | 'small' | 'dialog' = 'page',
): (props: P) => ComponentChildren {
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
    if (state === 'loading')
      return as === 'page' ? <p class="hint muted">{t().loading}</p> : as === 'dialog' ? <span hidden data-opening /> : null
    const again = (
      <button type="button" class="button primary" onClick={reloadWhenThere}>
        {t().loadAgain}
      </button>
    )
    if (as !== 'page') return again
    return (
      <section class="panel welcome">
        <p role="alert">{t().pageBroken}</p>
        {again}
      </section>
    )
  }
}
