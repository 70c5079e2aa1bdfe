import { useState } from 'preact/hooks'
import type { RoundPlanInputView, RoundPlanView } from '../../../../src/edges/http/round-schemas.ts'
import { companies } from '../../../../src/operations/company.ts'
import { proofs, roundKinds } from '../../../../src/operations/round-plan.ts'
import type { Text } from '../../../../src/telemetry/point.ts'
import { getRoster } from '../duty/duty-api.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { formatMinuteOfDay } from '../rules/time-of-day.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { MinuteField } from '../shell/minute-field.tsx'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { rd } from '../texts/rounds.ts'
import { emptyStop, type StopDraft, stopDraft, stopInputs } from './plan-draft.ts'
import { getPlans, putPlan, removePlan } from './rounds-api.ts'

type Draft = Omit<Required<RoundPlanInputView>, 'stops'> & { stops: StopDraft[] }

const empty: Draft = {
  ...{ name: '', nameEn: '', kind: 'patrol', company: 'lighting', district: '', area: null, crew: null, proof: 'either', radius: 50 },
  ...{ share: 1, lateAfter: 30, missedAfter: 90, disabled: false, weekdays: [1, 2, 3, 4, 5, 6, 7] },
  ...{ windows: [{ from: 8 * 60, to: 10 * 60 }], stops: [emptyStop] },
}
const draftOf = ({ stops, id: _, elsewhere: __, since: ___, stopCount: ____, today: _____, ...plan }: RoundPlanView): Draft => ({
  ...plan,
  stops: stops.map(stopDraft),
})

/** Writes a new plan, or changes one. */
export function PlanForm({ id }: { id: string | null }) {
  const { answer, problem } = useAnswer(getPlans, '')
  const known = answer?.items.find((plan) => plan.id === id)
  return (
    <>
      <p>
        <a href="/rounds/plans">← {rd().views.plans}</a>
      </p>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && (id === null || known) && <Fields id={id} first={known ? draftOf(known) : empty} />}
    </>
  )
}

