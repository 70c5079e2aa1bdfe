import { useState } from 'preact/hooks'
import { facilityModes } from '../../../../src/detection/facility-mode.ts'
import { t } from '../settings.ts'
import { p } from '../texts/plant.ts'
import type { InForce } from './in-force.ts'
import type { RuleChanges } from './rule-draft.ts'
import { hoursWords, modesWords } from './rule-words.ts'
import { formatMinuteOfDay, weekdays } from './time-of-day.ts'

interface CountingProps {
  inForce: Pick<InForce, 'modes' | 'hours'>
  known: RuleChanges | undefined
}

/** In which modes of the facility and at which hours the rule counts; closed until somebody wants to change it. */
export function CountingFields({ inForce, known }: CountingProps) {
  return (
    <details class="more" open={known?.modes !== undefined || known?.hours !== undefined}>
      <summary>
        {p().whenItCounts}{' '}
        <span class="muted">
          {modesWords(inForce.modes)} · {hoursWords(inForce.hours)}
        </span>
      </summary>
      <Modes inForce={inForce.modes} known={known?.modes} />
      <Hours inForce={inForce.hours} known={known?.hours} />
    </details>
  )
}

function Modes({ inForce, known }: { inForce: InForce['modes']; known: RuleChanges['modes'] }) {
  const [choice, choose] = useState(known === undefined ? '' : known === null ? 'all' : 'only')
  const chosen = known ?? inForce ?? facilityModes
  return (
    <>
      <label class="field">
        {p().inModes}
        <select name="modes" value={choice} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">– ({modesWords(inForce)})</option>
          <option value="all">{p().everyMode}</option>
          <option value="only">{p().onlyIn}</option>
        </select>
      </label>
      {choice === 'only' && (
        <fieldset class="choices">
          <legend class="unseen">{p().onlyIn}</legend>
          {facilityModes.map((mode) => (
            <label key={mode} class="check">
              <input type="checkbox" name="mode" value={mode} defaultChecked={chosen.includes(mode)} />
              {t().modes[mode]}
            </label>
          ))}
        </fieldset>
      )}
    </>
  )
}

function Hours({ inForce, known }: { inForce: InForce['hours']; known: RuleChanges['hours'] }) {
  const [choice, choose] = useState(known === undefined ? '' : known === null ? 'always' : 'only')
  const shown = known ?? inForce
  return (
    <>
      <label class="field">
        {p().inHours}
        <select name="hours" value={choice} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">– ({hoursWords(inForce)})</option>
          <option value="always">{p().always}</option>
          <option value="only">{p().onlyAt}</option>
        </select>
      </label>
      {choice === 'only' && (
        <fieldset class="choices">
          <legend class="unseen">{p().onlyAt}</legend>
          <TimeField name="from" label={p().from} minute={shown?.from} example="22:00" />
          <TimeField name="until" label={p().until} minute={shown?.until} example="06:00" />
          <span class="muted">{p().timesHint}</span>
          <span class="break" />
          {weekdays.map((day) => (
            <label key={day} class="check">
              <input type="checkbox" name="weekday" value={day} defaultChecked={shown?.weekdays.includes(day) ?? true} />
              {p().weekdays[day - 1]}
            </label>
          ))}
        </fieldset>
      )}
    </>
  )
}

/** A text field, since that of the browser asks for am and pm where its own language does. */
function TimeField({ name, label, minute, example }: { name: string; label: string; minute: number | undefined; example: string }) {
  const value = minute === undefined ? '' : formatMinuteOfDay(minute)
  return (
    <label class="together">
      {label}
      <input name={name} class="time" inputMode="numeric" maxLength={5} defaultValue={value} placeholder={example} autocomplete="off" />
    </label>
  )
}
