import { c } from '../texts/commands.ts'

/** Whether what somebody typed is the number that is asked for; null where none was. */
export const isCount = (form: FormData, ready: number): boolean => {
  const typed = form.get('count')
  return typed === null || Number(String(typed).trim() || Number.NaN) === ready
}

/** Has somebody type how many it is for; what is wrong is said here, in the language of the console. */
export function CountField({ ready, isWrong }: { ready: number; isWrong: boolean }) {
  return (
    <label class="field">
      {c().typeCount(String(ready))}
      <input
        name="count"
        inputMode="numeric"
        autocomplete="off"
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'count-wrong' : undefined}
      />
      {isWrong && (
        <span class="problem" id="count-wrong" role="alert">
          {c().wrongCount(String(ready))}
        </span>
      )}
    </label>
  )
}
