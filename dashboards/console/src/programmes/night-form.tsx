import { useState } from 'preact/hooks'
import { type ControlProgramme, type ControlStep, stepAnchors } from '../../../../src/control/control-programme.ts'
import { MOST_SHIFT } from '../../../../src/control/programme-problems.ts'
import { moved } from '../dispatch/moved.ts'
import { useSettled } from '../dispatch/use-settled.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { useKeys } from '../shell/keys.ts'
import { MinuteField } from '../shell/minute-field.tsx'
import { pr } from '../texts/programmes.ts'
import { closeForm, FormEnd } from './form-end.tsx'
import { NamedFields } from './named-fields.tsx'
import { newProgramme, withAnchor, withOneMore, withoutStep, withStep } from './night-draft.ts'
import { TriedOut } from './nights-page.tsx'
import { nameOf, whenWords } from './programme-words.ts'
import { removeProgramme } from './programmes-api.ts'

/** ms after the last change, when the curve is asked for. */
const PAUSE = 300
const MOST_STEPS = 24

interface NightFormProps {
  /** Null for a new one. */
  programme: ControlProgramme | null
  taken: readonly string[]
  onDone: () => void
}

/** The steps of a night, with the curve that they make of tonight. */
export function NightForm({ programme, taken, onDone }: NightFormProps) {
  useKeys({ Escape: closeForm })
  const [draft, change] = useState<ControlProgramme>(programme ?? newProgramme)
  const steps = useSettled(draft.steps, JSON.stringify(draft.steps), PAUSE)
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await giveLight({ type: 'programme', programme: draft }))) return
    onDone()
    closeForm()
  }
  return (
    <form class="panel programme-form" onSubmit={(event) => void save(event)}>
      <h1>{programme ? nameOf(programme) : pr().newNight}</h1>
      <NamedFields draft={draft} change={change} {...(!programme && { taken })} />
      <h2>{pr().steps}</h2>
      <p class="muted">{pr().stepsAbout}</p>
      <ol class="programme-steps">
        {draft.steps.map((step, i) => (
          <StepFields
            key={i}
            place={i}
            step={step}
            isLast={i === draft.steps.length - 1}
            put={(next) => change(withStep(draft, i, next))}
            move={(to) => change({ ...draft, steps: [...moved(draft.steps, i, to)] })}
            remove={draft.steps.length > 1 ? () => change(withoutStep(draft, i)) : null}
          />
        ))}
      </ol>
      {draft.steps.length < MOST_STEPS && (
        <button type="button" class="button" onClick={() => change(withOneMore(draft))}>
          {pr().addStep}
        </button>
      )}
      <TriedOut steps={steps} label={draft.name || pr().newNight} />
      <FormEnd name={programme && nameOf(programme)} remove={() => removeProgramme(draft.id)} onDone={onDone} />
    </form>
  )
}

interface StepFieldsProps {
  place: number
  step: ControlStep
  isLast: boolean
  put: (step: ControlStep) => void
  move: (to: number) => void
  remove: (() => void) | null
}

function StepFields({ place, step, isLast, put, move, remove }: StepFieldsProps) {
  const { anchor, minutes, level } = step
  const named = (what: string) => `${pr().step(place + 1)}: ${what}`
  return (
    <li>
      <span>{place + 1}.</span>
      <select
        aria-label={named(pr().anchor)}
        value={anchor}
        onChange={({ currentTarget }) => put(withAnchor(step, currentTarget.value as ControlStep['anchor']))}
      >
        {stepAnchors.map((one) => (
          <option key={one} value={one} selected={one === anchor}>
            {one === 'clock' ? pr().clock : pr()[one]}
          </option>
        ))}
      </select>
      {anchor === 'clock' ? (
        <MinuteField label={named(pr().time)} value={minutes} put={(minute) => put({ ...step, minutes: minute })} />
      ) : (
        <label class="together">
          <input
            type="number"
            required
            step={1}
            min={-MOST_SHIFT}
            max={MOST_SHIFT}
            aria-label={named(pr().shift)}
            value={minutes}
            onInput={({ currentTarget: field }) => field.checkValidity() && put({ ...step, minutes: Number(field.value) })}
          />{' '}
          {pr().minutesAfter}
        </label>
      )}
      <span aria-hidden="true">→</span>
      <label class="together">
        <input
          type="number"
          required
          min={0}
          max={100}
          step="any"
          aria-label={named(pr().level)}
          value={level}
          onInput={({ currentTarget: field }) => field.checkValidity() && put({ ...step, level: Number(field.value) })}
        />{' '}
        %
      </label>
      {anchor !== 'clock' && <span class="muted">{whenWords(step)}</span>}
      <button type="button" class="button" aria-label={named(pr().up)} aria-disabled={place === 0} onClick={() => move(place - 1)}>
        ↑
      </button>
      <button type="button" class="button" aria-label={named(pr().down)} aria-disabled={isLast} onClick={() => move(place + 1)}>
        ↓
      </button>
      {remove && (
        <button type="button" class="button" aria-label={named(pr().remove)} onClick={remove}>
          ✕
        </button>
      )}
    </li>
  )
}
