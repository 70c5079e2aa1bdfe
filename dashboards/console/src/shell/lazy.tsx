import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../settings.ts'

/** A component whose code is loaded when it is first shown; says so when it cannot be. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => ComponentChildren {
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
        () => wanted && setState('broken'),
      )
      return () => {
        wanted = false
      }
    }, [])
    if (Loaded) return <Loaded {...props} />
    if (state === 'loading') return <p class="hint muted">{t().loading}</p>
    return (
      <section class="panel welcome">
        <p role="alert">{t().pageBroken}</p>
        <button type="button" class="button primary" onClick={() => location.reload()}>
          {t().loadAgain}
        </button>
      </section>
    )
  }
}
