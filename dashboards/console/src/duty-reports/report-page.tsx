import { useState } from 'preact/hooks'
import type { DutyReportView, ReportFigureView, ReportTableView } from '../../../../src/edges/http/duty-report-schemas.ts'
import { companies } from '../../../../src/operations/company.ts'
import { figuresByPart, partTitle, type ReportColumn, reportPeriods } from '../../../../src/operations/duty-report.ts'
import { cellText, spanText } from '../../../../src/operations/report-words.ts'
import { HandSignatures } from '../duty/hand-signatures.tsx'
import { formatFull, formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { language, say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { StateSymbol } from '../symbols.tsx'
import { dr } from '../texts/duty-reports.ts'
import { getReport, makeAgain, signReport } from './duty-reports-api.ts'
import { figureText, judged, misses, reader, targetText } from './report-reading.ts'

const SOON = 1500
const LATER = 60_000

/** One report as it was frozen: figures, tables, signatures; on paper too. */
export function ReportPage({ id }: { id: number }) {
  const [dialog, open] = useState<'sign' | 'again' | null>(null)
  const { answer, problem, again } = useAnswer(
    () => getReport(id),
    String(id),
    (report) => (report?.state === 'waiting' ? SOON : LATER),
  )
  if (!answer) return <p class={problem ? 'problem' : 'hint muted'}>{problem || t().loading}</p>
  const { text } = answer
  const sign = async (form: FormData) => {
    const done = await act(() => signReport(id, String(form.get('remark'))), dr().signed)
    if (done) again()
    return done
  }
  const makeAnew = async (form: FormData) => {
    let next = 0
    const done = await act(async () => {
      next = (await makeAgain(id, String(form.get('reason')))).id
    }, dr().asked)
    if (done) navigate(`/duty-reports/${next}`)
    return done
  }
  return (
    <article class="panel duty-report">
      <Head report={answer} />
      <Buttons report={answer} open={open} />
      <Remarks report={answer} />
      {text && (
        <>
          <Figures figures={answer.head?.figures ?? []} />
          {text.parts.map(
            (part) =>
              (part.tables.length > 0 || part.problem) && (
                <section key={part.key} class="report-part">
                  <h2>{say(partTitle(part.key))}</h2>
                  {part.problem && <p class="problem">{dr().partFailed(part.problem)}</p>}
                  {part.tables.map((table) => (
                    <Table key={table.key} report={id} table={table} leftOut={part.leftOut[table.key] ?? 0} />
                  ))}
                </section>
              ),
          )}
          <Signatures report={answer} />
          <HandSignatures places={dr().hand} />
        </>
      )}
      {dialog === 'sign' && (
        <Dialog title={dr().sign} confirm={dr().sign} onConfirm={sign} onClose={() => open(null)}>
          <p>{dr().signAbout}</p>
          <label class="field">
            {dr().remark}
            <textarea name="remark" maxLength={2000} rows={3} />
          </label>
        </Dialog>
      )}
      {dialog === 'again' && (
        <Dialog title={dr().again} confirm={dr().again} onConfirm={makeAnew} onClose={() => open(null)}>
          <p>{dr().againAbout}</p>
          <ReasonField label={dr().reason} />
        </Dialog>
      )}
    </article>
  )
}

function Head({ report }: { report: DutyReportView }) {
  const { company, period, from, to, head, madeAt, text, askedBy } = report
  const facts = [
    dr().span(formatFull(from), formatFull(to)),
    madeAt === null ? '' : dr().madeAt(formatFull(madeAt)),
    askedBy === null ? dr().byCalendar : dr().by(askedBy),
    text ? dr().zone(text.timeZone) : '',
  ]
  return (
    <header>
      <h1>
        {say(companies[company])} {say(reportPeriods[period])} {spanText({ period, from, to, shiftName: head?.shiftName ?? '' }, reader())}
      </h1>
      <p class="muted">{facts.filter(Boolean).join(' · ')}</p>
    </header>
  )
}

function Buttons({ report, open }: { report: DutyReportView; open: (dialog: 'sign' | 'again') => void }) {
  const { id, state, isPartial, replacedBy, signatures, lateReports } = report
  const isFinal = state === 'made' && !isPartial && replacedBy === null
  const hasSigned = signatures.some(({ by }) => by === session.value?.name)
  const csv = `/api/duty-reports/${id}/csv?${new URLSearchParams({ language: language.value, mark: 'true' })}`
  return (
    <div class="buttons no-print">
      {isFinal && !hasSigned && may('duty-report.sign') && (
        <button type="button" class="button primary" onClick={() => open('sign')}>
          {dr().sign}…
        </button>
      )}
      {isFinal && may('duty-report.sign') && (
        <button type="button" class={lateReports > 0 && hasSigned ? 'button primary' : 'button'} onClick={() => open('again')}>
          {dr().again}…
        </button>
      )}
      {state === 'made' && (
        <>
          <button type="button" class="button" onClick={() => print()}>
            {dr().print}
          </button>
          <a class="button" href={csv} download>
            {dr().csv}
          </a>
        </>
      )}
      <a class="button" href="/duty-reports">
        {dr().back}
      </a>
    </div>
  )
}

/** What whoever reads it must know of it. */
function Remarks({ report }: { report: DutyReportView }) {
  const { state, problem, isPartial, to, lateReports, lateAt, replacedBy, replaces, reason, text, isIntact } = report
  return (
    <>
      {state === 'waiting' && <p role="status">{dr().asked}</p>}
      {state === 'failed' && <p class="problem">{dr().failed(problem)}</p>}
      {replacedBy !== null && (
        <p class="problem">
          {dr().replacedBy}. <a href={`/duty-reports/${replacedBy}`}>{dr().openNewer}</a>
        </p>
      )}
      {isPartial && <p class="problem">{dr().goesOn(formatFull(to))}</p>}
      {text && !isIntact && <p class="problem">{dr().changed}</p>}
      {lateReports > 0 && lateAt !== null && <p class="problem">{dr().late(formatNumber(lateReports), formatFull(lateAt))}</p>}
      {text && text.behind > 0 && <p class="problem">{dr().behind(formatNumber(text.behind))}</p>}
      {replaces !== null && (
        <p>
          <a href={`/duty-reports/${replaces}`}>{dr().replaces}</a>: {reason}
        </p>
      )}
    </>
  )
}

function Figures({ figures }: { figures: readonly ReportFigureView[] }) {
  return (
    <section aria-label={dr().figures}>
      <h2>{dr().figures}</h2>
      {figuresByPart(figures).map(({ part, figures: own }) => (
        <div key={part} class="report-figures">
          <h3>{say(partTitle(part))}</h3>
          <dl class="measures">
            {own.map((figure) => (
              <Figure key={figure.key} figure={figure} />
            ))}
          </dl>
        </div>
      ))}
    </section>
  )
}

function Figure({ figure }: { figure: ReportFigureView }) {
  const isMissed = misses(figure)
  return (
    <div class={isMissed ? 'measure missed' : 'measure'}>
      <dt>{say(figure.title)}</dt>
      <dd>
        <b>{figureText(figure)}</b>
        {judged([figure]).length > 0 && (
          <span class="with-symbol">
            <StateSymbol state={isMissed ? 'medium' : 'normal'} size={14} />
            <span class="tag">{isMissed ? dr().missedWord : dr().metWord}</span>
          </span>
        )}
        {figure.target && <span class="muted">{targetText(figure)}</span>}
      </dd>
    </div>
  )
}

const titleOf = ({ title, unit }: ReportTableView['columns'][number]) => (unit ? `${say(title)} (${unit})` : say(title))

/** Longer words may be broken where the table is wide. */
const SHORT = 16

/** Numbers stand under each other, and short words are never broken. */
function lookOf({ format }: ReportColumn, cells: readonly unknown[], words: readonly string[]): string {
  if (format === 'share' || format === 'length') return 'number'
  if (format !== 'time' && cells.some((cell) => typeof cell === 'number')) return 'number'
  return words.every((text) => text.length <= SHORT) ? 'nowrap' : 'breakable'
}

function Table({ report, table, leftOut }: { report: number; table: ReportTableView; leftOut: number }) {
  const { key, title, columns, rows, note } = table
  const by = reader()
  const words = rows.map((row) => row.map((cell, j) => cellText(cell, columns[j] as ReportColumn, by)))
  const looks = columns.map((column, j) =>
    lookOf(
      column as ReportColumn,
      rows.map((row) => row[j] ?? null),
      words.map((row) => row[j] ?? ''),
    ),
  )
  const csv = `/api/duty-reports/${report}/csv?${new URLSearchParams({ language: language.value, mark: 'true', table: key })}`
  return (
    <section class="report-table">
      <h3>
        {say(title)}{' '}
        {rows.length > 0 && (
          <a class="no-print small" href={csv} download aria-label={`${say(title)}: ${dr().tableCsv}`}>
            {dr().csv}
          </a>
        )}
      </h3>
      {rows.length === 0 && <p class="muted">{dr().noRows}</p>}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="sideways" tabIndex={0} aria-label={say(title)}>
          <table class="grid-table">
            <thead>
              <tr>
                {columns.map((column, j) => (
                  <th key={column.key} scope="col" class={looks[j]}>
                    {titleOf(column)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {words.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={columns[j]?.key} class={looks[j]}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {leftOut > 0 && <p>{dr().leftOut(formatNumber(leftOut))}</p>}
      {note && <p class="muted small report-note">{say(note)}</p>}
    </section>
  )
}

function Signatures({ report: { signatures, hash, isIntact } }: { report: DutyReportView }) {
  return (
    <section class="report-signatures">
      <h2>{dr().signatures}</h2>
      {signatures.length === 0 && <p class="muted">{dr().noSignatures}</p>}
      <ul>
        {signatures.map(({ by, at, remark }) => (
          <li key={by}>
            <b>{by}</b> {formatFull(at)} {remark}
          </li>
        ))}
      </ul>
      <p class="breakable-line small">
        {isIntact ? dr().intact : <b>{dr().changed}</b>} {dr().checksum} <code>{hash}</code>
      </p>
    </section>
  )
}
