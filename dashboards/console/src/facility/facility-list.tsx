import { useEffect, useState } from 'preact/hooks'
import type { FacilityPageView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { ApiProblem } from '../live/api.ts'
import { kinds, view } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import { language, say, t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { explain, tell } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, pathname, query, setQuery } from '../shell/router.ts'
import { TableHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'
import { p } from '../texts/plant.ts'
import { getFacilities } from './facility-api.ts'
import { nameOf } from './field-names.ts'
import { rememberList } from './list-memory.ts'
import { QueryHelp } from './query-help.tsx'

const PAGE = 50
const TYPING_PAUSE = 400

/** Search words, query and kind stand in the address. */
export function FacilityList() {
  const [q, conditions, kind] = ['q', 'query', 'kind'].map((name) => query.value.get(name) ?? '') as [string, string, string]
  const [wrong, setWrong] = useState('')
  const pages = usePages(async (after) => {
    setWrong('')
    try {
      return await getFacilities({ q, query: conditions, kind, limit: PAGE, after })
    } catch (problem) {
      if (conditions && problem instanceof ApiProblem && problem.code === 'invalid-request') setWrong(explain(problem))
      throw problem
    }
  }, `${q}\n${conditions}\n${kind}`)
  useKeys({ '/': () => document.getElementById('search')?.focus(), Escape: () => navigate('/') })
  const { page } = pages
  useEffect(() => {
    if (page) rememberList({ path: `${pathname.peek()}${asText(query.peek())}`, ids: page.items.map(({ id }) => id) })
  }, [page])
  return (
    <section class="panel facilities">
      <div class="list-bar">
        <h1>{t().facilityList}</h1>
        <span class="muted" role="status">
          {page && !pages.problem && p().foundCount(formatNumber(page.total ?? 0))}
        </span>
        <span class="grow" />
        {may('facility.edit') && (
          <a class="button" href="/new-facility">
            {p().newFacility}
          </a>
        )}
        {mayWhole('facility.edit') && (
          <a class="button" href="/import">
            {p().import}…
          </a>
        )}
        {(may('telemetry.export') || mayWhole('telemetry.import')) && (
          <a class="button" href="/data">
            {p().readingFiles}…
          </a>
        )}
        <Export q={q} conditions={conditions} kind={kind} refused={Boolean(pages.problem)} />
      </div>
      <div class="list-bar">
        <Typed id="search" label={`${p().search} (/)`} value={q} onTyped={(text) => setQuery('q', text || null)} />
        <select aria-label={p().fields.kind} value={kind} onChange={(event) => setQuery('kind', event.currentTarget.value || null)}>
          <option value="">{p().allKinds}</option>
          {[...kinds.value.values()].map(({ key, title }) => (
            <option key={key} value={key} selected={key === kind}>
              {say(title)}
            </option>
          ))}
        </select>
        <Typed
          id="query"
          label={`${p().query}: kind=street-light roadClass=main`}
          value={conditions}
          onTyped={(text) => setQuery('query', text || null)}
          wrong={Boolean(wrong)}
        />
      </div>
      <QueryHelp onChoose={(text) => setQuery('query', text)} />
      {wrong && (
        <p class="problem" role="alert" id="query-problem">
          <b>{p().queryWrong}</b> {wrong}
        </p>
      )}
      {pages.problem && !wrong && (
        <p class="problem" role="alert">
          {pages.problem}
        </p>
      )}
      {page && !pages.problem && page.items.length === 0 && <p class="muted">{p().nothingFound}</p>}
      {page && !pages.problem && page.items.length > 0 && <FacilityTable items={page.items} />}
      {!pages.problem && <Pager pages={pages} size={PAGE} />}
    </section>
  )
}

const asText = (search: URLSearchParams): string => (search.size > 0 ? `?${search}` : '')

interface TypedProps {
  id: string
  label: string
  value: string
  onTyped: (text: string) => void
  wrong?: boolean
}

/** A search field that speaks when the typing pauses, and follows what others do to its value. */
function Typed({ id, label, value, onTyped, wrong = false }: TypedProps) {
  const [typed, type] = useState(value)
  useEffect(() => type(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onTyped(typed), TYPING_PAUSE)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input
      id={id}
      type="search"
      class={id === 'query' ? 'wide' : ''}
      aria-label={label}
      placeholder={label}
      maxLength={2000}
      autocomplete="off"
      spellcheck={false}
      aria-invalid={wrong}
      aria-describedby={wrong ? 'query-problem' : undefined}
      value={typed}
      onInput={(event) => type(event.currentTarget.value)}
    />
  )
}

/** What the list shows, as a file. */
function Export({ q, conditions, kind, refused }: { q: string; conditions: string; kind: string; refused: boolean }) {
  if (q || refused) {
    return (
      <button type="button" class="button" aria-disabled="true" title={p().exportRefused} onClick={() => tell(p().exportRefused, true)}>
        {p().exportShown}
      </button>
    )
  }
  const all = [kind && `kind=${kind}`, conditions].filter(Boolean).join(' ')
  const link = (format: 'csv' | 'geojson' | 'ngsi-ld') => {
    const more: Record<string, string> = format === 'csv' ? { mark: 'true', language: language.value } : {}
    return `/api/export?${new URLSearchParams({ format, ...(all && { query: all }), ...more })}`
  }
  return (
    <span class="together">
      {p().exportShown}:
      {(['csv', 'geojson', 'ngsi-ld'] as const).map((format) => (
        <a key={format} class="button" href={link(format)} download>
          {p().exportAs[format]}
        </a>
      ))}
    </span>
  )
}

export const stateOf = (facility: FacilityPageView['items'][number]) =>
  stateCodes[view.value?.states[facility.number] ?? -1] ?? facility.state

function FacilityTable({ items }: { items: readonly FacilityPageView['items'][number][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="sideways" tabIndex={0} aria-label={t().facilityList}>
      <table class="grid-table">
        <TableHead titles={p().facilityColumns} />
        <tbody>
          {items.map((facility) => {
            const state = stateOf(facility)
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
                <td>{nameOf(facility)}</td>
                <td>{kind ? say(kind.title) : facility.kind}</td>
                <td>{facility.district}</td>
                <td>{facility.road}</td>
                <td>{facility.roadClass && p().roadClasses[facility.roadClass]}</td>
                <td>{facility.keyArea && t().yes}</td>
                <td>{t().modes[facility.mode]}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
