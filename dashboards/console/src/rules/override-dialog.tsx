import { useRef, useState } from 'preact/hooks'
import { priorities } from '../../../../src/detection/rule.ts'
import type { OverrideInput, OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import type { KindView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatParameter, sortOf, unitOf } from '../alarm/parameter-format.ts'
import { formatDuration } from '../format.ts'
import { say, t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { a } from '../texts/alarm.ts'
import { p } from '../texts/plant.ts'
import { BackTest } from './back-test.tsx'
import { CountingFields } from './counting-fields.tsx'
import type { InForce } from './in-force.ts'
import { readChanges, scaleOf, typedOf } from './rule-draft.ts'
import { draftWords, limitsFirst, pointOf } from './rule-words.ts'
import { putOverride, removeOverride } from './rules-api.ts'
import { TextFields } from './text-fields.tsx'

/** For whom a rule can be changed, and what is changed there now. */
export interface ScopeChoice {
  scope: OverrideInput['scope']
  title: string
  known: OverrideView | undefined
  /** Where nothing stronger is changed. */
  inForce: InForce
}

interface OverrideDialogProps {
  kind: KindView
  rule: RuleView
  choices: readonly ScopeChoice[]
  /** What the form begins with, over what is changed there now. */
  proposed?: OverrideView['changes'] | undefined
  onDone: () => void
  onClose: () => void
}

/** Changes a rule for a facility, its kind or a group; what is left empty stays. */
export function OverrideDialog({ kind, rule, choices, proposed, onDone, onClose }: OverrideDialogProps) {
  const [index, choose] = useState(0)
  const choice = choices[index]
  const fields = useRef<HTMLParagraphElement>(null)
  if (!choice) return null
  const { inForce } = choice
  const known = choice.known?.changes
  const read = (form: FormData) => readChanges(form, inForce, known)
  const send = async (form: FormData) => {
    const draft = read(form)
    const problem = draftWords(draft)
    if ('problem' in draft || problem) {
      tell(problem, true)
      return false
    }
    const { changes } = draft
    const done = await act(
      () => putOverride({ scope: choice.scope, rule: rule.key, changes, reason: String(form.get('reason')) }),
      p().saved,
    )
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={p().changeRule(say(inForce.texts.title))} confirm={t().save} onConfirm={send} onClose={onClose}>
      <label class="field">
        {p().changeFor}
        <select value={index} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {choices.map(({ title }, i) => (
            <option key={title} value={i}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <p class="muted" ref={fields}>
        {rule.shelvable ? p().leaveEmpty : `${p().safetyRule} ${p().leaveEmpty}`}
      </p>
      {/* Another scope has other changes: the fields begin anew. */}
      <Fields key={index} kind={kind} rule={rule} inForce={inForce} known={proposed ? { ...known, ...proposed } : known} />
      {mayWhole('backtest.run') && (
        <BackTest
          key={`test ${index}`}
          scope={choice.scope}
          rule={rule.key}
          draft={() => read(new FormData(fields.current?.closest('form') ?? undefined))}
        />
      )}
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

interface FieldsProps extends Pick<OverrideDialogProps, 'kind' | 'rule'>, Pick<ScopeChoice, 'inForce'> {
  known: OverrideView['changes'] | undefined
}

/** What is changed most often comes first: limits and delays. */
function Fields({ kind, rule, inForce, known }: FieldsProps) {
  const point = pointOf({ kind, rule })
  const allowed = rule.shelvable ? priorities : priorities.slice(0, priorities.indexOf(rule.priority) + 1)
  return (
    <>
      <div class="pairs">
        {limitsFirst(Object.entries(inForce.parameters)).map(([name, value]) => {
          const unit = sortOf(name) === 'duration' ? 's' : unitOf(name, point)
          return (
            <NumberField
              key={name}
              name={`parameter.${name}`}
              label={[a().parameters[name] ?? name, unit].filter(Boolean).join(', ')}
              value={typedOf(known?.parameters?.[name], scaleOf(name))}
              hint={formatParameter(name, value, point)}
            />
          )
        })}
        <NumberField
          name="onDelay"
          label={p().onDelay}
          value={typedOf(known?.onDelay, 1000)}
          hint={formatDuration(inForce.onDelay)}
          min={0}
        />
        <NumberField
          name="offDelay"
          label={p().offDelay}
          value={typedOf(known?.offDelay, 1000)}
          hint={formatDuration(inForce.offDelay)}
          min={0}
        />
        <label class="field">
          {p().priority}
          <select name="priority">
            <option value="">– ({t().priorities[inForce.priority]})</option>
            {allowed.map((priority) => (
              <option key={priority} value={priority} selected={known?.priority === priority}>
                {t().priorities[priority]}
              </option>
            ))}
          </select>
        </label>
        {rule.shelvable && (
          <label class="field">
            {p().enabled}
            <select name="enabled">
              <option value="">– ({inForce.enabled ? t().yes : t().no})</option>
              <option value="on" selected={known?.enabled === true}>
                {t().yes}
              </option>
              <option value="off" selected={known?.enabled === false}>
                {t().no}
              </option>
            </select>
          </label>
        )}
      </div>
      {rule.shelvable && <CountingFields inForce={inForce} known={known} />}
      <TextFields inForce={inForce.texts} known={known?.texts} />
    </>
  )
}

function NumberField({ name, label, value, hint, min }: { name: string; label: string; value: string; hint: string; min?: number }) {
  return (
    <label class="field">
      {label}
      <input type="number" step="any" name={name} defaultValue={value} placeholder={hint} {...(min !== undefined && { min })} />
    </label>
  )
}

/** Takes back what was changed of a rule, with a reason. */
export function TakeBack({ override, title, onDone }: { override: OverrideView; title: string; onDone: () => void }) {
  const [open, setOpen] = useState(false)
  const send = async (form: FormData) => {
    const done = await act(() => removeOverride(override.id, String(form.get('reason'))), t().done)
    if (done) onDone()
    return done
  }
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {p().takeBack}…
      </button>
      {open && (
        <Dialog title={`${p().takeBack}: ${title}`} confirm={p().takeBack} onConfirm={send} onClose={() => setOpen(false)}>
          <p>{p().takeBackMeans}</p>
          <ReasonField label={t().reason} />
        </Dialog>
      )}
    </>
  )
}
