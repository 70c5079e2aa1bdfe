import type { ReportView } from '../../../../src/edges/http/report-schemas.ts'
import { reportStates } from '../../../../src/storage/report-store.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { facilities, link, toldReports } from '../live/live.ts'
import { t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useTold } from '../shell/use-told.ts'
import { ro } from '../texts/reports.ts'
import { entryOpen } from './entry-open.ts'
import { publicWord } from './report-kinds.ts'
import { KindMark, ReportPlace } from './report-parts.tsx'
import { getReports } from './reports-api.ts'

const PAGE = 100
const views = ['open', 'waiting', 'closed', 'all'] as const

/** What citizens reported, newest first. */
export function ReportsPage() {
  const asked = query.value.get('state')
  const view = views.find((one) => one === asked) ?? 'open'
  const district = query.value.get('district') ?? ''
  const state = reportStates.find((one) => one === view)
  const pages = usePages<ReportView>(
    (before) => getReports({ state, district, limit: PAGE, before }),
    `${view} ${district} ${link.value === 'disconnected'}`,
  )
  useTold(toldReports, () => true, pages.again)
  useKeys({ Escape: () => navigate('/orders') })
  const districts = [...new Set(facilities.value.map((one) => one.district))].filter(Boolean).sort()
  const items = pages.page?.items
  return (
    <section class="panel">
      <header class="orders-head">
        <h1>{ro().title}</h1>
        <span class="grow" />
        {views.map((one) => (
          <button
            key={one}
            type="button"
            class="button"
            aria-pressed={one === view}
            onClick={() => setQueries({ state: one === 'open' ? null : one }, false)}
          >
            {ro().states[one]}
          </button>
        ))}
        <label>
          {ro().district}{' '}
          <select value={district} onChange={({ currentTarget }) => setQueries({ district: currentTarget.value || null })}>
            <option value="">{ro().any}</option>
            {districts.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <EnterButton />
        <a class="button" href="/report-codes">
          {ro().codes}
        </a>
      </header>
      {pages.problem && (
        <p class="problem" role="alert">
          {pages.problem}
        </p>
      )}
      <p role="status" class="muted">
        {!items ? !pages.problem && t().loading : items.length === 0 && ro().none}
      </p>
      {items && items.length > 0 && (
        <ScrollTable label={ro().title} titles={ro().heads}>
          {items.map((report) => (
            <Row key={report.id} report={report} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

/** Opens what the key does. */
export function EnterButton() {
  return (
    <button
      type="button"
      class="button primary"
      onClick={() => {
        entryOpen.value = true
      }}
    >
      {ro().enter}… <kbd>T</kbd>
    </button>
  )
}

function Row({ report }: { report: ReportView }) {
  const { id, number, at, kind, district, state, since, order, duplicates, duplicateOf, telemetry, words } = report
  return (
    <tr>
      <th scope="row" class="nowrap">
        <a href={`/reports/${id}`}>{number}</a>
      </th>
      <td class="nowrap">{formatDateTime(at)}</td>
      <td>
        <KindMark kind={kind} />
      </td>
      <td>
        <ReportPlace report={report} />
      </td>
      <td>{district}</td>
      <td>
        {publicWord(state)} <span class="muted">{ro().since(formatDateTime(since))}</span>{' '}
        {telemetry === 'disagrees' && <span class="tag">{ro().disagrees}</span>}
      </td>
      <td class="nowrap">
        {order === null ? <span class="muted">{ro().noOrder}</span> : <a href={`/orders/${order}`}>{ro().order(order)}</a>}
      </td>
      <td class="nowrap">
        {duplicates > 0 && ro().same(formatNumber(duplicates))}
        {duplicateOf !== null && <a href={`/reports/${duplicateOf}`}>{ro().duplicateOf}</a>}
      </td>
      <td class="report-words">{words}</td>
    </tr>
  )
}
