import { useLayoutEffect, useRef } from 'preact/hooks'
import { keysOn } from '../settings.ts'

export type KeyActions = Readonly<Record<string, () => void>>

const layers: KeyActions[] = []

/**
 * Binds keys while the component is there; the newest component wins. In the commit and not after the next paint, for which a busy page takes
 * its time: a key pressed at once would go to what was there before.
 */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions)
  latest.current = actions
  useLayoutEffect(() => {
    const layer: KeyActions = new Proxy({}, { get: (_, key) => latest.current[key as string] })
    layers.push(layer)
    return () => void layers.splice(layers.indexOf(layer), 1)
  }, [])
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.matches('input, textarea, select')

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (document.querySelector('dialog[open], [data-opening]')) return
    if (typing(event.target) && event.key !== 'Escape') return
    if (!keysOn.peek() && event.key !== 'Escape') return
    // A focused button or link keeps Enter to itself.
    if (event.key === 'Enter' && event.target instanceof HTMLElement && event.target.matches('button, a')) return
    const names = event.shiftKey ? [`Shift+${event.key}`, event.key] : [event.key]
    const action = names.map((name) => layers.findLast((layer) => layer[name])?.[name]).find(Boolean)
    if (!action) return
    event.preventDefault()
    action()
  })
}
