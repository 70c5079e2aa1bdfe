import { signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { c } from './texts.ts'

/**
 * A part of the page whose program is fetched when it is shown first; the service worker has it before that. Where there is neither a
 * network nor a worker yet it says so, and is fetched again when somebody asks for it.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  const loaded = signal<ComponentType<P> | null>(null)
  const failed = signal(false)
  const fetchIt = () => {
    failed.value = false
    load().then(
      (component) => {
        loaded.value = component
      },
      () => {
        failed.value = true
      },
    )
  }
  return function Later(props: P) {
    useEffect(() => {
      if (!loaded.peek()) fetchIt()
    }, [])
    const Loaded = loaded.value
    if (Loaded) return <Loaded {...props} />
    if (!failed.value) return <p class="empty">{c().loading}</p>
    return (
      <p class="empty">
        {c().noAnswer}{' '}
        <button type="button" class="button" onClick={fetchIt}>
          {c().tryAgain}
        </button>
      </p>
    )
  }
}
