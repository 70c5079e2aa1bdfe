import { useId, useState } from 'preact/hooks'
import type { FacilityView, KindView } from '../../../../src/edges/http/schemas.ts'
import { facilityById, kinds, link } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { explain, tell } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TitledOptions } from '../shell/titled-options.tsx'
import { p } from '../texts/plant.ts'
import { putFacility } from './facility-api.ts'
import { type DraftProblem, draftOf, emptyDraft, type FacilityDraft, inputOf, withVariant } from './facility-draft.ts'
import { Remove } from './facility-removal.tsx'
import { ratedName, ratedUnit, trimmed, variantOf } from './field-names.ts'
import { districts, feedersOf, roadsOf } from './known-places.ts'

interface FieldProps {
  label: string
  value: string
  onInput: (text: string) => void
  hint?: string
  number?: { min?: number; max?: number; step: number | 'any' }
  required?: boolean
  pattern?: string
  maxLength?: number
  /** What is known already, so that nothing is spelt in two ways. */
  suggestions?: readonly string[]
}

function Field({ label, value, onInput, hint, number, suggestions, ...more }: FieldProps) {
  const id = useId()
  return (
    <label class="field" htmlFor={id}>
      {label}
      {number ? (
        <input type="number" id={id} {...number} {...more} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          type="text"
          id={id}
          list={suggestions && `${id}-known`}
          {...more}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {suggestions && (
        <datalist id={`${id}-known`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint && <span class="muted small">{hint}</span>}
    </label>
  )
}

function wordsOf(problem: DraftProblem): string {
  return problem.field === 'labels' ? p().labelWrong(problem.line) : p().positionWrong
}

/** All fields of a facility, a new one when there is none; what the server refuses is said at the form, with what to do. */
export function FacilityForm({ facility, onSaved }: { facility: FacilityView | null; onSaved: () => void }) {
  const [draft, setDraft] = useState<FacilityDraft>(() =>
    facility ? draftOf(facility) : emptyDraft(kinds.value.keys().next().value ?? ''),
  )
  const [problem, setProblem] = useState('')
  const [sending, setSending] = useState(false)
  const kind = kinds.value.get(draft.kind)
  const set = (more: Partial<FacilityDraft>) => setDraft({ ...draft, ...more })
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason') ?? '')
    const input = inputOf(draft)
    if ('field' in input) return setProblem(wordsOf(input))
    if (link.peek() === 'disconnected') return setProblem(t().refusedDisconnected)
    setSending(true)
    try {
      await putFacility(input, reason)
      setProblem('')
      tell(p().saved)
      onSaved()
      navigate(`/facilities/${encodeURIComponent(input.id)}`)
    } catch (failure) {
      setProblem(explain(failure))
    } finally {
      setSending(false)
    }
  }
  return (
    <form class="panel form" onSubmit={send}>
      <div class="list-bar">
        <h1>{facility ? p().editFacility(facility.id) : p().newFacility}</h1>
        <span class="grow" />
        {facility && <Remove facility={facility} />}
      </div>
      <div class="form-columns">
        <Identity draft={draft} set={set} isNew={!facility} />
        <Place draft={draft} set={set} />
        <Wiring draft={draft} set={set} />
        {kind && Object.keys(kind.rated).length > 0 && <RatedValues draft={draft} setDraft={setDraft} kind={kind} />}
      </div>
      <label class="field">
        {p().reasonHint}
        <textarea name="reason" required={Boolean(facility)} maxLength={2000} rows={2} />
      </label>
      {problem && (
        <p class="problem" role="alert">
          <b>{p().notSaved}</b> {problem}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button primary" aria-disabled={sending}>
          {facility ? t().save : p().create}
        </button>
        <a class="button" href={facility ? `/facilities/${encodeURIComponent(facility.id)}` : '/facilities'}>
          {t().cancel}
        </a>
      </div>
    </form>
  )
}

interface PartProps {
  draft: FacilityDraft
  set: (more: Partial<FacilityDraft>) => void
}

function Identity({ draft, set, isNew }: PartProps & { isNew: boolean }) {
  const f = p().fields
  return (
    <fieldset>
      <legend>{p().description}</legend>
      {isNew && (
        <>
          <Field
            label={f.id}
            value={draft.id}
            onInput={(id) => set({ id })}
            hint={p().idHint}
            required
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
          />
          <label class="field">
            {f.kind}
            <select value={draft.kind} onChange={(event) => set({ kind: event.currentTarget.value, rated: {} })}>
              <TitledOptions of={kinds.value.values()} />
            </select>
          </label>
        </>
      )}
      <Field label={f.name} value={draft.name} onInput={(name) => set({ name })} maxLength={200} />
      <Field label={f.nameEn} value={draft.nameEn} onInput={(nameEn) => set({ nameEn })} maxLength={200} />
      <Field label={f.owner} value={draft.owner} onInput={(owner) => set({ owner })} maxLength={100} />
      <label class="field">
        {f.mode}
        <select value={draft.mode} onChange={(event) => set({ mode: event.currentTarget.value as FacilityDraft['mode'] })}>
          {(Object.keys(t().modes) as FacilityDraft['mode'][]).map((mode) => (
            <option key={mode} value={mode}>
              {t().modes[mode]}
            </option>
          ))}
        </select>
        {draft.mode === 'out-of-service' && <span class="muted small">{t().outOfServiceMeans}</span>}
      </label>
      <label class="field">
        {f.labels}
        <textarea rows={3} value={draft.labels} onInput={(event) => set({ labels: event.currentTarget.value })} spellcheck={false} />
        <span class="muted small">{p().labelsHint}</span>
      </label>
    </fieldset>
  )
}

function Place({ draft, set }: PartProps) {
  const f = p().fields
  return (
    <fieldset>
      <legend>{f.position}</legend>
      <Field
        label={f.district}
        value={draft.district}
        onInput={(district) => set({ district })}
        maxLength={100}
        suggestions={districts.value}
      />
      <Field label={f.road} value={draft.road} onInput={(road) => set({ road })} maxLength={100} suggestions={roadsOf(draft.district)} />
      <label class="field">
        {f.roadClass}
        <select value={draft.roadClass} onChange={(event) => set({ roadClass: event.currentTarget.value })}>
          <option value="">{p().none}</option>
          {Object.entries(p().roadClasses).map(([key, title]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={draft.keyArea} onChange={(event) => set({ keyArea: event.currentTarget.checked })} />
        {f.keyArea}
      </label>
      <Field
        label={f.longitude}
        value={draft.longitude}
        onInput={(longitude) => set({ longitude })}
        number={{ min: -180, max: 180, step: 'any' }}
      />
      <Field
        label={f.latitude}
        value={draft.latitude}
        onInput={(latitude) => set({ latitude })}
        number={{ min: -90, max: 90, step: 'any' }}
      />
    </fieldset>
  )
}

/** What the id is called, or that it is not registered; the server decides, this only saves a wrong guess. */
function hintOf(id: string): string {
  if (id.trim() === '') return p().none
  const found = facilityById.value.get(id.trim())
  if (!found) return p().notRegistered
  const kind = kinds.value.get(found.kind)
  return [found.name, kind && say(kind.title), found.road].filter(Boolean).join(' · ')
}

function Wiring({ draft, set }: PartProps) {
  const f = p().fields
  return (
    <fieldset>
      <legend>{p().tabs.supply}</legend>
      <Field
        label={f.fedBy}
        value={draft.fedBy}
        onInput={(fedBy) => set({ fedBy })}
        hint={hintOf(draft.fedBy)}
        suggestions={feedersOf(draft.district)}
      />
      <Field label={f.circuit} value={draft.circuit} onInput={(circuit) => set({ circuit })} number={{ min: 1, max: 99, step: 1 }} />
      <Field label={f.gateway} value={draft.gateway} onInput={(gateway) => set({ gateway })} hint={hintOf(draft.gateway)} />
    </fieldset>
  )
}

function RatedValues({ draft, setDraft, kind }: { draft: FacilityDraft; setDraft: (draft: FacilityDraft) => void; kind: KindView }) {
  const typed = Object.entries(draft.rated).filter(([, text]) => text.trim() !== '')
  const variant = variantOf(kind, Object.fromEntries(typed.map(([name, text]) => [name, Number(text)])))
  return (
    <fieldset>
      <legend>{p().ratedValues}</legend>
      {kind.variants.length > 0 && (
        <label class="field">
          {p().variant}
          <select
            value={variant?.key ?? ''}
            onChange={(event) => {
              const chosen = kind.variants.find(({ key }) => key === event.currentTarget.value)
              if (chosen) setDraft(withVariant(draft, chosen))
            }}
          >
            {!variant && <option value="">{p().ownValues}</option>}
            <TitledOptions of={kind.variants} />
          </select>
        </label>
      )}
      <div class="pairs">
        {Object.entries(kind.rated).map(([name, usual]) => (
          <Field
            key={name}
            label={[ratedName(name), ratedUnit(name)].filter(Boolean).join(', ')}
            value={draft.rated[name] ?? ''}
            onInput={(text) => setDraft({ ...draft, rated: { ...draft.rated, [name]: text } })}
            hint={p().defaultIs(trimmed(usual))}
            number={{ min: 0, step: 'any' }}
          />
        ))}
      </div>
    </fieldset>
  )
}
