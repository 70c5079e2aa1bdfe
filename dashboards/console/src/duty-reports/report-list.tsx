import { useState } from 'preact/hooks'
import type { DutyReportSummaryView } from '../../../../src/edges/http/duty-report-schemas.ts'
import { type Company, companies, isCompany } from '../../../../src/operations/company.ts'
import { type ReportPeriod, reportPeriods } from '../../../../src/operations/duty-report.ts'
import { formatFull, formatNumber } from '../format.ts'
import { say, t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { StateSymbol } from '../symbols.tsx'
import { dr } from '../texts/duty-reports.ts'
import { getReports, type ListedReports } from './duty-reports-api.ts'
import { MakeDialog } from './make-dialog.tsx'
import { judged, misses, nameOf } from './report-reading.ts'
import { ScheduleDialog } from './schedule-dialog.tsx'

const SIZE = 30
/** ms between two looks while something is being made, and else. */
const SOON = 1500
const LATER = 30_000
const isPeriod = (text: string | null): text is ReportPeriod => text !== null && Object.hasOwn(reportPeriods, text)

function filterOf(given: URLSearchParams): Record<string, string | number> {
  const [company, period, before] = ['company', 'period', 'before'].map((name) => given.get(name))
  return {
    limit: SIZE,
    ...(company && isCompany(company) && { company }),
    ...(isPeriod(period ?? null) && { period: period as string }),
    ...(given.get('older') === '1' && { newest: 'false' }),
    ...(before && Number(before) > 0 && { before: Number(before) }),
  }
}

const pause = (answer: ListedReports | null) => (answer?.items.some(({ state }) => state === 'waiting') ? SOON : LATER)

/** All reports, newest first, with what is missed, who signed and what came late. */
export function ReportList() {
  const [dialog, open] = useState<'make' | 'schedule' | null>(null)
  const filter = filterOf(query.value)
  const { answer, problem, again } = useAnswer(() => getReports(filter), JSON.stringify(filter), pause)
  const isNarrowed = 'company' in filter || 'period' in filter || 'before' in filter
  const choose = (values: Record<string, string | null>) => setQueries({ before: null, ...values }, false)
  return (
    <>
      <div class="list-bar">
        <h1>{dr().title}</h1>
        <label class="together">
          {dr().company}
          <select value={filter.company ?? ''} onChange={({ currentTarget }) => choose({ company: currentTarget.value || null })}>
            <option value="">{dr().all}</option>
            {(Object.keys(companies) as Company[]).map((key) => (
              <option key={key} value={key}>
                {say(companies[key])}
              </option>
            ))}
          </select>
        </label>
        <label class="together">
          {dr().period}
          <select value={filter.period ?? ''} onChange={({ currentTarget }) => choose({ period: currentTarget.value || null })}>
            <option value="">{dr().all}</option>
            {(Object.keys(reportPeriods) as ReportPeriod[]).map((key) => (
              <option key={key} value={key}>
                {say(reportPeriods[key])}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={filter.newest === 'false'}
            onInput={({ currentTarget }) => choose({ older: currentTarget.checked ? '1' : null })}
          />
          {dr().older}
        </label>
        <span class="grow" />
        {mayWhole('roster.manage') && (
          <button type="button" class="button" onClick={() => open('schedule')}>
            {dr().schedule}…
          </button>
        )}
        {may('duty-report.sign') && (
          <button type="button" class="button primary" onClick={() => open('make')}>
            {dr().make}…
          </button>
        )}
      </div>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <section class="panel">
        {!answer && !problem && <p class="muted">{t().loading}</p>}
        {answer?.items.length === 0 && <p>{isNarrowed ? dr().noneSuch : dr().none}</p>}
        {answer && answer.items.length > 0 && (
          <ScrollTable label={dr().title} titles={dr().columns}>
            {answer.items.map((report) => (
              <Row key={report.id} report={report} />
            ))}
          </ScrollTable>
        )}
        {answer && (answer.next !== null || filter.before !== undefined) && (
          <div class="buttons">
            {filter.before !== undefined && (
              <button type="button" class="button" onClick={() => setQueries({ before: null }, false)}>
                ← {dr().title}
              </button>
            )}
            {answer.next !== null && (
              <button type="button" class="button" onClick={() => setQueries({ before: String(answer.next) }, false)}>
                {t().nextPage} →
              </button>
            )}
          </div>
        )}
      </section>
      {dialog === 'make' && <MakeDialog onMade={again} onClose={() => open(null)} />}
      {dialog === 'schedule' && <ScheduleDialog onClose={() => open(null)} />}
    </>
  )
}

function Row({ report }: { report: DutyReportSummaryView }) {
  const { id, state, madeAt, to, isPartial, replaces, lateReports, signatures, problem } = report
  return (
    <tr>
      <th scope="row">
        <a class="report-link" href={`/duty-reports/${id}`}>
          {nameOf(report)}
        </a>
      </th>
      <td class="nowrap">{madeAt === null ? dr().waiting : formatFull(madeAt)}</td>
      <td class="nowrap">{state === 'made' && <Verdict report={report} />}</td>
      <td>{signatures.length > 0 ? signatures.map(({ by }) => by).join(', ') : <span class="muted">{dr().nobody}</span>}</td>
      <td class="breakable">
        {state === 'failed' && <span>{dr().failed(problem)} </span>}
        {isPartial && <span>{dr().goesOn(formatFull(to))} </span>}
        {replaces !== null && <span class="tag">{dr().replaces}</span>}{' '}
        {lateReports > 0 && <span class="tag">{dr().lateShort(formatNumber(lateReports))}</span>}
      </td>
    </tr>
  )
}

/** How many targets are missed; a shape and words beside the colour. */
export function Verdict({ report: { head } }: { report: Pick<DutyReportSummaryView, 'head'> }) {
  const all = judged(head?.figures ?? [])
  const missed = all.filter(misses).length
  if (all.length === 0) return <span class="muted">{dr().noTargets}</span>
  return (
    <span class="with-symbol">
      <StateSymbol state={missed > 0 ? 'medium' : 'normal'} size={16} />
      {missed > 0 ? dr().missed(formatNumber(missed), formatNumber(all.length)) : dr().met(formatNumber(all.length))}
    </span>
  )
}
