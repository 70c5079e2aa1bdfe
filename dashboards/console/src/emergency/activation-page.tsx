import { useState } from 'preact/hooks'
import type { ActivationView, EntryView } from '../../../../src/edges/http/emergency-schemas.ts'
import { formatDateTime, formatDue, formatFull, formatNumber } from '../format.ts'
import { emergencies, link, serverNow } from '../live/live.ts'
import { getProgrammes } from '../programmes/programmes-api.ts'
import { useProgrammeAnswer } from '../programmes/use-programmes.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TableHead } from '../shell/table-head.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { em } from '../texts/emergency.ts'
import { doItem, endActivation, getActivation, getLog, reach, writeLog } from './emergency-api.ts'
import { kindWords, planDoes, planName } from './plan-words.ts'

const REFRESH = 15_000

/** One activation: its checklist, whom to call, its log, and how it is ended. */
export function ActivationPage({ id }: { id: number }) {
  // Each step of it is told.
  const told = JSON.stringify(emergencies.value.find((one) => one.id === id) ?? null)
  const key = `${id} ${told} ${link.value === 'disconnected'}`
  const { answer, problem, again } = useAnswer(
    () => getActivation(id),
    key,
    () => REFRESH,
  )
  const log = useAnswer(() => getLog(id), key)
  useKeys({ Escape: () => navigate('/emergency-plans') })
  const refresh = () => {
    again()
    log.again()
  }
  return (
    <>
      <p>
        <a href="/emergency-plans">← {em().back}</a>
      </p>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && <Shown activation={answer} entries={log.answer?.items ?? []} again={refresh} />}
    </>
  )
}

interface ShownProps {
  activation: ActivationView
  entries: readonly EntryView[]
  again: () => void
}
type Asking = { type: 'end' } | { type: 'note' } | { type: 'item'; key: string; isDone: boolean } | { type: 'contact'; place: number }

function Shown({ activation, entries, again }: ShownProps) {
  const [asking, ask] = useState<Asking | null>(null)
  const { answer: programmes } = useProgrammeAnswer(getProgrammes, 'programmes')
  const { drill, ended, reason, area, facilities, items, done, late, document } = activation
  const isOff = link.value === 'disconnected'
  const mayMove = may('plan.activate') && ended === null
  return (
    <>
      <section class="panel">
        <h1>
          {drill && <span class="tag">{em().isDrill}</span>} {planName(activation)}
        </h1>
        <p>
          <span class="tag">{kindWords(activation)}</span> {em().since(formatFull(activation.at), activation.by)}
          {ended && ` · ${em().ended(formatFull(ended.at), ended.by)}`}
        </p>
        <dl class="facts">
          <dt>{em().reason}</dt>
          <dd>{reason}</dd>
          {ended && (
            <>
              <dt>{em().endReason}</dt>
              <dd>{ended.note}</dd>
            </>
          )}
          <dt>{em().area}</dt>
          <dd>
            <code>{area}</code> · <a href={`/facilities?query=${encodeURIComponent(area)}`}>{em().areaNow(formatNumber(facilities))}</a>
          </dd>
          <dt>{em().columns[3]}</dt>
          <dd>{planDoes(document, programmes?.items)}</dd>
          {document.instructions && (
            <>
              <dt>{em().instructions}</dt>
              <dd class="emergency-instructions">{document.instructions}</dd>
            </>
          )}
        </dl>
        {mayMove && (
          <div class="buttons">
            <button type="button" class="button" aria-disabled={isOff} onClick={() => ask({ type: 'note' })}>
              {em().writeLog}…
            </button>
            <button type="button" class="button" aria-disabled={isOff} onClick={() => ask({ type: 'end' })}>
              {em().end}…
            </button>
          </div>
        )}
      </section>
      <div class="emergency-parts">
        <section class="panel">
          <h2>
            {em().checklist}{' '}
            <span class="muted">
              {em().progress(done, items)}
              {late > 0 && ` · ${em().lateCount(late)}`}
            </span>
          </h2>
          <Checklist activation={activation} mayMove={mayMove} onAsk={(key, isDone) => ask({ type: 'item', key, isDone })} />
          <h2>{em().communication}</h2>
          <Contacts activation={activation} mayMove={mayMove} onAsk={(place) => ask({ type: 'contact', place })} />
        </section>
        <section class="panel">
          <h2>{em().log}</h2>
          <Log entries={entries} activation={activation} />
        </section>
      </div>
      {asking && <Asked asking={asking} activation={activation} again={again} onClose={() => ask(null)} />}
    </>
  )
}

interface PartProps<T extends unknown[]> {
  activation: ActivationView
  mayMove: boolean
  onAsk: (...what: T) => void
}

