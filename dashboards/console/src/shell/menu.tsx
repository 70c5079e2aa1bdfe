import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { pathname } from './router.ts'

interface MenuProps {
  /** What the button shows. */
  label: ComponentChildren
  /** Its name for screen readers where the label alone is not enough. */
  name?: string
  class?: string
  children: ComponentChildren
}

const items = 'a, button, input, select'

/** A button that opens a panel of links and controls below itself; Escape, a click elsewhere and a followed link close it, arrow keys go through it. */
export function Menu({ label, name, class: own = '', children }: MenuProps) {
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const panel = useId()
  const button = () => box.current?.querySelector('button')
  useEffect(() => setOpen(false), [pathname.value])
  useEffect(() => {
    if (!open) return
    const close = (event: Event) => box.current?.contains(event.target as Node) || setOpen(false)
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && open) {
      setOpen(false)
      button()?.focus()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if ((event.target as Element).matches('select, input[type=range]')) return
      if (!open) setOpen(true)
      else step(box.current as HTMLDivElement, event.key === 'ArrowDown' ? 1 : -1)
    } else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears the keys of the controls inside
    <div
      ref={box}
      class={`menu ${own}`}
      onKeyDown={onKeyDown}
      onFocusOut={(event) => {
        const to = event.relatedTarget as Node | null
        if (to && !box.current?.contains(to)) setOpen(false)
      }}
    >
      <button type="button" class="button" aria-expanded={open} aria-controls={panel} aria-label={name} onClick={() => setOpen(!open)}>
        {label}
        <span aria-hidden="true">▾</span>
      </button>
      <div id={panel} class="menu-panel" hidden={!open}>
        {open && children}
      </div>
    </div>
  )
}

function step(box: HTMLElement, by: number): void {
  const all = [...box.querySelectorAll<HTMLElement>(items)]
  const here = all.indexOf(document.activeElement as HTMLElement)
  all[(here + by + all.length) % all.length]?.focus()
}
