import { signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { c } from './texts.ts'

/** A part of the page whose program is fetched when it is shown first; the service worker has it before that. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  const loaded = signal<ComponentType<P> | null>(null)
  return function Later(props: P) {
    useEffect(() => {
      if (loaded.peek()) return
      void load().then((component) => {
        loaded.value = component
      })
    }, [])
    const Loaded = loaded.value
    return Loaded ? <Loaded {...props} /> : <p class="empty">{c().loading}</p>
  }
}
