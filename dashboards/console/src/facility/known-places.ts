import { computed } from '@preact/signals'
import { facilities, kinds } from '../live/live.ts'

const MOST_SUGGESTIONS = 200

const distinct = (texts: Iterable<string>): string[] => [...new Set(texts)].filter((text) => text !== '').sort()

export const districts = computed(() => distinct(facilities.value.map(({ district }) => district)))

/** Roads of a district; of the whole city while none is given. */
export const roadsOf = (district: string): string[] =>
  distinct(facilities.value.filter((one) => district === '' || one.district === district).map(({ road }) => road)).slice(
    0,
    MOST_SUGGESTIONS,
  )

/** What can feed others, those of the district first. */
export function feedersOf(district: string): string[] {
  const feeding = facilities.value.filter(({ kind }) => (kinds.value.get(kind)?.circuits ?? 0) > 0)
  const near = feeding.filter((one) => one.district === district)
  return [...near, ...feeding.filter((one) => one.district !== district)].slice(0, MOST_SUGGESTIONS).map(({ id }) => id)
}
