import type { ComponentChildren } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import type { PlanChoicesView, PlanInput, PlanView } from '../../../../src/edges/http/emergency-schemas.ts'
import type { RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import { domains } from '../../../../src/facilities/facility-kind.ts'
import { raiseSteps } from '../../../../src/facilities/priority-raise.ts'
import { type PlanKind, planKinds } from '../../../../src/operations/emergency-plan.ts'
import { useSettled } from '../dispatch/use-settled.ts'
import { getRoster } from '../duty/duty-api.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { language, say, t } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { em } from '../texts/emergency.ts'
import { checkPlan, getChoices, getPlan, type PlanProblem, putPlan } from './emergency-api.ts'

/** ms after the last change until the server is asked what is wrong. */
const PAUSE = 600

type Line = 'priorities' | 'duty' | 'contacts' | 'checklist'
type LineOf<K extends Line> = PlanInput[K][number]

const empty: PlanInput = {
  ...{ name: '', nameEn: '', kind: 'extreme-weather', area: '', measuresWithin: 60, light: null, rounds: null, instructions: '' },
  ...{ priorities: [{ domains: 'all', rules: 'all', to: 'one-step' }], duty: [], contacts: [], checklist: [] },
}

const inputOf = ({ id: _, version: __, changedBy: ___, changedAt: ____, contacts, ...plan }: PlanView): PlanInput => ({
  ...plan,
  contacts: contacts.map((contact) => ({ ...contact, phone: contact.phone ?? '' })),
})

/** Writes a new plan, or changes one as it was when the page was opened. */
export function PlanForm({ id }: { id: string | null }) {
  const { answer, problem } = useAnswer(() => (id === null ? Promise.resolve(null) : getPlan(id)), String(id))
  const roster = useAnswer<RosterView>(getRoster, '')
  const choices = useAnswer(getChoices, '')
  useKeys({})
  return (
    <>
      <p>
        <a href="/emergency-plans">← {em().back}</a>
      </p>
      <Awaited isThere={id === null || answer !== null} problem={problem} />
      {(id === null || answer) && (
        <Fields
          key={answer?.version}
          id={id}
          first={answer ? inputOf(answer) : empty}
          seen={answer?.version ?? 0}
          roster={roster.answer}
          choices={choices.answer}
        />
      )}
    </>
  )
}

interface FieldsProps {
  id: string | null
  first: PlanInput
  seen: number
  roster: RosterView | null
  /** Null: not known yet. */
  choices: PlanChoicesView | null
}

function Fields({ id, first, seen, roster, choices }: FieldsProps) {
  const [plan, setPlan] = useState(first)
  const [key, setKey] = useState(id ?? '')
  const change = (more: Partial<PlanInput>) => setPlan((before) => ({ ...before, ...more }))
  const problems = useProblems(plan)
  const lines = <K extends Line>(of: K, fresh: LineOf<K>) => ({
    items: plan[of] as LineOf<K>[],
    change: (place: number, more: object) =>
      change({ [of]: plan[of].map((one, i) => (i === place ? { ...one, ...more } : one)) } as Partial<PlanInput>),
    remove: (place: number) => change({ [of]: plan[of].filter((_, i) => i !== place) } as Partial<PlanInput>),
    add: () => change({ [of]: [...plan[of], fresh] } as Partial<PlanInput>),
  })
  const send = async (event: Event) => {
    event.preventDefault()
    if (await act(() => putPlan(key.trim(), plan, seen), em().saved)) navigate('/emergency-plans')
  }
  const f = em().form
  return (
    <form class="stack" onSubmit={send}>
      <section class="panel">
        <h1>{id === null ? em().newPlan : plan.name}</h1>
        <div class="emergency-fields">
          {id === null && <Text label={f.id} value={key} onChange={setKey} required pattern="[\p{L}\p{N}][\p{L}\p{N}_\-]{0,39}" />}
          <Text label={f.name} value={plan.name} onChange={(name) => change({ name })} required />
          <Text label={f.nameEn} value={plan.nameEn} onChange={(nameEn) => change({ nameEn })} />
          <label class="field">
            {f.kind}
            <select value={plan.kind} onChange={({ currentTarget }) => change({ kind: currentTarget.value as PlanKind })}>
              {Object.entries(planKinds).map(([kind, title]) => (
                <option key={kind} value={kind}>
                  {say(title)}
                </option>
              ))}
            </select>
          </label>
          <Numeric
            label={f.measures}
            value={plan.measuresWithin}
            onChange={(measuresWithin) => change({ measuresWithin })}
            min={1}
            max={10_000}
          />
        </div>
        <label class="field">
          {em().area}
          <textarea
            required
            maxLength={2000}
            rows={2}
            spellcheck={false}
            value={plan.area}
            onInput={({ currentTarget }) => change({ area: currentTarget.value })}
          />
        </label>
        <QueryHelp onChoose={(area) => change({ area })} />
        <label class="field">
          {em().instructions}
          <textarea
            maxLength={4000}
            rows={3}
            value={plan.instructions}
            onInput={({ currentTarget }) => change({ instructions: currentTarget.value })}
          />
        </label>
      </section>
      <Priorities rules={choices?.rules ?? null} {...lines('priorities', { domains: 'all', rules: 'all', to: 'one-step' })} />
      <section class="panel">
        <Switch
          label={f.light}
          isOn={plan.light !== null}
          onChange={(on) => change({ light: on ? { query: '', level: 100, programme: null } : null })}
        />
        {plan.light && (
          <div class="emergency-line">
            <Text label={f.lightQuery} value={plan.light.query} onChange={(query) => change({ light: { ...plan.light!, query } })} />
            <Numeric
              label={f.lightLevel}
              value={plan.light.level}
              min={0}
              max={100}
              onChange={(level) => change({ light: { ...plan.light!, level, programme: level === null ? plan.light!.programme : null } })}
            />
            <Pick
              label={f.lightProgramme}
              value={plan.light.programme}
              choices={choices?.programmes.map(({ id: one, name }) => ({ id: one, name: say(name) })) ?? null}
              onChange={(programme) =>
                change({ light: { ...plan.light!, programme, level: programme ? null : (plan.light!.level ?? 100) } })
              }
            />
          </div>
        )}
        <Switch label={f.rounds} isOn={plan.rounds !== null} onChange={(on) => change({ rounds: on ? { query: '', factor: 2 } : null })} />
        {plan.rounds && (
          <div class="emergency-line">
            <Text label={f.roundsQuery} value={plan.rounds.query} onChange={(query) => change({ rounds: { ...plan.rounds!, query } })} />
            <Numeric
              label={f.factor}
              value={plan.rounds.factor}
              min={2}
              max={10}
              onChange={(factor) => change({ rounds: { ...plan.rounds!, factor: factor ?? 2 } })}
            />
          </div>
        )}
      </section>
      <Duty
        roster={roster}
        accounts={choices?.accounts ?? null}
        {...lines('duty', { type: 'call-in', rotation: roster?.rotations[0]?.id ?? '', team: '' })}
      />
      <Contacts choices={choices} {...lines('contacts', { name: '', role: '', phone: '', channel: null, account: null })} />
      <Checklist accounts={choices?.accounts ?? null} {...lines('checklist', { key: freshKey(plan), text: '', owner: '', within: 30 })} />
      <section class="panel">
        {problems.length > 0 && (
          <div role="alert">
            <ul class="problem" aria-label={em().notes}>
              {problems.map((one) => (
                <li key={one.at + one.en}>{language.value === 'zh' ? one.zh : one.en}</li>
              ))}
            </ul>
          </div>
        )}
        <div class="buttons">
          <button type="submit" class="button primary">
            {t().save}
          </button>
          <a class="button" href="/emergency-plans">
            {t().cancel}
          </a>
        </div>
      </section>
    </form>
  )
}

/** A key that no item of the checklist has. */
function freshKey({ checklist }: PlanInput): string {
  const taken = new Set(checklist.map(({ key }) => key))
  let place = checklist.length + 1
  while (taken.has(`step-${place}`)) place++
  return `step-${place}`
}

function useProblems(plan: PlanInput): PlanProblem[] {
  const [problems, setProblems] = useState<PlanProblem[]>([])
  const text = JSON.stringify(plan)
  const settled = useSettled(plan, text, PAUSE)
  useEffect(() => {
    let wanted = true
    // What is not filled in yet says so itself.
    checkPlan(settled).then(
      ({ items }) => wanted && setProblems(items),
      () => wanted && setProblems([]),
    )
    return () => {
      wanted = false
    }
  }, [JSON.stringify(settled)])
  return problems
}

interface LinesProps<T> {
  items: T[]
  change: (place: number, more: Partial<T>) => void
  remove: (place: number) => void
  add: () => void
}

function Lines<T>({
  title,
  items,
  remove,
  add,
  children,
}: Omit<LinesProps<T>, 'change'> & { title: string; children: (item: T, place: number) => ComponentChildren }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {items.map((item, place) => (
        <fieldset key={place} class="emergency-line">
          <legend class="unseen">{em().form.line(title, place + 1)}</legend>
          {children(item, place)}
          <button type="button" class="button" aria-label={em().form.removeRow(place + 1)} onClick={() => remove(place)}>
            ×
          </button>
        </fieldset>
      ))}
      <div class="buttons">
        <button type="button" class="button" onClick={add}>
          {em().form.add}
        </button>
      </div>
    </section>
  )
}

