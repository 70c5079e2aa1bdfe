import { useId, useRef } from 'preact/hooks'
import {
  LONGEST_TEXT,
  LONGEST_TIME_TO_ACT,
  LONGEST_TITLE,
  MOST_STEPS,
  SHORTEST_TIME_TO_ACT,
} from '../../../../src/facilities/change-problems.ts'
import { language } from '../settings.ts'
import { p } from '../texts/plant.ts'
import type { InForce } from './in-force.ts'
import { languages, type RuleChanges, sentences } from './rule-draft.ts'
import { textName } from './rule-words.ts'

/** The browser says nothing of a wrong field that it cannot show. */
const openFor = (details: HTMLDetailsElement) => {
  details.open = true
}

interface TextFieldsProps {
  inForce: InForce['texts']
  known: RuleChanges['texts']
}

/** What an operator is told when the rule fires, in both languages; closed until somebody wants to change it. */
export function TextFields({ inForce, known }: TextFieldsProps) {
  const fields = useRef<HTMLDetailsElement>(null)
  // The operator's own language first.
  const order = languages.toSorted((a, b) => Number(b === language.value) - Number(a === language.value))
  /** Retyping a sentence to mend one word of it would be how mistakes come in. */
  const takeOver = () => {
    for (const field of fields.current?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea') ?? []) {
      if (field.value === '') field.value = field.dataset.inForce ?? ''
    }
  }
  return (
    <details class="more" ref={fields} open={known !== undefined} onInvalidCapture={(event) => openFor(event.currentTarget)}>
      <summary>
        {p().whatIsTold} <span class="muted">{p().whatIsToldHint}</span>
      </summary>
      <div class="buttons">
        <button type="button" class="button" onClick={takeOver}>
          {p().editInForce}
        </button>
        <span class="muted">{p().oneLanguage}</span>
      </div>
      <div class="languages">
        {[...sentences, 'response' as const].flatMap((name) =>
          order.map((spoken) => {
            const lines = (text: InForce['texts']) =>
              name === 'response' ? text.response.map((step) => step[spoken]).join('\n') : text[name][spoken]
            return (
              <TextField
                key={`${name}.${spoken}`}
                name={`${name}.${spoken}`}
                label={`${p().inLanguage[spoken](textName(name))}${name === 'response' ? p().onePerLine : ''}`}
                lang={spoken === 'zh' ? 'zh-CN' : 'en'}
                value={known?.[name] ? lines({ ...inForce, ...known }) : ''}
                inForce={lines(inForce)}
                rows={name === 'title' ? 1 : name === 'response' ? 4 : 3}
                longest={name === 'title' ? LONGEST_TITLE : name === 'response' ? MOST_STEPS * (LONGEST_TEXT + 1) : LONGEST_TEXT}
              />
            )
          }),
        )}
        <label class="field">
          {p().timeToActMinutes}
          <input
            type="number"
            step="any"
            name="timeToAct"
            min={SHORTEST_TIME_TO_ACT}
            max={LONGEST_TIME_TO_ACT}
            defaultValue={known?.timeToAct === undefined ? '' : String(known.timeToAct)}
            placeholder={String(inForce.timeToAct)}
            data-in-force={String(inForce.timeToAct)}
          />
        </label>
      </div>
    </details>
  )
}

interface TextFieldProps {
  name: string
  label: string
  lang: string
  value: string
  inForce: string
  rows: number
  longest: number
}

function TextField({ name, label, lang, value, inForce, rows, longest }: TextFieldProps) {
  const id = useId()
  const field = { id, name, lang, maxLength: longest, defaultValue: value, placeholder: inForce, 'data-in-force': inForce }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows === 1 ? <input {...field} /> : <textarea rows={rows} {...field} />}
    </div>
  )
}
