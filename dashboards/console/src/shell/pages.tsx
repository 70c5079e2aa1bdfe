import { useEffect, useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { explain } from './notice.tsx'

export interface Page<T> {
  items: readonly T[]
  next: string | number | null
  total?: number
}

type Cursor = string | number | undefined

/** One page of a long list and the way back; begins anew when `key` changes. A null `load` asks for nothing. */
export function usePages<T>(load: ((cursor: Cursor) => Promise<Page<T>>) | null, key: string) {
  const [cursors, setCursors] = useState<{ key: string; list: Cursor[] }>({ key, list: [undefined] })
  const list = cursors.key === key ? cursors.list : [undefined]
  const cursor = list.at(-1)
  const [page, setPage] = useState<Page<T> | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const isAsking = load !== null
  useEffect(() => {
    let wanted = true
    load?.(cursor).then(
      (answer) => {
        if (wanted) setPage(answer)
        if (wanted) setProblem('')
      },
      (failure) => wanted && setProblem(explain(failure)),
    )
    return () => {
      wanted = false
    }
  }, [key, cursor, asked, isAsking])
  return {
    page,
    problem,
    number: list.length - 1,
    again: () => ask((n) => n + 1),
    back: list.length > 1 ? () => setCursors({ key, list: list.slice(0, -1) }) : null,
    on: page?.next != null ? () => setCursors({ key, list: [...list, page.next as Cursor] }) : null,
  }
}

interface PagerProps {
  pages: Pick<ReturnType<typeof usePages>, 'page' | 'number' | 'back' | 'on'>
  size: number
}

/** Which part of the list this is, and the buttons to its neighbours; nothing when one page holds it all. */
export function Pager({ pages: { page, number, back, on }, size }: PagerProps) {
  if (!page || (!back && !on)) return null
  const from = number * size + 1
  return (
    <div class="buttons">
      <button type="button" class="button" aria-disabled={!back} onClick={() => back?.()}>
        ← {t().previousPage}
      </button>
      {page.total !== undefined && (
        <span class="muted">{t().range(formatNumber(from), formatNumber(from + page.items.length - 1), formatNumber(page.total))}</span>
      )}
      <button type="button" class="button" aria-disabled={!on} onClick={() => on?.()}>
        {t().nextPage} →
      </button>
    </div>
  )
}
