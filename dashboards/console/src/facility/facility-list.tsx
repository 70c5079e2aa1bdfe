import { useEffect, useState } from 'preact/hooks'
import type { FacilityPageView } from '../../../../src/edges/http/schemas.ts'
import { symbolStates } from '../../../shared/palette.ts'
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
import { SortedHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { getFacilities } from './facility-api.ts'
import { nameOf } from './field-names.ts'
import { districts } from './known-places.ts'
import { rememberList } from './list-memory.ts'
import { QueryHelp } from './query-help.tsx'

const PAGE = 50
/** What `abnormal` in the address stands for. */
const ABNORMAL = ['critical', 'high', 'medium', 'low', 'no-report'].join()

const statesOf = (state: string): string => (state === 'abnormal' ? ABNORMAL : state)

const TYPING_PAUSE = 400

/** Search words, filters and order stand in the address. */
export function FacilityList() {
  const [q, conditions, kind, district, state, sort] = ['q', 'query', 'kind', 'district', 'state', 'sort'].map(
    (name) => query.value.get(name) ?? '',
  ) as [string, string, string, string, string, string]
  const [wrong, setWrong] = useState('')
  const pages = usePages(async (after) => {
    setWrong('')
    try {
      return await getFacilities({ q, query: conditions, kind, district, state: statesOf(state), sort, limit: PAGE, after })
    } catch (problem) {
      if (conditions && problem instanceof ApiProblem && problem.code === 'invalid-request') setWrong(explain(problem))
      throw problem
    }
  }, [q, conditions, kind, district, state, sort].join('\n'))
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
        <Export q={q || state} conditions={conditions} kind={kind} district={district} refused={Boolean(pages.problem)} />
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
        <select
          aria-label={p().fields.district}
          value={district}
          onChange={(event) => setQuery('district', event.currentTarget.value || null)}
        >
          <option value="">{f().allDistricts}</option>
          {districts.value.map((one) => (
            <option key={one} value={one} selected={one === district}>
              {one}
            </option>
          ))}
        </select>
        <select aria-label={p().state} value={state} onChange={(event) => setQuery('state', event.currentTarget.value || null)}>
          <option value="">{f().allStates}</option>
          <option value="abnormal" selected={state === 'abnormal'}>
            {f().abnormal}
          </option>
          {symbolStates.map((one) => (
            <option key={one} value={one} selected={one === state}>
              {t().facilityStates[one]}
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
      {page && !pages.problem && page.items.length > 0 && <FacilityTable items={page.items} sort={sort || null} />}
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
interface ExportProps {
  /** What an export cannot be narrowed down by. */
  q: string
  conditions: string
  kind: string
  district: string
  refused: boolean
}

function Export({ q, conditions, kind, district, refused }: ExportProps) {
  if (q || refused) {
    return (
      <button type="button" class="button" aria-disabled="true" title={p().exportRefused} onClick={() => tell(p().exportRefused, true)}>
        {p().exportShown}
      </button>
    )
  }
  const all = [kind && `kind=${kind}`, district && `district="${district.replaceAll('"', '')}"`, conditions].filter(Boolean).join(' ')
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

type Order = 'id' | 'name' | 'kind' | 'district' | 'road' | 'state'
/** What each column is in the order of; null where that would say nothing. */
const orders: readonly (Order | null)[] = ['state', 'id', 'name', 'kind', 'district', 'road', null, null, null]

function FacilityTable({ items, sort }: { items: readonly FacilityPageView['items'][number][]; sort: string | null }) {
  const columns = p().facilityColumns.map((title, i) => ({ title, by: orders[i] ?? null }))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="sideways" tabIndex={0} aria-label={t().facilityList}>
      <table class="grid-table">
        <SortedHead columns={columns} sort={sort} onSort={(next) => setQuery('sort', next)} />
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
