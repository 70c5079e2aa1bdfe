import type { PolicyPreviewView } from '../../../../src/edges/http/roster-schemas.ts'
import { say } from '../settings.ts'

export type Problems = PolicyPreviewView['problems']

/** Problems of a part of the policy, with places counted from there; those of the part itself have an empty one. */
export const problemsOf = (problems: Problems, part: string): Problems =>
  problems.flatMap((one) => {
    if (one.at === part) return [{ ...one, at: '' }]
    return one.at.startsWith(`${part}.`) ? [{ ...one, at: one.at.slice(part.length + 1) }] : []
  })

/** What is wrong with one field, told below it. */
export function FieldProblems({ problems, at }: { problems: Problems; at: string }) {
  const own = problems.filter((one) => one.at === at)
  if (own.length === 0) return null
  return (
    <ul class="problem" role="alert" data-field={at}>
      {own.map(({ words }) => (
        <li key={words.en}>{say(words)}</li>
      ))}
    </ul>
  )
}
