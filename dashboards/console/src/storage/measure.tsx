import type { ComponentChildren } from 'preact'
import { d } from '../texts/storage.ts'

interface MeasureProps {
  name: string
  value: string
  /** Somebody should look at it: said in a word, not only by its look. */
  isMissed?: boolean
  note?: string
  more?: string
  children?: ComponentChildren
}

export function Measure({ name, value, isMissed = false, note, more, children }: MeasureProps) {
  return (
    <div class={isMissed ? 'measure missed' : 'measure'}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b> {isMissed && <span class="tag">{d().look}</span>}
        {children}
        {note && <span class="muted">{note}</span>}
        {more && <span class="muted small">{more}</span>}
      </dd>
    </div>
  )
}
