import { ApiProblem } from '../../../shared/http.ts'
import { say } from '../../../shared/preferences.ts'
import { refusalWords } from '../order/refusal.ts'
import { c } from '../texts.ts'

/** What went wrong with a request, in words for a crew. */
export function explain(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem)
  return problem.code === 'unreachable' ? c().noAnswer : say(refusalWords(problem.code))
}
