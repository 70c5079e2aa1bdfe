import { isInScope, isWhole, type Scope, scopeKey } from '../access/scope.ts'
import type { FacilityState } from '../edges/http/schemas.ts'
import type { ChildFilter, FacilityFilter, FacilityOrder, FacilityPage } from '../edges/services.ts'
import { exactValue, type FacilityQuery, formatFacilityQuery, matchesFacility, parseFacilityQuery } from '../facilities/facility-query.ts'
import type { Facility, Plant } from '../facilities/plant.ts'
import { escapePattern } from '../facilities/text-pattern.ts'

/** Answers kept so that the pages of a list do not each search the whole plant again. */
const KEPT_ANSWERS = 32
/** Orders kept of each, so that the pages of a list do not each put the whole plant in order again: a city by its names takes 0.2 s. */
const KEPT_ORDERS = 2

/** The worst first. */
const stateOrder: readonly FacilityState[] = ['critical', 'high', 'medium', 'low', 'no-report', 'out-of-service', 'normal']

/** Finds facilities. */
export function facilityListing(plant: Plant, stateOf: (facility: Facility) => FacilityState) {
  const answers = new Map<string, { revision: number; found: readonly Facility[] }>()
  const orders = new WeakMap<readonly Facility[], Map<string, readonly Facility[]>>()

  function findFacilities(filter: FacilityFilter): readonly Facility[] {
    const query = fullQuery(filter)
    const words = filter.words?.trim().toLowerCase() ?? ''
    const key = `${scopeKey(filter.scope)}\n${words}\n${formatFacilityQuery(query)}`
    const known = answers.get(key)
    answers.delete(key)
    const answer =
      known?.revision === plant.revision ? known : { revision: plant.revision, found: search(plant, query, words, filter.scope) }
    answers.set(key, answer)
    if (answers.size > KEPT_ANSWERS) answers.delete(answers.keys().next().value as string)
    return answer.found
  }

  /** All in an order that changes with the plant only. */
  function inOrder(
    found: readonly Facility[],
    by: Exclude<FacilityOrder['by'], 'state' | null>,
    isDescending: boolean,
  ): readonly Facility[] {
    const kept = orders.get(found) ?? new Map<string, readonly Facility[]>()
    orders.set(found, kept)
    const key = `${by} ${isDescending}`
    const known = kept.get(key)
    if (known) return known
    const sorted = sortedBy(found, keyOf(by, stateOf), isDescending)
    kept.set(key, sorted)
    if (kept.size > KEPT_ORDERS) kept.delete(kept.keys().next().value as string)
    return sorted
  }

  return {
    findFacilities,
    listFacilities(filter: FacilityFilter, after: number, limit: number): FacilityPage {
      if (isWhole(filter.scope) && !filter.words && !filter.query && filter.kind === undefined && filter.district === undefined)
        return pageOf(plant.after(after), plant.size, limit)
      const found = findFacilities(filter)
      return pageOf(found.slice(firstAfter(found, after)), found.length, limit)
    },
    listOrdered(filter: FacilityFilter, { by, isDescending, states }: FacilityOrder, skip: number, limit: number): FacilityPage {
      const all = findFacilities(filter)
      const wanted = (some: readonly Facility[]) => (states ? some.filter((facility) => states.has(stateOf(facility))) : some)
      const sorted =
        by === 'state' ? sortedBy(wanted(all), keyOf(by, stateOf), isDescending) : wanted(by ? inOrder(all, by, isDescending) : all)
      const end = skip + limit
      return { items: sorted.slice(skip, end), next: end < sorted.length ? end : null, total: sorted.length }
    },
    childrenOf(facility: Facility, { scope, of, circuit }: ChildFilter, after: number, limit: number): FacilityPage {
      const all = of === 'supply' ? plant.fedBy(facility.id) : plant.behind(facility.id)
      const found = [...all].filter((child) => isInScope(scope, child) && (circuit === undefined || child.circuit === circuit))
      return pageAfter(found, after, limit)
    },
  }
}

type Key = string | number

function keyOf(by: NonNullable<FacilityOrder['by']>, stateOf: (facility: Facility) => FacilityState): (facility: Facility) => Key {
  if (by === 'state') return (facility) => stateOrder.indexOf(stateOf(facility))
  return by === 'kind' ? ({ kind }) => kind.key : (facility) => facility[by]
}

/** Equal ones stay in the order of their numbers. Texts go by their code units: the rules of a language would take a second for a city. */
function sortedBy(facilities: readonly Facility[], keyOfOne: (facility: Facility) => Key, isDescending: boolean): Facility[] {
  const sign = isDescending ? -1 : 1
  return facilities
    .map((facility) => ({ facility, key: keyOfOne(facility) }))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
    .map(({ facility }) => facility)
}

function fullQuery({ query = '', kind, district }: FacilityFilter): FacilityQuery {
  const { conditions } = parseFacilityQuery(query)
  const more = Object.entries({ kind, district }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { conditions: [...more.map(([field, value]) => ({ field, not: false, anyOf: [escapePattern(value)] })), ...conditions] }
}

/** In order of number. What the plant has an index for is looked up, all else is looked through. */
function search(plant: Plant, query: FacilityQuery, words: string, scope: Scope): Facility[] {
  const found: Facility[] = []
  for (const facility of candidates(plant, query)) {
    if (words && ![facility.id, facility.name, facility.nameEn, facility.road].some((text) => text.toLowerCase().includes(words))) continue
    if (isInScope(scope, facility) && matchesFacility(query, facility)) found.push(facility)
  }
  return found.sort((a, b) => a.number - b.number)
}

function candidates(plant: Plant, query: FacilityQuery): Iterable<Facility> {
  const id = exactValue(query, 'id')
  if (id !== undefined) return [plant.get(id)].filter((facility) => facility !== undefined)
  const feeder = exactValue(query, 'fedBy')
  if (feeder !== undefined) return plant.fedBy(feeder)
  const gateway = exactValue(query, 'gateway')
  return gateway === undefined ? plant : plant.behind(gateway)
}

/** A page of these, in order of number. */
export function pageAfter(facilities: Facility[], after: number, limit: number): FacilityPage {
  const sorted = facilities.sort((a, b) => a.number - b.number)
  return pageOf(sorted.slice(firstAfter(sorted, after)), sorted.length, limit)
}

/** Index of the first with a higher number, by halving. */
function firstAfter(facilities: readonly Facility[], number: number): number {
  let [low, high] = [0, facilities.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((facilities[middle] as Facility).number <= number) low = middle + 1
    else high = middle
  }
  return low
}

function pageOf(rest: Iterable<Facility>, total: number, limit: number): FacilityPage {
  const items: Facility[] = []
  for (const facility of rest) {
    if (items.length === limit) return { items, next: items.at(-1)?.number ?? null, total }
    items.push(facility)
  }
  return { items, next: null, total }
}
