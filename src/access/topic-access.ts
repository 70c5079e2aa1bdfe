import type { Device, DeviceSort } from './device.ts'
import { filterCovers, filterMatches, isTopicFilter } from './topic-filter.ts'

/** What is asked of a registered facility to decide who speaks for it. */
export interface OwnedFacility {
  id: string
  gateway: string | null
  kind: { key: string; reportsItself?: boolean | undefined; relays?: boolean | undefined }
}
export type FindFacility = (id: string) => OwnedFacility | undefined
type Subject = Pick<Device, 'id' | 'sort' | 'topics' | 'subscriptions'>

const REPORTS = ['telemetry', 'status']
/** The last level of topics of facilities that other programs may be given, by what they may do there. */
const shared = { topics: REPORTS, subscriptions: [...REPORTS, 'state'] }
const NATIVE_ROOTS = ['facilities', 'gateways']

/**
 * Whether a device may publish on a topic. What nobody registered is answered as what belongs to others. Commands are published by the
 * service alone.
 */
export function mayPublish(device: Subject, topic: string, find: FindFacility): boolean {
  const native = readNative(topic.split('/'))
  if (!native) return !isNativeRoot(topic) && device.topics.some((filter) => filterMatches(filter, topic))
  if (native.rest.length !== 1) return false
  // An answer counts for whoever gives it alone, so that no other program is given these topics.
  if (native.rest[0] === 'acknowledgements') return isOwn(device, native, find)
  if (!REPORTS.includes(native.rest[0] as string)) return false
  return isOwn(device, native, find) || isListed(device, device.topics, topic, native, find)
}

/**
 * Whether a device may report for a facility by a topic that does not name it: for its own and those behind it, and for any where it was given
 * all that `filter` takes. Another program says truly whose message it is.
 */
export function mayReportFor({ id, sort, topics }: Subject, facility: string, filter: string, find: FindFacility): boolean {
  if (sort === 'service' || facility === id) return true
  const isBehind = sort === 'gateway' && find(facility)?.gateway === id
  return isBehind || topics.some((allowed) => filterCovers(allowed, filter))
}

/** Whether every message that a filter can bring is one the device may read. */
export function maySubscribe(device: Subject, filter: string, find: FindFacility): boolean {
  if (!isTopicFilter(filter) || filter.startsWith('$')) return false
  const native = readNative(filter.split('/'))
  if (native?.rest[0] === 'commands' || native?.rest[0] === 'programme') return isOwn(device, native, find)
  return (device.sort === 'service' || !isNativeRoot(filter)) && device.subscriptions.some((allowed) => filterCovers(allowed, filter))
}

/** The same of a message that is on its way to it, by whatever subscription. */
export const mayReceive = (device: Subject, topic: string, find: FindFacility): boolean => maySubscribe(device, topic, find)

/** What is wrong with the filters of a registration, in words; null when nothing is. */
export function filterProblem(filter: string, sort: DeviceSort, use: keyof typeof shared): string | null {
  if (!isTopicFilter(filter)) return `"${filter}" is no topic filter: + and # stand alone between slashes, # at the end.`
  if (filter.startsWith('$')) return `"${filter}" begins with $, where the broker keeps things of its own.`
  const [root, ...rest] = filter.split('/') as [string, ...string[]]
  if (root === '+' || root === '#') return `"${filter}" begins with a wildcard; name the first level.`
  if (!NATIVE_ROOTS.includes(root)) return null
  if (sort !== 'service')
    return `"${filter}" is among the topics of facilities, which a device has by its registration and a gateway by theirs.`
  const isShared = rest.length === (root === 'facilities' ? 3 : 2) && shared[use].includes(rest.at(-1) as string)
  return isShared ? null : `"${filter}" must have all its levels and end in ${shared[use].join(' or ')}: commands are never shared.`
}

interface Native {
  kind: string | null
  id: string
  rest: string[]
}

const isNativeRoot = (topic: string) => NATIVE_ROOTS.includes(topic.split('/', 1)[0] as string)

function readNative([root, first, second, ...rest]: string[]): Native | undefined {
  if (root === 'facilities' && first !== undefined && second !== undefined) return { kind: first, id: second, rest }
  if (root === 'gateways' && first !== undefined)
    return { kind: null, id: first, rest: [...(second === undefined ? [] : [second]), ...rest] }
  return undefined
}

/** A gateway need be no facility itself. */
function isOwn({ id, sort }: Subject, native: Native, find: FindFacility): boolean {
  if (sort === 'service') return false
  const facility = find(native.id)
  if (facility?.kind.reportsItself) return false
  if (native.kind === null) return sort === 'gateway' && native.id === id
  if (facility?.kind.key !== native.kind) return false
  return facility.id === id || (sort === 'gateway' && facility.gateway === id)
}

function isListed({ sort }: Subject, filters: readonly string[], topic: string, { id }: Native, find: FindFacility): boolean {
  return sort === 'service' && !find(id)?.kind.reportsItself && filters.some((filter) => filterMatches(filter, topic))
}
