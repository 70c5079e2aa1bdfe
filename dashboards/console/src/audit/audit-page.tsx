import { useState } from 'preact/hooks'
import { calendarDays } from '../../../../src/control/calendar-day.ts'
import { cityOffset, formatCityExact } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { get, request } from '../live/api.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { au } from '../texts/audit.ts'

const PAGE = 100

interface AuditRow {
  id: number
  at: number
  by: string
  action: string
  subject: string
  detail: string
}

interface Verified {
  records: number
  head: { id: number; hash: string } | null
  found: number
  problems: { record: number; problem: string }[]
}

const conditions = ['by', 'action', 'words', 'from', 'to'] as const
type Condition = (typeof conditions)[number]

/** What the address asks for; days of the city become times. */
function search(): Record<string, string> {
  const given = conditions.map((name) => [name, query.value.get(name) ?? ''] as const).filter(([, value]) => value !== '')
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      name === 'from' || name === 'to' ? String(calendarDays(value, value, cityOffset())[0]?.from) : value,
    ]),
  )
}

/** Who did what: search, export, and whether it is all as it was written. */
export function AuditPage() {
  useKeys({ Escape: () => navigate('/administration') })
  const asked = search()
  const pages = usePages<AuditRow>(
    (before) => get('/api/audit', { ...asked, limit: PAGE, ...(before !== undefined && { before }) }),
    JSON.stringify(asked),
  )
  const rows = pages.page?.items ?? []
  const file = (format: string) => `/api/audit/export?${new URLSearchParams({ ...asked, format })}`
  return (
    <div class="stack">
      <section class="panel">
        <div class="list-bar">
          <h1>{au().title}</h1>
          <span class="grow" />
          <a class="button" href={file('csv')} download>
            {au().exportCsv}
          </a>
          <a class="button" href={file('jsonl')} download>
            {au().exportLines}
          </a>
        </div>
        <Search />
        <Awaited isThere={pages.page !== null} problem={pages.problem} />
        {pages.page && rows.length === 0 && <p class="hint muted">{au().nothing}</p>}
        {rows.length > 0 && (
          <ScrollTable label={au().title} titles={au().columns}>
            {rows.map(({ id, at, by, action, subject, detail }) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td class="nowrap">{formatCityExact(at)}</td>
                <td class="nowrap">
                  <Narrow name="by" value={by} />
                </td>
                <td class="nowrap">
                  <Narrow name="action" value={action} />
                </td>
                <td class="breakable">{subject}</td>
                <td class="breakable">{detail}</td>
              </tr>
            ))}
          </ScrollTable>
        )}
        <Pager pages={pages} size={PAGE} />
      </section>
      <Verification />
    </div>
  )
}

/** A value that, clicked, limits the list to those like it. */
function Narrow({ name, value }: { name: Condition; value: string }) {
  return (
    <button type="button" class="narrowing" title={au().onlyThese} onClick={() => setQueries({ [name]: value }, false)}>
      {value}
    </button>
  )
}

function Search() {
  const isNarrowed = conditions.some((name) => query.value.has(name))
  const field = (name: Condition, label: string, isDate = false) => (
    <label key={name}>
      {label}{' '}
      <input
        {...(isDate ? { type: 'date' as const } : { type: 'text' as const })}
        value={query.value.get(name) ?? ''}
        maxLength={100}
        onChange={(event) => setQueries({ [name]: event.currentTarget.value || null }, false)}
      />
    </label>
  )
  return (
    <search class="list-bar">
      {field('by', au().by)}
      {field('action', au().action)}
      {field('words', au().words)}
      {field('from', au().from, true)}
      {field('to', au().to, true)}
      {isNarrowed && (
        <button type="button" class="button" onClick={() => setQueries(Object.fromEntries(conditions.map((name) => [name, null])), false)}>
          {au().all}
        </button>
      )}
    </search>
  )
}

function Verification() {
  const [noted, setNoted] = useState('')
  const [isRunning, setRunning] = useState(false)
  const [verified, setVerified] = useState<Verified | null>(null)
  const verify = async () => {
    setRunning(true)
    await act(async () => {
      setVerified(await request<Verified>('POST', '/api/audit/verify', noted.trim() ? { noted: noted.trim() } : {}))
    })
    setRunning(false)
  }
  return (
    <section class="panel">
      <form
        class="list-bar"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isRunning) void verify()
        }}
      >
        <label>
          {au().noted}{' '}
          <input
            class="head-noted"
            value={noted}
            maxLength={100}
            spellcheck={false}
            onInput={(event) => setNoted(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary" aria-disabled={isRunning}>
          {isRunning ? au().verifying : au().verify}
        </button>
      </form>
      <p class="muted small">{au().notedMeans}</p>
      <div role="status">
        {verified?.found === 0 && <p>✓ {au().sound(formatNumber(verified.records))}</p>}
        {verified && verified.found > 0 && (
          <div class="problem">
            <p>✕ {au().unsound(formatNumber(verified.found))}</p>
            <ul>
              {verified.problems.map(({ record, problem }) => (
                <li key={`${record} ${problem}`}>
                  {au().record(String(record))}: {problem}
                </li>
              ))}
              {verified.found > verified.problems.length && <li>{au().more(formatNumber(verified.found - verified.problems.length))}</li>}
            </ul>
          </div>
        )}
        {verified?.head && (
          <p>
            {au().head}:{' '}
            <code class="breakable">
              {verified.head.id}:{verified.head.hash}
            </code>
          </p>
        )}
      </div>
    </section>
  )
}
