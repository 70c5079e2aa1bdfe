import { MAX_QUERY_LENGTH } from '../../../../../src/facilities/facility-query.ts'
import type { Choice } from './choice.ts'

/** A value as a facility query holds it: as it is, whatever is in it. */
export const quoted = (value: string): string => `"${value.replace(/[\\*?"]/g, '\\$&')}"`

/** The facility query that finds what is chosen; null where it would be longer than a query may be. */
export function queryOf(choice: Choice | null, ids: readonly string[]): string | null {
  const text = choiceQuery(choice) ?? `id=${ids.map(quoted).join(',')}`
  return ids.length > 0 && text.length <= MAX_QUERY_LENGTH ? text : null
}

/** The query that finds who is chosen, and whoever comes later; null where facilities were chosen one by one. */
export const liveQueryOf = (choice: Choice | null): string | null => choiceQuery(choice)

function choiceQuery(choice: Choice | null): string | null {
  if (choice?.by === 'query') return choice.text
  if (choice?.by === 'road' || choice?.by === 'district') return `${choice.by}=${quoted(choice.text)}`
  // The feeder itself is chosen too, unless it is one of its circuits.
  return choice?.by === 'feeder' && choice.circuit !== null ? `fedBy=${quoted(choice.id)} circuit=${choice.circuit}` : null
}
