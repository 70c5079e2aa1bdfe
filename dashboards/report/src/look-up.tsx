import { type PublicState, type ReportKind, readReportNumber } from '../../../src/operations/citizen-report.ts'
import type { Text } from '../../../src/telemetry/point.ts'
import { Facts } from '../../shared/facts.tsx'
import { formatFull } from '../../shared/format.ts'
import { say } from '../../shared/preferences.ts'
import { go } from './address.ts'
import { kindWords, stateWords } from './kinds.ts'
import { PhoneLink, phone } from './phone.tsx'
import { ask, Refusal } from './public-api.ts'
import { Told } from './result.tsx'
import { t } from './texts.ts'
import { useAsked } from './use-asked.ts'

interface LookedUp {
  number: string
  kind: ReportKind
  at: number
  state: PublicState
  since: number
  place: Text | null
  reason?: string
}

/** The way of most reports; others end in one step of their own. */
const usualSteps: readonly PublicState[] = ['received', 'crew-told', 'crew-on-the-way', 'crew-there', 'repaired', 'done']

/** What became of a report, for whoever knows its number. */
export function LookUpPage({ number }: { number: string }) {
  const wanted = readReportNumber(number)
  const look = async () => (wanted ? ask<LookedUp>(`reports/${encodeURIComponent(wanted)}`) : null)
  const { answer, problem } = useAsked(look, number)
  const isUnknown = answer === null || (problem instanceof Refusal && problem.status === 404)
  const words = isUnknown ? t().noNumber : problem instanceof Refusal ? t().tooMany : problem !== undefined ? t().noAnswer : ''
  return (
    <>
      <Told>{t().lookUp}</Told>
      <p role="status">{answer === undefined && !words && t().loading}</p>
      {words && (
        <p class="panel notice" role="alert">
          {words}
        </p>
      )}
      {answer && <Shown report={answer} />}
      <LookUpForm number={answer ? '' : number} />
      {phone() && (
        <p>
          {t().call} <PhoneLink />
        </p>
      )}
    </>
  )
}

function Shown({ report: { number, kind, at, state, since, place, reason } }: { report: LookedUp }) {
  const reached = usualSteps.indexOf(state)
  const facts = [
    [t().kind, kindWords(kind)],
    [t().place, place && say(place)],
    [t().at, formatFull(at)],
    [t().reason, reason],
  ] as const
  return (
    <section class="panel">
      <h2 class="number">{number}</h2>
      <p class="pole">
        {stateWords(state)} <span class="muted small">{t().since(formatFull(since))}</span>
      </p>
      <Facts facts={facts} />
      {reached >= 0 && (
        <ol class="steps">
          {usualSteps.map((step, i) => (
            <li key={step} class={i <= reached ? 'done' : ''} aria-current={i === reached ? 'step' : undefined}>
              {stateWords(step)}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

export function LookUpForm({ number }: { number: string }) {
  const look = (event: SubmitEvent) => {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget as HTMLFormElement).get('number')).trim()
    if (given) go(`/report?number=${encodeURIComponent(readReportNumber(given) ?? given)}`)
  }
  return (
    <section class="panel" aria-labelledby="look-title">
      <h2 id="look-title">{t().lookUp}</h2>
      <form onSubmit={look}>
        <label class="field">
          {t().lookUpWhat}
          <span class="row">
            <input
              name="number"
              maxLength={30}
              autocomplete="off"
              autocapitalize="characters"
              placeholder="K7Q2M-9XRT4"
              defaultValue={number}
            />
            <button type="submit" class="button">
              {t().look}
            </button>
          </span>
        </label>
      </form>
    </section>
  )
}
