import type { ComponentChildren } from 'preact'
import { TableHead } from './table-head.tsx'

interface ScrollTableProps {
  /** What the table is of, for those who do not see it. */
  label: string
  titles: readonly string[]
  class?: string
  /** The rows. */
  children: ComponentChildren
}

/** A table that scrolls sideways by itself where the screen is too narrow for it, also by keyboard. */
export function ScrollTable({ label, titles, class: more, children }: ScrollTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="sideways" tabIndex={0} aria-label={label}>
      <table class={more ? `grid-table ${more}` : 'grid-table'}>
        <TableHead titles={titles} />
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}
