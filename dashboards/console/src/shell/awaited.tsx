import { t } from '../settings.ts'

/** Why what a page asked for is not there, or not as new as it should be; that it is awaited, while it is. */
export function Awaited({ isThere, problem }: { isThere: boolean; problem: string }) {
  if (problem) {
    return (
      <p class="problem" role="alert">
        {problem}
      </p>
    )
  }
  return isThere ? null : <p class="hint muted">{t().loading}</p>
}
