import { useState } from 'preact/hooks'
import { t } from '../settings.ts'

interface ChoiceProps {
  name: string
  title: string
  chosen: readonly string[] | 'all'
  options: readonly (readonly [key: string, title: string])[]
}

/** All of something, or some that are ticked: `name` in the form, and `name`-all. */
export function Choice({ name, title, chosen, options }: ChoiceProps) {
  const [all, setAll] = useState(chosen === 'all')
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      <label class="check">
        <input type="checkbox" name={`${name}-all`} checked={all} onInput={(event) => setAll(event.currentTarget.checked)} />
        {t().all}
      </label>
      {!all && <Ticks name={name} chosen={chosen === 'all' ? [] : chosen} options={options} />}
    </fieldset>
  )
}

/** Some of something, each with a box to tick. */
export function Ticks({ name, chosen, options }: Pick<ChoiceProps, 'name' | 'options'> & { chosen: readonly string[] }) {
  return (
    <>
      {options.map(([key, words]) => (
        <label key={key} class="check">
          <input type="checkbox" name={name} value={key} defaultChecked={chosen.includes(key)} />
          {words}
        </label>
      ))}
    </>
  )
}

/** What a `Choice` says in a form. */
export const chosenIn = (form: FormData, name: string): string[] | 'all' =>
  form.get(`${name}-all`) === null ? form.getAll(name).map(String) : 'all'
