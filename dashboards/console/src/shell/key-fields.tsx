interface FieldProps {
  label: string
  value: string
  put: (value: string) => void
}

/** What people call a thing; more than blanks. */
export function NameField({ label, value, put }: FieldProps) {
  return (
    <label class="field">
      {label}
      <input
        required
        maxLength={100}
        pattern=".*\S.*"
        autocomplete="off"
        value={value}
        onInput={({ currentTarget }) => put(currentTarget.value)}
      />
    </label>
  )
}

/** The key of something new, which stays: letters, digits, - and _. `wrong`: why it may not be this one; empty when it may. */
export function KeyField({ label, value, put, wrong = () => '' }: FieldProps & { wrong?: (value: string) => string }) {
  return (
    <label class="field">
      {label}
      <input
        required
        maxLength={40}
        pattern="[\p{L}\p{N}][\p{L}\p{N}_\-]*"
        autocomplete="off"
        value={value}
        onInput={({ currentTarget: field }) => {
          field.setCustomValidity(wrong(field.value))
          put(field.value)
        }}
      />
    </label>
  )
}
