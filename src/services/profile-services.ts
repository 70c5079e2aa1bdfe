import type { Dialects } from '../edges/dialects.ts'
import { LamplighterError } from '../errors.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { commandMappingProblems } from '../telemetry/command-mapping.ts'
import type { DeviceProfile } from '../telemetry/device-profile.ts'
import { profileProblems } from '../telemetry/profile-problems.ts'
import { tryProfile } from '../telemetry/profile-trial.ts'
import { filtersOverlap, topicPattern } from '../telemetry/topic-pattern.ts'
import type { ServiceParts } from './parts.ts'

const MOST_PROFILES = 500

type ProfileServices = Pick<Dialects, 'profiles' | 'profile' | 'boundWith' | 'putProfile' | 'removeProfile' | 'tryProfile'>

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

/** What engineers do with device profiles; `profiles` holds all that are kept, by id. */
export function profileServices(
  { kinds, state, now, dialects, vendorCodecs }: ServiceParts,
  profiles: Map<string, StoredProfile>,
): ProfileServices {
  const { index, codecs } = dialects
  const { profiles: store } = state

  const known = (id: string): StoredProfile => {
    const profile = profiles.get(id)
    if (!profile)
      throw new LamplighterError('not-found', `There is no device profile ${JSON.stringify(id)}; /api/device-profiles lists them.`)
    return profile
  }
  function kindOf(profile: DeviceProfile) {
    const kind = kinds.get(profile.kind)
    if (!kind || kind.reportsItself) {
      const possible = [...kinds.values()].filter((each) => !each.reportsItself).map(({ key }) => key)
      return refuse(`There is no kind ${profile.kind} that devices report for; there are ${possible.join(', ')}.`)
    }
    return kind
  }

  function checkProfile(profile: DeviceProfile): void {
    const kind = kindOf(profile)
    const known = [...kind.commands.values()].map(({ key, parameter }) => ({ key, takesValue: parameter !== null }))
    const problems = [...profileProblems(profile, kind.table), ...commandMappingProblems(profile, known)]
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
      state.transaction(() => {
        store.putProfile(stored)
        state.audit({ at: stored.at, ...audit })
      })
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
      state.transaction(() => {
        store.removeProfile(id)
        state.audit({ at: now(), ...audit })
      })
      profiles.delete(id)
      index.useProfiles(profiles.values())
    },
    tryProfile(profile, sample) {
      const { table } = kindOf(profile)
      const problems = profileProblems(profile, table)
      if (problems.length > 0) refuse(`The profile cannot be used: ${problems.join('; ')}.`)
      return tryProfile(profile, table, sample, codecs)
    },
  }
}

const overlap = (one: string, other: string) => filtersOverlap(topicPattern(one).filter, topicPattern(other).filter)

/** What bindings of a profile depend on; null for those found in another way. */
const captureNames = ({ topics }: DeviceProfile) =>
  topics && { captures: topicPattern(topics.pattern).captures, facility: topics.facility ?? null }