function Fields({ id, first }: { id: string | null; first: Draft }) {
  const [plan, setPlan] = useState(first)
  const [key, setKey] = useState(id ?? '')
  const roster = useAnswer(getRoster, '')
  const change = (more: Partial<Draft>) => setPlan((before) => ({ ...before, ...more }))
  const f = rd().fields
  const send = async (event: Event) => {
    event.preventDefault()
    const body = { ...plan, stops: stopInputs(plan.stops) }
    if (await act(() => putPlan(key.trim(), body), rd().saved)) navigate('/rounds/plans')
  }
  const remove = async () => {
    if (confirm(rd().removeAbout) && (await act(() => removePlan(id as string), rd().removed))) navigate('/rounds/plans')
  }
  const text = (label: string, value: string, onChange: (value: string) => void, more: object = {}) => (
    <label class="field">
      {label}
      <input value={value} maxLength={100} onInput={({ currentTarget }) => onChange(currentTarget.value)} {...more} />
    </label>
  )
  const number = (label: string, value: number, onChange: (value: number) => void, min: number, max: number) => (
    <label class="field">
      {label}
      <input
        type="number"
        required
        min={min}
        max={max}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
    </label>
  )
  const choice = <T extends string>(label: string, value: T, options: Readonly<Record<T, Text>>, onChange: (value: T) => void) => (
    <label class="field">
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {(Object.keys(options) as T[]).map((one) => (
          <option key={one} value={one}>
            {say(options[one])}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <form class="stack" onSubmit={send}>
      <section class="panel">
        <h1>{id === null ? rd().newPlan : plan.name}</h1>
        <div class="round-fields">
          {id === null && text(f.id, key, setKey, { required: true, maxLength: 64, pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]*' })}
          {text(f.name, plan.name, (name) => change({ name }), { required: true })}
          {text(f.nameEn, plan.nameEn, (nameEn) => change({ nameEn }))}
          {choice(f.kind, plan.kind, roundKinds, (kind) => change({ kind }))}
          {choice(f.company, plan.company, companies, (company) => change({ company }))}
          {text(f.district, plan.district, (district) => change({ district }))}
          <label class="field">
            {f.crew}
            <select value={plan.crew ?? ''} onChange={({ currentTarget }) => change({ crew: currentTarget.value || null })}>
              <option value="">{rd().anybody}</option>
              {roster.answer?.crews.map((crew) => (
                <option key={crew.id} value={crew.id}>
                  {crew.name}
                </option>
              ))}
            </select>
          </label>
          {choice(f.proof, plan.proof, proofs, (proof) => change({ proof }))}
          {number(f.radius, plan.radius, (radius) => change({ radius }), 5, 1000)}
          {number(f.share, Math.round(plan.share * 100), (percent) => change({ share: percent / 100 }), 1, 100)}
          {number(f.lateAfter, plan.lateAfter, (lateAfter) => change({ lateAfter }), 1, 1440)}
          {number(f.missedAfter, plan.missedAfter, (missedAfter) => change({ missedAfter }), 2, 2880)}
        </div>
        <label class="check">
          <input type="checkbox" checked={plan.disabled} onInput={({ currentTarget }) => change({ disabled: currentTarget.checked })} />
          {f.disabled}
        </label>
      </section>
      <Times plan={plan} change={change} />
      <Stops plan={plan} change={change} />
      <div class="buttons">
        <button type="submit" class="button primary">
          {f.save}
        </button>
        {id !== null && (
          <button type="button" class="button" onClick={remove}>
            {rd().remove}…
          </button>
        )}
      </div>
    </form>
  )
}

interface PartProps {
  plan: Draft
  change: (more: Partial<Draft>) => void
}

function Times({ plan: { windows, weekdays }, change }: PartProps) {
  const f = rd().fields
  const set = (i: number, end: 'from' | 'to', minute: number) =>
    change({ windows: windows.map((one, j) => (i === j ? { ...one, [end]: minute } : one)) })
  return (
    <section class="panel">
      <fieldset class="round-days">
        <legend>{f.weekdays}</legend>
        {rd().weekdays.map((name, i) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={weekdays.includes(i + 1)}
              onInput={({ currentTarget }) =>
                change({ weekdays: currentTarget.checked ? [...weekdays, i + 1] : weekdays.filter((day) => day !== i + 1) })
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
      <fieldset class="round-days">
        <legend>{f.windows}</legend>
        {windows.map(({ from, to }, i) => (
          <span key={i} class="together">
            <MinuteField label={`${f.windows} ${i + 1}`} value={from} put={(minute) => set(i, 'from', minute)} />
            –
            <MinuteField label={`${f.windows} ${i + 1}, –`} value={to} put={(minute) => set(i, 'to', minute)} />
            <button
              type="button"
              class="button"
              aria-label={`${f.remove} ${formatMinuteOfDay(from)}`}
              onClick={() => change({ windows: windows.filter((_, j) => j !== i) })}
            >
              ×
            </button>
          </span>
        ))}
        <button type="button" class="button" onClick={() => change({ windows: [...windows, { from: 12 * 60, to: 13 * 60 }] })}>
          {f.addWindow}
        </button>
      </fieldset>
    </section>
  )
}

function Stops({ plan: { stops, area }, change }: PartProps) {
  const f = rd().fields
  const columns = ['facility', 'name', 'position', 'readings'] as const
  const titles = { facility: f.facility, name: f.stopName, position: f.position, readings: f.readings }
  const set = (i: number, more: Partial<StopDraft>) => change({ stops: stops.map((one, j) => (i === j ? { ...one, ...more } : one)) })
  return (
    <section class="panel">
      <h2>{f.stops}</h2>
      {stops.map((stop, i) => (
        <div key={i} class="round-line">
          {columns.map((column) => (
            <label key={column}>
              {titles[column]}
              <input
                value={stop[column]}
                maxLength={column === 'readings' ? 400 : 100}
                spellcheck={false}
                onInput={({ currentTarget }) => set(i, { [column]: currentTarget.value })}
              />
            </label>
          ))}
          <button
            type="button"
            class="button"
            aria-label={`${f.remove} ${i + 1}`}
            onClick={() => change({ stops: stops.filter((_, j) => j !== i) })}
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" class="button" onClick={() => change({ stops: [...stops, emptyStop] })}>
        {f.add}
      </button>
      <label class="field">
        {f.area}
        <input
          value={area ?? ''}
          maxLength={2000}
          spellcheck={false}
          onInput={({ currentTarget }) => change({ area: currentTarget.value || null })}
        />
      </label>
      <QueryHelp onChoose={(chosen) => change({ area: chosen })} />
    </section>
  )
}
