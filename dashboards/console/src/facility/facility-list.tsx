import { useEffect, useState } from 'preact/hooks'
import type { FacilityView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { type FacilityPage, getFacilities } from '../live/api.ts'
import { kinds, view } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import { say, t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { explain } from '../shell/notice.tsx'
import { navigate, query, setQuery } from '../shell/router.ts'
import { TableHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'

const PAGE = 50
const TYPING_PAUSE = 250

/** One page of the list; search words, kind and place stand in the address. */
function usePage() {
  const [page, setPage] = useState<FacilityPage | null>(null)
  const [problem, setProblem] = useState('')
  const [q, kind, after] = ['q', 'kind', 'after'].map((name) => query.value.get(name) ?? '') as [string, string, string]
  useEffect(() => {
    let wanted = true
    getFacilities({ q, kind, after, limit: PAGE }).then(
      (answer) => {
        if (wanted) setPage(answer)
        if (wanted) setProblem('')
      },
      (failure) => wanted && setProblem(explain(failure)),
    )
    return () => {
      wanted = false
    }
  }, [q, kind, after])
  return { page, problem, q, kind, after }
}

export function FacilityList() {
  const { page, problem, q, kind, after } = usePage()
  useKeys({ '/': () => document.getElementById('search')?.focus(), Escape: () => navigate('/') })
  const search = (name: string, value: string) => {
    setQuery('after', null)
    setQuery(name, value || null)
  }
  return (
    <section class="panel facilities">
      <h1>{t().facilityList}</h1>
      <div class="list-bar">
        <Search value={q} onSearch={(value) => search('q', value)} />
        <select aria-label={t().kind} value={kind} onChange={(event) => search('kind', event.currentTarget.value)}>
          <option value="">{t().allKinds}</option>
          {[...kinds.value.values()].map(({ key, title }) => (
            <option key={key} value={key} selected={key === kind}>
              {say(title)}
            </option>
          ))}
        </select>
        <span class="muted" role="status">
          {page && t().foundCount(formatNumber(page.total))}
        </span>
      </div>
      {problem && <p>{problem}</p>}
      {page && page.items.length === 0 && <p class="muted">{t().nothingFound}</p>}
      {page && page.items.length > 0 && <FacilityTable items={page.items} />}
      <div class="buttons">
        {after && (
          <button type="button" class="button" onClick={() => history.back()}>
            ← {t().previousPage}
          </button>
        )}
        {page?.next && (
          <button type="button" class="button" onClick={() => setQuery('after', page.next, false)}>
            {t().nextPage} →
          </button>
        )}
      </div>
    </section>
  )
}

function Search({ value, onSearch }: { value: string; onSearch: (value: string) => void }) {
  const [typed, type] = useState(value)
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onSearch(typed), TYPING_PAUSE)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input
      id="search"
      type="search"
      aria-label={t().search}
      placeholder={`${t().search} (/)`}
      value={typed}
      onInput={(event) => type(event.currentTarget.value)}
    />
  )
}

function FacilityTable({ items }: { items: readonly FacilityView[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="sideways" tabIndex={0} aria-label={t().facilityList}>
      <table class="grid-table">
        <TableHead titles={t().facilityColumns} />
        <tbody>
          {items.map((facility) => {
            const state = stateCodes[view.value?.states[facility.number] ?? 0] ?? 'normal'
            const kind = kinds.value.get(facility.kind)
            return (
              <tr key={facility.id}>
                <td>
                  <span class="with-symbol">
                    <StateSymbol state={state} />
                    {t().facilityStates[state]}
                  </span>
                </td>
                <th scope="row">
                  <a href={`/facilities/${encodeURIComponent(facility.id)}`}>{facility.id}</a>
                </th>
                <td>{facility.name}</td>
                <td>{kind ? say(kind.title) : facility.kind}</td>
                <td>{facility.district}</td>
                <td>{facility.road}</td>
                <td>{t().modes[facility.mode]}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
