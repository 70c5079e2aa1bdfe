import type { Dialects, ListedBinding } from '../edges/dialects.ts'
import { LamplighterError } from '../errors.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { deviceAddress } from '../telemetry/device-address.ts'
import type { DeviceBinding, DeviceProfile } from '../telemetry/device-profile.ts'
import { profileProblems } from '../telemetry/profile-problems.ts'
import { tryProfile } from '../telemetry/profile-trial.ts'
import { filtersOverlap, topicPattern } from '../telemetry/topic-pattern.ts'
import type { ServiceParts } from './parts.ts'

const MOST_PROFILES = 500
/** Problems told of one list; more say nothing new. */
const TOLD_PROBLEMS = 20

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

/** What engineers do with device profiles and bindings. */
export function dialectServices({ kinds, plant, state, now, dialects, vendorCodecs }: ServiceParts): Dialects {
  const { index, unbound, codecs } = dialects
  const { profiles: store } = state
  const profiles = new Map(store.profiles().map((profile) => [profile.id, profile]))
  index.replace(profiles.values(), store.bindings())

  const known = (id: string): StoredProfile => {
    const profile = profiles.get(id)
    if (!profile)
      throw new LamplighterError('not-found', `There is no device profile ${JSON.stringify(id)}; /api/device-profiles lists them.`)
    return profile
  }
  /** Writes in one transaction with its audit record. */
  const change = (audit: { by: string; action: string; subject: string; detail: string }, write: () => void) =>
    state.transaction(() => {
      write()
      state.audit({ at: now(), ...audit })
    })

  function kindOf(profile: DeviceProfile) {
    const kind = kinds.get(profile.kind)
    if (!kind || kind.reportsItself) {
      const possible = [...kinds.values()].filter((each) => !each.reportsItself).map(({ key }) => key)
      return refuse(`There is no kind ${profile.kind} that devices report for; there are ${possible.join(', ')}.`)
    }
    return kind
  }

  function checkProfile(profile: DeviceProfile): void {
    const problems = profileProblems(profile, kindOf(profile).table)
    if (problems.length > 0) refuse(`The profile cannot be used: ${problems.join('; ')}.`)
    if (profile.codec !== null && !vendorCodecs.has(profile.codec))
      refuse(`There is no codec ${JSON.stringify(profile.codec)}; /api/vendor-codecs lists them.`)
    const { topics } = profile
    const other =
      topics && [...profiles.values()].find((each) => each.id !== profile.id && each.topics && overlap(topics.pattern, each.topics.pattern))
    if (other)
      refuse(
        `The pattern ${topics?.pattern} takes topics that ${other.topics?.pattern} of profile ${other.id} takes too; make them differ.`,
      )
  }

  function checkRebinding(profile: DeviceProfile, before: StoredProfile): void {
    const isOther = profile.kind !== before.kind || profile.dialect !== before.dialect
    const isOtherPattern = JSON.stringify(captureNames(profile)) !== JSON.stringify(captureNames(before))
    if ((isOther || isOtherPattern) && store.bindingsOf(profile.id) > 0) {
      throw new LamplighterError(
        'action-refused',
        `Devices are bound with profile ${profile.id}, so its dialect, kind and captures stay. Make another profile, or remove the bindings first.`,
      )
    }
  }

  /** The binding with its address as it is kept, or in words what is wrong. */
  function checked(binding: DeviceBinding): { binding: DeviceBinding } | { problem: string } {
    const profile = profiles.get(binding.profile)
    if (!profile) return { problem: `there is no profile ${binding.profile}` }
    if (profile.dialect !== binding.dialect) return { problem: `profile ${profile.id} is of ${profile.dialect}, not ${binding.dialect}` }
    const found = deviceAddress(binding.address.trim(), profile)
    if ('problem' in found) return found
    const problem = facilityProblem(binding.facility, profile)
    return problem === null ? { binding: { ...binding, address: found.address } } : { problem }
  }

  function facilityProblem(id: string, profile: DeviceProfile): string | null {
    const facility = plant.get(id)
    if (!facility) return `there is no facility ${id}`
    return facility.kind.key === profile.kind ? null : `${id} is a ${facility.kind.key}, profile ${profile.id} is for a ${profile.kind}`
  }

  const listed = (binding: ListedBinding | Omit<ListedBinding, 'problem'>): ListedBinding => ({
    ...binding,
    problem: facilityProblem(binding.facility, known(binding.profile)),
  })

  return {
    profiles: () => [...profiles.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    profile: known,
    boundWith: (profile) => store.bindingsOf(profile),
    putProfile(profile, by) {
      checkProfile(profile)
      const before = profiles.get(profile.id)
      if (before) checkRebinding(profile, before)
      else if (profiles.size >= MOST_PROFILES) refuse(`There are ${MOST_PROFILES} profiles already. Remove one that no device uses.`)
      const audit = { by, action: 'put-device-profile', subject: `device profile ${profile.id}`, detail: JSON.stringify(profile) }
      const stored = { ...profile, by, at: now() }
      change(audit, () => store.putProfile(stored))
      profiles.set(profile.id, stored)
      index.useProfiles(profiles.values())
      return stored
    },
    removeProfile(id, by) {
      const profile = known(id)
      const bound = store.bindingsOf(id)
      if (bound > 0) {
        const devices = bound === 1 ? '1 device is' : `${bound} devices are`
        throw new LamplighterError('action-refused', `${devices} bound with profile ${id}. Remove those bindings first.`)
      }
      const audit = { by, action: 'remove-device-profile', subject: `device profile ${id}`, detail: profile.title }
      change(audit, () => store.removeProfile(id))
      profiles.delete(id)
      index.useProfiles(profiles.values())
    },
    tryProfile(profile, sample) {
      const { table } = kindOf(profile)
      const problems = profileProblems(profile, table)
      if (problems.length > 0) refuse(`The profile cannot be used: ${problems.join('; ')}.`)
      return tryProfile(profile, table, sample, codecs)
    },
    findBindings(query) {
      const { items, next } = store.findBindings(query)
      return { items: items.map(listed), next }
    },
    bindings: () => store.bindings(),
    putBindings(given, by) {
      const results = given.map(checked)
      const problems = results.flatMap((result, i) => ('problem' in result ? [`${i + 1}: ${result.problem}`] : []))
      if (problems.length > 0) {
        const more = problems.length > TOLD_PROBLEMS ? ` and ${problems.length - TOLD_PROBLEMS} more` : ''
        refuse(`Nothing was bound. By their place in the list, ${problems.slice(0, TOLD_PROBLEMS).join('; ')}${more}.`)
      }
      const bindings = results.flatMap((result) => ('binding' in result ? [result.binding] : []))
      const fresh = bindings.filter((binding) => {
        const before = store.binding(binding)
        return before?.facility !== binding.facility || before.profile !== binding.profile
      })
      if (fresh.length === 0) return 0
      const [first] = fresh as [DeviceBinding]
      const subject = fresh.length === 1 ? `device ${first.dialect} ${first.address}` : `${fresh.length} devices`
      const detail = fresh.map(({ dialect, address, facility, profile }) => `${dialect} ${address} -> ${facility} by ${profile}`).join('; ')
      change({ by, action: 'bind-device', subject, detail: detail.slice(0, 4000) }, () => {
        for (const binding of fresh) store.putBinding({ ...binding, by, at: now() })
      })
      for (const binding of fresh) {
        const { dialect, address, profile } = binding
        index.bind(binding)
        unbound.forget(dialect, address, dialect === 'mapped' ? profile : null)
      }
      return fresh.length
    },
    removeBinding(key, by) {
      const binding = store.binding(key)
      if (!binding) throw new LamplighterError('not-found', `No device ${key.address} is bound; /api/device-bindings lists those that are.`)
      const detail = `${binding.facility} by ${binding.profile}`
      change({ by, action: 'unbind-device', subject: `device ${key.dialect} ${key.address}`, detail }, () => store.removeBinding(key))
      index.unbind(key)
    },
    unbound: () => unbound.list(),
  }
}

const overlap = (one: string, other: string) => filtersOverlap(topicPattern(one).filter, topicPattern(other).filter)

/** What bindings of a profile depend on; null for those found in another way. */
const captureNames = ({ topics }: DeviceProfile) =>
  topics && { captures: topicPattern(topics.pattern).captures, facility: topics.facility ?? null }
