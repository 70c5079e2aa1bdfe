import { computed, effect, signal } from '@preact/signals'
import type { CircuitsView, SelectionRateView } from '../../../../../src/edges/http/lamp-on-schemas.ts'
import { formatNumber } from '../../format.ts'
import { facilities, view } from '../../live/live.ts'
import type { WallFacility } from '../../live/live-state.ts'
import { explain } from '../../shell/notice.tsx'
import { pathname, query, setQueries } from '../../shell/router.ts'
import { c } from '../../texts/select.ts'
import { selection } from '../map-state.ts'
import { type Choice, choiceOf, combined, facilitiesOf, type How, MOST_CHOSEN, MOST_NAMED, textOfChoice } from './choice.ts'
import { findNumbers, type Rates } from './select-api.ts'

export const tools = ['move', 'lasso', 'rectangle'] as const
export type Tool = (typeof tools)[number]
export const tool = signal<Tool>('move')

export type Panel = 'selection' | 'rates' | null
export const panel = computed((): Panel => {
  const wanted = query.value.get('panel')
  return wanted === 'selection' || wanted === 'rates' ? wanted : null
})
export const showPanel = (wanted: Panel): void => setQueries({ panel: wanted })

/** What the address says is chosen. */
export const choice = computed(() => choiceOf(query.value.get('select')))
export const problem = signal('')
export const isAsking = signal(false)

/** Choices that no address can hold, of this page. */
const kept = new Map<number, ReadonlySet<number>>()

/** The selected facilities, in order of number. */
export const chosen = computed((): readonly WallFacility[] =>
  selection.value.size === 0 ? [] : facilities.value.filter(({ number }) => selection.value.has(number)),
)

/** By which the layers on the map are drawn; null while nobody has asked. */
export const roadRates = signal<Rates | null>(null)
export const circuits = signal<{ feeder: string; answer: CircuitsView } | null>(null)
export const selectionRate = signal<{ key: string; answer: SelectionRateView } | null>(null)

/** Which of those that feed others it is about: the one that is chosen, or what feeds the one facility that is chosen. */
export const feeder = computed((): WallFacility | null => {
  const list = chosen.value
  const wanted = choice.value?.by === 'feeder' ? choice.value.id : null
  if (wanted !== null) return facilities.value.find(({ id }) => id === wanted) ?? null
  const feeding = list.filter(({ id }) => feeders.value.has(id))
  if (feeding.length === 1) return feeding[0] ?? null
  const only = list.length === 1 ? list[0]?.fedBy : null
  return only ? (facilities.value.find(({ id }) => id === only) ?? null) : null
})

/** Ids of all that feed others. */
export const feeders = computed(() => new Set(facilities.value.flatMap(({ fedBy }) => (fedBy === null ? [] : [fedBy]))))

let asked = 0

async function numbersOf(wanted: Choice): Promise<ReadonlySet<number>> {
  if (wanted.by === 'query') return new Set(await findNumbers(wanted.text, MOST_CHOSEN))
  if (wanted.by !== 'kept') return new Set(facilitiesOf(wanted, facilities.peek()).map(({ number }) => number))
  const known = kept.get(wanted.key)
  if (!known) throw c().notKept
  return known
}

/** Selects what the address says. */
async function follow(wanted: Choice | null): Promise<void> {
  const own = ++asked
  problem.value = ''
  if (!wanted) {
    selection.value = new Set()
    return
  }
  isAsking.value = wanted.by === 'query'
  try {
    const numbers = await numbersOf(wanted)
    if (own !== asked) return
    if (numbers.size > MOST_CHOSEN) problem.value = c().tooMany(formatNumber(MOST_CHOSEN))
    else if (numbers.size === 0) problem.value = c().noneFound
    selection.value = numbers.size > MOST_CHOSEN ? new Set() : numbers
  } catch (failure) {
    if (own !== asked) return
    selection.value = new Set()
    problem.value = typeof failure === 'string' ? failure : explain(failure)
  } finally {
    if (own === asked) isAsking.value = false
  }
}

/** Follows the address while the map is there; the answer ends it. */
export function followAddress(): () => void {
  const text = computed(() => (pathname.value === '/map' ? query.value.get('select') : null))
  // What was chosen by road or query holds those that come later too.
  const isThere = computed(() => view.value !== null)
  return effect(() => {
    const wanted = choiceOf(text.value)
    if (isThere.value && facilities.value) void follow(wanted)
  })
}

/** Chooses by road, district, feeder or query; with what is selected already when `how` says so. */
export async function choose(wanted: Choice, how: How = 'replace'): Promise<void> {
  if (how === 'replace') {
    setQueries({ select: textOfChoice(wanted), panel: panel.peek() ?? 'selection' }, false)
    return
  }
  try {
    chooseNumbers(await numbersOf(wanted), how)
  } catch (failure) {
    problem.value = typeof failure === 'string' ? failure : explain(failure)
  }
}

/** Chooses facilities by their numbers. */
export function chooseNumbers(numbers: Iterable<number>, how: How): void {
  const next = combined(selection.peek(), numbers, how)
  if (next.size > MOST_CHOSEN) {
    problem.value = c().tooMany(formatNumber(MOST_CHOSEN))
    return
  }
  if (next.size === 0) {
    clear()
    return
  }
  setQueries({ select: textOfChoice(named(next)), panel: panel.peek() ?? 'selection' }, false)
}

function named(numbers: ReadonlySet<number>): Choice {
  if (numbers.size <= MOST_NAMED) {
    const ids = facilities.peek().flatMap(({ number, id }) => (numbers.has(number) ? [id] : []))
    return { by: 'ids', ids }
  }
  const key = kept.size + 1
  kept.set(key, numbers)
  return { by: 'kept', key }
}

export function clear(): void {
  if (query.peek().get('select') !== null) setQueries({ select: null }, false)
  else selection.value = new Set()
}
