import { ApiProblem } from '../../../shared/http.ts'
import { c } from '../texts.ts'

/** What went wrong with a request, in words for a crew. */
export function explain(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return String(problem)
  if (problem.code === 'unreachable') return c().noAnswer
  return problem.message || problem.title || String(problem.status)
}
