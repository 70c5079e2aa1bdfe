import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { newId } from '../../shared/new-id.ts'
import { language, say } from '../../shared/preferences.ts'
import { DangerMark, KeepAway } from './danger.tsx'
import { kinds } from './kinds.ts'
import type { Outcome, Report } from './outbox.ts'
import { Arrived, KeptHere } from './result.tsx'
import { sendReport } from './sending.ts'
import { t } from './texts.ts'

interface ReportFormProps {
  /** What it is about: a pole, or else a place. */
  about: { code: string } | { position: [number, number] }
  /** What to know before it is sent. */
  children?: ComponentChildren
}

/** What is wrong, as few words as somebody in the dark wants to type. */
export function ReportForm({ about, children }: ReportFormProps) {
  const [id] = useState(newId)
  const [kind, choose] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, tell] = useState('')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const isDanger = kinds.some(({ key, isDangerous }) => key === kind && isDangerous)
  if (outcome)
    return (
      <>
        {isDanger && <KeepAway />}
        {outcome.type === 'sent' ? <Arrived receipt={outcome.receipt} /> : <KeptHere id={id} isLater={outcome.type === 'later'} />}
      </>
    )
  const needsWords = kind === 'other' || 'position' in about
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    if (isSending) return
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = (name: string) => String(form.get(name) ?? '').trim()
    if (!kind) {
      tell(t().chooseKind)
      return
    }
    setSending(true)
    tell('')
    const report: Report = { id, kind, ...about, words: given('words'), contact: given('contact'), language: language.peek() }
    const went = await sendReport(report)
    setSending(false)
    if (went.type === 'refused') tell(went.code === 'place-unknown' && 'code' in about ? t().unknown(about.code) : t().refused)
    else setOutcome(went)
  }
  return (
    <form class="page-form" onSubmit={send}>
      {children}
      <fieldset>
        <legend>{t().wrong}</legend>
        <KindChoices of={kinds.filter(({ isDangerous }) => isDangerous)} chosen={kind} choose={choose} />
        <div role="alert">{isDanger && <KeepAway />}</div>
        <KindChoices of={kinds.filter(({ isDangerous }) => !isDangerous)} chosen={kind} choose={choose} />
      </fieldset>
      <label class="field">
        {needsWords ? t().wordsNeeded : t().words}
        {'position' in about && <span class="small muted">{t().hereWords}</span>}
        <textarea name="words" maxLength={500} rows={3} required={needsWords} />
      </label>
      <label class="field">
        {t().contact}
        <input name="contact" maxLength={100} autocomplete="tel" />
        <span class="small muted">{t().privacy}</span>
      </label>
      {problem && (
        <p class="panel notice" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button primary" aria-disabled={isSending}>
        {isSending ? t().sending : t().send}
      </button>
    </form>
  )
}

interface KindChoicesProps {
  of: typeof kinds
  chosen: string
  choose: (kind: string) => void
}

function KindChoices({ of, chosen, choose }: KindChoicesProps) {
  return (
    <>
      {of.map(({ key, title, isDangerous }) => (
        <label key={key} class={key === chosen ? 'choice chosen' : 'choice'}>
          <input type="radio" name="kind" value={key} checked={key === chosen} onChange={() => choose(key)} />
          <span class="grow">{say(title)}</span>
          {isDangerous && <DangerMark />}
        </label>
      ))}
    </>
  )
}
