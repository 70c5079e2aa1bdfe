import { signal } from '@preact/signals'
import { session } from '../live/api.ts'

/** Plots somebody put together, by the name they gave it. */
export interface SavedPlots {
  name: string
  /** What stands in the address behind the question mark. */
  address: string
}

const MOST = 50
/** What is saved belongs to the person, also where several use one browser. */
const keyOf = () => `console.plots.${session.peek()?.name ?? ''}`

const isSaved = (one: unknown): one is SavedPlots =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  'address' in one &&
  typeof one.address === 'string'

function recall(): SavedPlots[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(keyOf()) ?? '[]')
    return Array.isArray(known) ? known.filter(isSaved) : []
  } catch {
    return []
  }
}

export const savedPlots = signal<readonly SavedPlots[]>([])
export const recallSaved = (): void => {
  savedPlots.value = recall()
}

/** False where the browser keeps nothing. */
function keep(next: readonly SavedPlots[]): boolean {
  try {
    localStorage.setItem(keyOf(), JSON.stringify(next))
  } catch {
    return false
  }
  savedPlots.value = next
  return true
}

/** The list with one more, which takes the place of one of the same name; the oldest go when there are too many. */
export const withSaved = (known: readonly SavedPlots[], one: SavedPlots): SavedPlots[] =>
  [...known.filter(({ name }) => name !== one.name), one].slice(-MOST)

export const savePlots = (one: SavedPlots): boolean => keep(withSaved(recall(), one))
export const removeSaved = (name: string): boolean => keep(recall().filter((one) => one.name !== name))
