import { useSettled } from '../dispatch/use-settled.ts'
import { getFacilities } from '../facility/facility-api.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { formatNumber } from '../format.ts'
import { useAnswer } from '../shell/use-answer.ts'
import { pr } from '../texts/programmes.ts'

/** ms after the last letter, when it is asked whom a query finds. */
const PAUSE = 400

interface QueryFieldProps {
  label: string
  value: string
  put: (query: string) => void
}

/** A live group: a query, with how many it finds now. */
export function QueryField({ label, value, put }: QueryFieldProps) {
  const asked = useSettled(value, value, PAUSE)
  const { answer, problem } = useAnswer(() => getFacilities({ query: asked, limit: 1 }), `found by ${asked}`)
  return (
    <div class="query-field">
      <label class="field">
        {label}
        <input
          value={value}
          maxLength={2000}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => put(currentTarget.value)}
        />
      </label>
      {problem ? (
        <p class="problem" role="alert">
          {problem}
        </p>
      ) : (
        <p class="muted" role="status">
          {answer && pr().finds(formatNumber(answer.total ?? 0))}
        </p>
      )}
      <QueryHelp onChoose={put} />
    </div>
  )
}
