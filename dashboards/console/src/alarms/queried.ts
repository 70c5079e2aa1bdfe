import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { FacilityPageView } from '../../../../src/edges/http/schemas.ts'
import { get } from '../live/api.ts'
import { alarms } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'

const PAGE = 1000
/** A flood brings facilities by the hundred; their query is asked again at most so often, ms. */
const PAUSE = 2000

interface Queried {
  query: string
  ids: ReadonlySet<string>
}

const queried = signal<Queried | null>(null)
export const queryProblem = signal('')

async function lookUp(query: string): Promise<Queried> {
  const ids = new Set<string>()
  let after: string | undefined
  do {
    const page: FacilityPageView = await get('/api/facilities', { alarmed: 'true', query, limit: PAGE, after })
    for (const { id } of page.items) ids.add(id)
    after = page.next ?? undefined
  } while (after !== undefined)
  return { query, ids }
}

/** Facilities with live alarms that the query finds, kept current; null without a query or while it is being looked up. */
export function useQueried(query: string): ReadonlySet<string> | null {
  const alarmed = useMemo(() => {
    const ids = query ? [...new Set([...alarms.value.values()].map(({ facility }) => facility))] : []
    return ids.sort().join('\n')
  }, [query, query ? alarms.value : null])
  useEffect(() => {
    queryProblem.value = ''
    if (!query) return
    let wanted = true
    const timer = setTimeout(
      () =>
        lookUp(query).then(
          (found) => {
            if (wanted) queried.value = found
          },
          (problem) => {
            if (wanted) queryProblem.value = explain(problem)
          },
        ),
      queried.peek()?.query === query ? PAUSE : 0,
    )
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [query, alarmed])
  return queried.value?.query === query ? queried.value.ids : null
}
