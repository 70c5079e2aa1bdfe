import { signal } from '@preact/signals'
import { ApiProblem, session } from '../live/api.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'

const SHOWN = 8000
/** How the last action went; a dialog covers the line at the bottom and shows it itself. */
export const notice = signal<{ text: string; bad: boolean } | null>(null)
let clearing: ReturnType<typeof setTimeout> | undefined

export function tell(text: string, bad = false): void {
  clearTimeout(clearing)
  notice.value = { text, bad }
  clearing = setTimeout(() => {
    notice.value = null
  }, SHOWN)
}

/** What went wrong, in words a person at the console understands. */
export function explain(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem)
  if (problem.code === 'unreachable') return t().noAnswer
  // The title only says the status in words.
  return problem.message || problem.title || `${problem.status}`
}

/** Does something over HTTP and says how it went; while disconnected it is refused, never kept for later. True when done. */
export async function act(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  if (link.peek() === 'disconnected' && !session.peek()?.owes) {
    tell(t().refusedDisconnected, true)
    return false
  }
  try {
    await action()
    if (done) tell(done)
    return true
  } catch (problem) {
    tell(explain(problem), true)
    return false
  }
}

/** The line at the bottom that says how an action went. */
export function Notice() {
  return (
    <div class="notice-place" role="status">
      {notice.value && <p class={notice.value.bad ? 'notice bad' : 'notice'}>{notice.value.text}</p>}
    </div>
  )
}
