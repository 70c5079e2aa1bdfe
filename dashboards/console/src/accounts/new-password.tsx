import { useState } from 'preact/hooks'
import { q } from '../texts/people.ts'

const LEAST_LENGTH = 12

/** The new password, typed twice so that no slip locks anybody out. */
export function NewPassword() {
  const [first, setFirst] = useState('')
  const check = (field: HTMLInputElement) => field.setCustomValidity(field.value === first ? '' : q().differ)
  return (
    <>
      <label class="field">
        {q().newPassword}
        <input
          name="password"
          type="password"
          required
          minLength={LEAST_LENGTH}
          autocomplete="new-password"
          aria-describedby="password-hint"
          onInput={(event) => setFirst(event.currentTarget.value)}
        />
      </label>
      <p class="muted small" id="password-hint">
        {q().passwordHint}
      </p>
      <label class="field">
        {q().repeat}
        <input
          type="password"
          required
          autocomplete="new-password"
          onInput={(event) => check(event.currentTarget)}
          onFocus={(event) => check(event.currentTarget)}
        />
      </label>
    </>
  )
}
