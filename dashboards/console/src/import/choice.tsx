import { p } from '../texts/plant.ts'

/** A choice that may be left to the server, which finds out by itself. */
export function Choice({ name, label, choices }: { name: string; label: string; choices: Readonly<Record<string, string>> }) {
  return (
    <label class="field">
      {label}
      <select name={name}>
        <option value="">{p().findOut}</option>
        {Object.entries(choices).map(([key, title]) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}