function Priorities({ change, rules: known, ...props }: LinesProps<LineOf<'priorities'>> & { rules: PlanChoicesView['rules'] | null }) {
  const f = em().form
  return (
    <Lines title={f.priorities} {...props}>
      {({ to, rules, domains: of }, place) => (
        <>
          <label>
            {f.to}
            <select value={to} onChange={({ currentTarget }) => change(place, { to: currentTarget.value as typeof to })}>
              {raiseSteps.map((step) => (
                <option key={step} value={step}>
                  {em().raiseTo[step]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {f.domains}
            <select
              value={of === 'all' ? '' : of.join()}
              onChange={({ currentTarget: { value } }) =>
                change(place, { domains: value ? (value.split(',') as (keyof typeof domains)[]) : 'all' })
              }
            >
              <option value="">{t().all}</option>
              {of !== 'all' && of.length > 1 && <option value={of.join()}>{of.map((one) => t().domains[one]).join(' + ')}</option>}
              {(Object.keys(domains) as (keyof typeof domains)[]).map((domain) => (
                <option key={domain} value={domain}>
                  {t().domains[domain]}
                </option>
              ))}
            </select>
          </label>
          <Rules rules={rules} known={known} onChange={(next) => change(place, { rules: next })} />
        </>
      )}
    </Lines>
  )
}

function Duty({
  roster,
  accounts,
  change,
  ...props
}: LinesProps<LineOf<'duty'>> & { roster: RosterView | null; accounts: readonly Choice[] | null }) {
  const f = em().form
  const rotations = roster?.rotations ?? []
  return (
    <Lines title={f.duty} {...props}>
      {(item, place) => (
        <>
          <label>
            {f.duty}
            <select
              value={item.type}
              onChange={({ currentTarget }) => {
                const type = currentTarget.value as typeof item.type
                change(place, (type === 'stand-in' ? { type, away: null, substitute: null } : { type }) as Partial<typeof item>)
              }}
            >
              {Object.entries(f.dutyTypes).map(([type, title]) => (
                <option key={type} value={type}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <label>
            {f.rotation}
            <select value={item.rotation} onChange={({ currentTarget }) => change(place, { rotation: currentTarget.value, team: '' })}>
              <option value="" />
              {rotations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label>
            {f.team}
            <select required value={item.team} onChange={({ currentTarget }) => change(place, { team: currentTarget.value })}>
              <option value="" />
              {(rotations.find(({ id }) => id === item.rotation)?.teams ?? []).map(({ key, name }) => (
                <option key={key} value={key}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {item.type === 'stand-in' && (
            <>
              <Pick label={f.away} value={item.away} choices={accounts} onChange={(away) => change(place, { away })} />
              <Pick
                label={f.substitute}
                value={item.substitute}
                choices={accounts}
                onChange={(substitute) => change(place, { substitute })}
              />
            </>
          )}
        </>
      )}
    </Lines>
  )
}

function Contacts({ choices, change, ...props }: LinesProps<LineOf<'contacts'>> & { choices: PlanChoicesView | null }) {
  const f = em().form
  return (
    <Lines title={f.contacts} {...props}>
      {({ name, role, phone, channel, account }, place) => (
        <>
          <Text label={f.contactName} value={name} onChange={(name) => change(place, { name })} required />
          <Text label={f.role} value={role} onChange={(role) => change(place, { role })} />
          <Text label={f.phone} value={phone} onChange={(phone) => change(place, { phone })} pattern="[+0-9 \(\)\-]*" />
          <Pick
            label={f.channel}
            value={channel}
            choices={choices?.channels ?? null}
            onChange={(next) => change(place, { channel: next })}
          />
          <Pick
            label={f.account}
            value={account}
            choices={choices?.accounts ?? null}
            onChange={(next) => change(place, { account: next })}
          />
        </>
      )}
    </Lines>
  )
}

function Checklist({ accounts, change, ...props }: LinesProps<LineOf<'checklist'>> & { accounts: readonly Choice[] | null }) {
  const f = em().form
  return (
    <Lines title={f.checklist} {...props}>
      {({ text, owner, within }, place) => (
        <>
          <Text label={f.text} value={text} onChange={(text) => change(place, { text })} required />
          <Text label={f.owner} value={owner} onChange={(owner) => change(place, { owner })} choices={accounts} />
          <Numeric label={f.within} value={within} min={1} max={100_000} onChange={(within) => change(place, { within })} />
        </>
      )}
    </Lines>
  )
}

interface TextProps {
  label: string
  value: string
  onChange: (text: string) => void
  required?: boolean
  pattern?: string
  /** What is proposed; other words may stand there too. */
  choices?: readonly Choice[] | null
}

function Text({ label, value, onChange, required = false, pattern, choices }: TextProps) {
  const list = useId()
  return (
    <label class="field">
      {label}
      <input
        type="text"
        {...{ value, required, maxLength: 500, autocomplete: 'off' }}
        {...(pattern && { pattern })}
        {...(choices && { list })}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {choices && (
        <datalist id={list}>
          {choices.map(({ id, name }) => (
            <option key={id} value={id} label={name} />
          ))}
        </datalist>
      )}
    </label>
  )
}

interface Choice {
  id: string
  name: string
}

interface PickProps {
  label: string
  value: string | null
  /** Null: not known yet. */
  choices: readonly Choice[] | null
  onChange: (value: string | null) => void
}

/** What is chosen and exists no more stays to be seen as that. */
function Pick({ label, value, choices, onChange }: PickProps) {
  const isOffered = value === null || choices?.some(({ id }) => id === value)
  const isGone = choices !== null && !isOffered
  return (
    <label class="field">
      {label}
      <select value={value ?? ''} aria-invalid={isGone} onChange={({ currentTarget }) => onChange(currentTarget.value || null)}>
        <option value="">–</option>
        {!isOffered && <option value={value}>{isGone ? em().form.gone(value) : value}</option>}
        {choices?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name === id ? id : `${name} (${id})`}
          </option>
        ))}
      </select>
    </label>
  )
}

interface RulesProps {
  rules: LineOf<'priorities'>['rules']
  known: PlanChoicesView['rules'] | null
  onChange: (rules: LineOf<'priorities'>['rules']) => void
}

/** Rules one after the other, each to be taken out again; none is all of them. */
function Rules({ rules, known, onChange }: RulesProps) {
  const f = em().form
  const named = rules === 'all' ? [] : rules
  const nameOf = (id: string) => {
    const found = known?.find((rule) => rule.id === id)
    return found ? `${say(found.kind)}: ${say(found.title)}` : known ? f.gone(id) : id
  }
  return (
    <div class="emergency-rules">
      <label>
        {f.rules}
        <select value="" onChange={({ currentTarget }) => onChange([...named, currentTarget.value])}>
          <option value="">{named.length === 0 ? t().all : f.addRule}</option>
          {[...new Set(known?.map(({ kind }) => say(kind)))].map((kind) => (
            <optgroup key={kind} label={kind}>
              {known
                ?.filter((rule) => say(rule.kind) === kind && !named.includes(rule.id))
                .map(({ id, title }) => (
                  <option key={id} value={id}>
                    {say(title)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      {named.map((id) => (
        <button
          key={id}
          type="button"
          class="button"
          aria-label={f.removeRule(nameOf(id))}
          onClick={() => onChange(named.length > 1 ? named.filter((one) => one !== id) : 'all')}
        >
          {nameOf(id)} ×
        </button>
      ))}
    </div>
  )
}

interface NumericProps {
  label: string
  value: number | null
  min: number
  max: number
  onChange: (value: number | null) => void
}

const Numeric = ({ label, value, min, max, onChange }: NumericProps) => (
  <label class="field">
    {label}
    <input
      type="number"
      {...{ min, max, step: 1, value: value ?? '' }}
      onInput={({ currentTarget }) => onChange(currentTarget.value === '' ? null : Number(currentTarget.value))}
    />
  </label>
)

const Switch = ({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (on: boolean) => void }) => (
  <label class="check">
    <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => onChange(currentTarget.checked)} /> {label}
  </label>
)