function Checklist({ activation: { checklist }, mayMove, onAsk }: PartProps<[key: string, isDone: boolean]>) {
  if (checklist.length === 0) return <p class="muted">{em().none}</p>
  return (
    <table class="grid-table">
      <TableHead titles={em().checklistColumns} />
      <tbody>
        {checklist.map(({ key, text, owner, due, isLate, done }) => (
          <tr key={key}>
            <td>
              <input
                type="checkbox"
                class="emergency-check"
                checked={done !== null}
                disabled={!mayMove}
                aria-label={text}
                onClick={(event) => {
                  event.preventDefault()
                  onAsk(key, done === null)
                }}
              />
            </td>
            <td>{text}</td>
            <td>{owner}</td>
            <td class="short">
              {due === null ? em().atAnyTime : formatDue(due, serverNow.value)}{' '}
              {isLate && <span class="tag emergency-late">{em().late}</span>}
            </td>
            <td>{done && [formatDateTime(done.at), done.by, done.note].filter(Boolean).join(' · ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Contacts({ activation: { contacts }, mayMove, onAsk }: PartProps<[place: number]>) {
  if (contacts.length === 0) return <p class="muted">{em().none}</p>
  return (
    <table class="grid-table">
      <TableHead titles={em().contactColumns} />
      <tbody>
        {contacts.map(({ name, role, phone, isByHand, reached }, place) => (
          <tr key={place}>
            <td>{[name, role].filter(Boolean).join(' · ')}</td>
            <td>{phone && <a href={`tel:${phone.replaceAll(/[^+0-9]/g, '')}`}>{phone}</a>}</td>
            <td>{isByHand ? em().byHand : em().byMessage}</td>
            <td>
              {reached
                ? [formatDateTime(reached.at), reached.by, reached.note].filter(Boolean).join(' · ')
                : mayMove && (
                    <button type="button" class="button" onClick={() => onAsk(place)}>
                      {em().reached}…<span class="unseen"> {name}</span>
                    </button>
                  )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Log({ entries, activation }: { entries: readonly EntryView[]; activation: ActivationView }) {
  const subject = ({ type, data }: EntryView): string => {
    if (type === 'activate' || type === 'drill') return em().begun(Number(data.facilities), Number(data.alarms), Number(data.orders))
    if (data.item !== undefined) return activation.checklist.find(({ key }) => key === data.item)?.text ?? String(data.item)
    return data.contact === undefined ? '' : (activation.contacts[Number(data.contact)]?.name ?? '')
  }
  return (
    <ul class="log">
      {entries.map((entry) => (
        <li key={entry.id}>
          {formatDateTime(entry.at)} · {entry.by === 'clock' ? em().clock : entry.by} · <b>{em().entry[entry.type] ?? entry.type}</b>{' '}
          {[subject(entry), entry.type === 'tell' ? '' : entry.words].filter(Boolean).join(' · ')}
        </li>
      ))}
    </ul>
  )
}

interface AskedProps {
  asking: Asking
  activation: ActivationView
  again: () => void
  onClose: () => void
}

function Asked({ asking, activation, again, onClose }: AskedProps) {
  const { id, items, done } = activation
  const send = (work: (form: FormData) => Promise<unknown>) => async (form: FormData) => {
    const isDone = await act(() => work(form), t().done)
    if (isDone) again()
    return isDone
  }
  const note = (form: FormData) => String(form.get('note') ?? '').trim()
  const noteField = (
    <label class="field">
      {em().note}
      <textarea name="note" maxLength={2000} rows={2} />
    </label>
  )
  if (asking.type === 'end')
    return (
      <Dialog
        title={em().endTitle(planName(activation))}
        confirm={em().end}
        onConfirm={send((form) => endActivation(id, String(form.get('reason'))))}
        onClose={onClose}
      >
        <p>{em().endAbout}</p>
        {done < items && <p class="request">{em().endOpen(items - done)}</p>}
        <ReasonField label={em().endReason} />
      </Dialog>
    )
  if (asking.type === 'note')
    return (
      <Dialog
        title={em().writeLog}
        confirm={t().save}
        onConfirm={send((form) => writeLog(id, String(form.get('reason'))))}
        onClose={onClose}
      >
        <ReasonField label={em().logWords} />
      </Dialog>
    )
  if (asking.type === 'item') {
    const { key, isDone } = asking
    const title = `${isDone ? em().done : em().undone}: ${activation.checklist.find((one) => one.key === key)?.text ?? key}`
    return (
      <Dialog
        title={title}
        confirm={isDone ? em().done : em().undone}
        onConfirm={send((form) => doItem(id, key, isDone, note(form)))}
        onClose={onClose}
      >
        {noteField}
      </Dialog>
    )
  }
  return (
    <Dialog
      title={`${em().reached}: ${activation.contacts[asking.place]?.name ?? ''}`}
      confirm={em().reached}
      onConfirm={send((form) => reach(id, asking.place, note(form)))}
      onClose={onClose}
    >
      {noteField}
    </Dialog>
  )
}
