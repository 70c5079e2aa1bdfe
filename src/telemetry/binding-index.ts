import type { TopicMatch } from './codecs/mapped/dialect.ts'
import type { Bindings, BoundDevice, DeviceBinding, DeviceProfile, ProfileDialect, TopicMapping } from './device-profile.ts'
import type { ReportingFacility } from './report.ts'
import { type TopicPattern, topicPattern } from './topic-pattern.ts'

interface TopicProfile {
  profile: DeviceProfile
  mapping: TopicMapping
  pattern: TopicPattern
  /** Which of its captures is the facility; -1 when a binding tells it. */
  capture: number
}

/** All profiles and bindings in memory, as the dialects ask for them. */
export class BindingIndex implements Bindings {
  readonly #facility: (id: string) => ReportingFacility | undefined
  #profiles = new Map<string, DeviceProfile>()
  #bindings = new Map<string, DeviceBinding>()
  /** Bindings at an address and below it. */
  #below = new Map<string, Set<DeviceBinding>>()
  /** Bindings of each facility. */
  #ofFacility = new Map<string, Set<DeviceBinding>>()
  /** By the first level, which every pattern writes out. */
  #topics = new Map<string, TopicProfile[]>()

  /** `facility` is asked at each message, so that one that is removed is bound no more. */
  constructor(facility: (id: string) => ReportingFacility | undefined) {
    this.#facility = facility
  }

  replace(profiles: Iterable<DeviceProfile>, bindings: Iterable<DeviceBinding>): void {
    this.#bindings = new Map()
    this.#below = new Map()
    this.#ofFacility = new Map()
    for (const binding of bindings) this.bind(binding)
    this.useProfiles(profiles)
  }

  useProfiles(profiles: Iterable<DeviceProfile>): void {
    this.#profiles = new Map([...profiles].map((profile) => [profile.id, profile]))
    this.#topics = new Map()
    for (const profile of this.#profiles.values()) if (profile.topics) this.#addTopics(profile, profile.topics)
  }

  /** Adds a binding, or replaces the one of that address. */
  bind(binding: DeviceBinding): void {
    this.unbind(binding)
    this.#bindings.set(keyOf(binding.dialect, binding.address, binding.profile), binding)
    const own = this.#ofFacility.get(binding.facility)
    if (own) own.add(binding)
    else this.#ofFacility.set(binding.facility, new Set([binding]))
    for (const key of prefixesOf(binding)) {
      const below = this.#below.get(key)
      if (below) below.add(binding)
      else this.#below.set(key, new Set([binding]))
    }
  }

  unbind({ dialect, address, profile }: Pick<DeviceBinding, 'dialect' | 'address' | 'profile'>): void {
    const key = keyOf(dialect, address, profile)
    const binding = this.#bindings.get(key)
    if (!binding) return
    this.#bindings.delete(key)
    const own = this.#ofFacility.get(binding.facility)
    own?.delete(binding)
    if (own?.size === 0) this.#ofFacility.delete(binding.facility)
    for (const prefix of prefixesOf(binding)) {
      const below = this.#below.get(prefix)
      below?.delete(binding)
      if (below?.size === 0) this.#below.delete(prefix)
    }
  }

  /** Whether a device of another dialect speaks for a facility. */
  binds(facility: string): boolean {
    return this.#ofFacility.has(facility)
  }

  /** The devices that speak for a facility. */
  *boundTo(facility: string): Iterable<BoundDevice> {
    for (const binding of this.#ofFacility.get(facility) ?? []) {
      const bound = this.#bound(binding)
      if (bound) yield bound
    }
  }

  find(dialect: ProfileDialect, address: string, profile?: string): BoundDevice | undefined {
    return this.#bound(this.#bindings.get(keyOf(dialect, address, profile)))
  }

  *at(dialect: ProfileDialect, addressPrefix: string): Iterable<BoundDevice> {
    for (const binding of this.#below.get(`${dialect} ${addressPrefix}`) ?? []) {
      const bound = this.#bound(binding)
      if (bound) yield bound
    }
  }

  /** Whether the pattern of a profile takes a topic. */
  takes(topic: string): boolean {
    return this.#topicProfile(topic) !== undefined
  }

  match(topic: string): TopicMatch | undefined {
    const found = this.#topicProfile(topic)
    if (!found) return undefined
    const { profile, mapping, captures, capture } = found
    const address = capture < 0 ? captures.join('/') : (captures[capture] as string)
    const bound = capture < 0 ? this.find('mapped', address, profile.id) : this.#ofKind(address, profile)
    return bound ? { bound, mapping, captures } : { unknown: { profile: profile.id, address } }
  }

  #topicProfile(topic: string): (TopicProfile & { captures: readonly string[] }) | undefined {
    if (this.#topics.size === 0) return undefined
    const slash = topic.indexOf('/')
    for (const each of this.#topics.get(slash < 0 ? topic : topic.slice(0, slash)) ?? []) {
      const captures = each.pattern.match(topic)
      if (captures) return { ...each, captures }
    }
    return undefined
  }

  #bound(binding: DeviceBinding | undefined): BoundDevice | undefined {
    const profile = binding && this.#profiles.get(binding.profile)
    const facility = binding && this.#facility(binding.facility)
    return profile && facility && canBe(facility, profile) ? { address: binding.address, facility, profile } : undefined
  }

  #ofKind(id: string, profile: DeviceProfile): BoundDevice | undefined {
    const facility = this.#facility(id)
    return facility && canBe(facility, profile) ? { address: id, facility, profile } : undefined
  }

  #addTopics(profile: DeviceProfile, mapping: TopicMapping): void {
    const pattern = topicPattern(mapping.pattern)
    const capture = mapping.facility === undefined ? -1 : pattern.captures.indexOf(mapping.facility)
    const root = pattern.filter.split('/')[0] as string
    this.#topics.set(root, [...(this.#topics.get(root) ?? []), { profile, mapping, pattern, capture }])
  }
}

const canBe = ({ kind }: ReportingFacility, profile: DeviceProfile) => kind.key === profile.kind && !kind.reportsItself

/** Plain topics are bound for each profile by itself. */
const keyOf = (dialect: ProfileDialect, address: string, profile: string | undefined) =>
  dialect === 'mapped' ? `mapped ${profile ?? ''} ${address}` : `${dialect} ${address}`

/** Keys of the address itself and of all above it. */
function prefixesOf({ dialect, address }: DeviceBinding): string[] {
  const keys: string[] = []
  for (let end = address.length; end > 0; end = address.lastIndexOf('/', end - 1)) keys.push(`${dialect} ${address.slice(0, end)}`)
  return keys
}
