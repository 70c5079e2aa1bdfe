import type { Steps } from './steps.ts'

/** A facility as far as its place in the city and the plant goes. */
export interface CausingFacility {
  readonly id: string
  readonly district: string
  readonly road: string
  readonly fedBy: string | null
  readonly circuit: number | null
  readonly gateway: string | null
  readonly kind: { readonly rules: readonly { readonly key: string }[] }
}

/** What feeds what, and what reports for what. */
export interface CauseTree {
  get(id: string): CausingFacility | undefined
  fedBy(id: string): { readonly size: number }
  behind(id: string): { readonly size: number }
}

/** How a facility hangs on the one above it. */
export interface CauseLink {
  type: 'feeder' | 'gateway'
  circuit: number | null
}

/** The facilities with alarms, each under the one that most likely brought it about. */
export interface Causes {
  /** The topmost above a facility; itself when there is none. */
  root(facility: string): string
  /** The facility directly below `node` on the way down to another one below it; null when that is `node` itself. */
  branch(node: string, facility: string): string | null
  link(facility: string): CauseLink
}

interface Above extends CauseLink {
  facility: string
}

/** More than any share: an alarm of its own says more than those of others. */
const OWN = 2

/** A chain of feeders longer than this is a mistake in the plant. */
const DEEPEST = 8

/**
 * Finds what facilities with alarms have in common. A feeder or gateway is taken for the cause when it has an alarm itself, or when two or
 * more of those that hang directly on it do; of two the one of which the greater share has alarms, and of equal ones the feeder. One whose
 * alarms are themselves of several feeders is taken for it only when at least half of what hangs on it is concerned.
 */
export function* findCauses(concerned: readonly string[], tree: CauseTree): Steps<Causes> {
  const nodes = new Set(concerned)
  const above = new Map<string, Above>()
  let affected = yield* affectedBy(nodes, tree)
  const isLeaf = (id: string) => !affected.feeder.has(id) && !affected.gateway.has(id)
  const leaves = [...nodes].filter(isLeaf)
  const place = (id: string, least: (count: number, size: number) => boolean): boolean => {
    const candidates = linksOf(id, tree).map((link) => {
      const count = affected[link.type].get(link.facility) ?? 0
      const size = link.type === 'feeder' ? tree.fedBy(link.facility).size : tree.behind(link.facility).size
      return { link, share: nodes.has(link.facility) ? OWN : least(count, size) ? count / size : 0 }
    })
    candidates.sort((a, b) => b.share - a.share)
    const found = candidates.find(({ link, share }) => share > 0 && !isBelow(link.facility, id, above))
    if (!found) return false
    above.set(id, found.link)
    return true
  }
  const bound = new Set<string>()
  for (const id of leaves) {
    if (place(id, (count) => count >= 2)) bound.add((above.get(id) as Above).facility)
    yield
  }
  for (const id of bound) nodes.add(id)
  for (let depth = 0; depth < DEEPEST; depth++) {
    affected = yield* affectedBy(nodes, tree)
    const placed: string[] = []
    for (const id of nodes) {
      if (!above.has(id) && place(id, (count, size) => count >= 2 && 2 * count >= size)) placed.push(id)
      yield
    }
    if (placed.length === 0) break
    for (const id of placed) nodes.add((above.get(id) as Above).facility)
  }
  const up = (id: string) => above.get(id)?.facility
  return {
    root(facility) {
      let root = facility
      for (let next = up(root); next !== undefined; next = up(root)) root = next
      return root
    },
    branch(node, facility) {
      if (facility === node) return null
      let branch = facility
      for (let next = up(branch); next !== undefined && next !== node; next = up(branch)) branch = next
      return branch
    },
    link: (facility) => above.get(facility) as Above,
  }
}

/** How many of `nodes` hang on each feeder and gateway. */
function* affectedBy(nodes: ReadonlySet<string>, tree: CauseTree): Steps<Record<CauseLink['type'], Map<string, number>>> {
  const counts = { feeder: new Map<string, number>(), gateway: new Map<string, number>() }
  for (const id of nodes) {
    const facility = tree.get(id)
    if (facility?.fedBy) counts.feeder.set(facility.fedBy, (counts.feeder.get(facility.fedBy) ?? 0) + 1)
    if (facility?.gateway) counts.gateway.set(facility.gateway, (counts.gateway.get(facility.gateway) ?? 0) + 1)
    yield
  }
  return counts
}

function linksOf(id: string, tree: CauseTree): Above[] {
  const facility = tree.get(id)
  if (!facility) return []
  const { fedBy, circuit, gateway } = facility
  return [
    ...(fedBy === null ? [] : [{ type: 'feeder' as const, facility: fedBy, circuit }]),
    ...(gateway === null ? [] : [{ type: 'gateway' as const, facility: gateway, circuit: null }]),
  ]
}

/** Whether `id` hangs on `other`: a cabinet may feed the gateway that reports for it. */
function isBelow(id: string, other: string, above: ReadonlyMap<string, Above>): boolean {
  for (let next: string | undefined = id; next !== undefined; next = above.get(next)?.facility) if (next === other) return true
  return false
}
