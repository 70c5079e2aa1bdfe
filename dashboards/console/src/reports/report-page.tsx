import { useEffect, useState } from 'preact/hooks'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { ReportDetailView } from '../../../../src/edges/http/report-schemas.ts'
import { Facts } from '../../../shared/facts.tsx'
import { formatFull } from '../format.ts'
import { link, toldReports } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { ro } from '../texts/reports.ts'
import { publicWord } from './report-kinds.ts'
import { KindMark, ReportPlace } from './report-parts.tsx'
import { closeReport, getReport, makeReportOrder } from './reports-api.ts'

/** One report with what became of it. */
export function ReportPage({ id }: { id: number }) {
  const { answer, problem, again } = useAnswer(() => getReport(id), `${id} ${link.value === 'disconnected'}`)
  useEffect(() => toldReports.subscribe((told) => told.some((one) => one.id === id) && again()), [id])
  useKeys({ Escape: () => navigate('/reports') })
  if (!answer) return <p class="muted">{problem || t().loading}</p>
  return <Shown detail={answer} onChange={again} />
}

function Shown({ detail: { report, contact }, onChange }: { detail: ReportDetailView; onChange: () => void }) {
  const [asking, ask] = useState<'close' | 'order' | null>(null)
  const isOpen = report.closed === null
  const isOff = link.value === 'disconnected'
  const isFirst = report.duplicateOf === null
  const facts: readonly (readonly [string, preact.ComponentChildren])[] = [
    [ro().at, formatFull(report.at)],
    [ro().source, report.enteredBy === null ? ro().sources[report.source] : ro().takenBy(report.enteredBy)],
    [ro().facility, <ReportPlace key="place" report={report} />],
    [ro().district, report.district],
    [ro().words, report.words],
    [
      ro().contact,
      <>
        {contact || <span class="muted">{ro().noContact}</span>} {contact && <span class="muted">({ro().contactMeans})</span>}{' '}
        {report.callerWaits && <span class="tag">{ro().callerWaits}</span>}
      </>,
    ],
    [ro().telemetry, ro().telemetryWords[report.telemetry]],
    [ro().known, report.known && ro().knownYes],
    [ro().duplicateOf, !isFirst && <a href={`/reports/${report.duplicateOf}`}>{ro().earlier}</a>],
    [ro().duplicates, report.duplicates > 0 && ro().times(report.duplicates)],
    [ro().orders, report.order !== null && <a href={`/orders/${report.order}`}>{ro().order(report.order)}</a>],
    [ro().closed, report.closed !== null && `${formatFull(report.closed)} ${report.closedBy ? ro().closedBy[report.closedBy] : ''}`],
    [ro().reason, report.reason],
  ]
  return (
    <div class="order-page">
      <p>
        <a href="/reports">← {ro().back}</a>
      </p>
      <section class="panel">
        <h1>{ro().report(report.number)}</h1>
        <p class="report-line">
          <KindMark kind={report.kind} /> <span class="tag">{publicWord(report.state)}</span>{' '}
          <span class="muted">{ro().since(formatFull(report.since))}</span>
        </p>
        <div class="buttons">
          {isOpen && isFirst && report.order === null && (
            <button type="button" class="button primary" aria-disabled={isOff} onClick={() => ask('order')}>
              {ro().makeOrder}…
            </button>
          )}
          {isOpen && (
            <button type="button" class="button" aria-disabled={isOff} onClick={() => ask('close')}>
              {ro().close}…
            </button>
          )}
        </div>
        <Facts facts={facts} />
      </section>
      {asking === 'close' && <CloseDialog report={report.id} onClose={() => ask(null)} onDone={onChange} />}
      {asking === 'order' && <OrderDialog report={report} onClose={() => ask(null)} onDone={onChange} />}
    </div>
  )
}

interface StepProps {
  onClose: () => void
  onDone: () => void
}

function CloseDialog({ report, onClose, onDone }: StepProps & { report: number }) {
  const close = (form: FormData) =>
    act(async () => {
      await closeReport(report, String(form.get('reason')))
      onDone()
    }, t().done)
  return (
    <Dialog title={ro().close} confirm={ro().close} onConfirm={close} onClose={onClose}>
      <ReasonField label={ro().closeReason} />
    </Dialog>
  )
}

const classes = Object.entries(orderClasses).map(([key, title]) => ({ key, title }))

function OrderDialog({ report, onClose, onDone }: StepProps & { report: ReportDetailView['report'] }) {
  const make = (form: FormData) =>
    act(async () => {
      const [facility, cls] = ['facility', 'class'].map((name) => String(form.get(name) ?? '').trim())
      await makeReportOrder(report.id, { ...(facility && { facility }), ...(cls && { class: cls }) })
      onDone()
    }, t().done)
  return (
    <Dialog title={ro().makeOrder} confirm={ro().makeOrder} onConfirm={make} onClose={onClose}>
      {report.facility === null && (
        <label class="field">
          {ro().whichPole}
          <input name="facility" required maxLength={64} autocomplete="off" />
        </label>
      )}
      <label class="field">
        {ro().class}
        <select name="class">
          <option value="">{ro().usualClass}</option>
          <TitledOptions of={classes} />
        </select>
      </label>
    </Dialog>
  )
}
