import type { Dialects } from '../edges/dialects.ts'
import { LamplighterError } from '../errors.ts'
import { valueProblem } from '../facilities/commands.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import type { AnsweringRoad, RoadFinder } from '../telemetry/command-mapping.ts'
import { commandMappingProblems } from '../telemetry/command-mapping-issues.ts'
import { tryCommand } from '../telemetry/command-trial.ts'
import { deviceAddress } from '../telemetry/device-address.ts'
import type { DeviceProfile } from '../telemetry/device-profile.ts'
import { text } from '../telemetry/point.ts'
import { profileProblems } from '../telemetry/profile-problems.ts'
import { tryProfile } from '../telemetry/profile-trial.ts'
import type { ReportingFacility } from '../telemetry/report.ts'
import { filtersOverlap, topicPattern } from '../telemetry/topic-pattern.ts'
import type { ServiceParts } from './parts.ts'

const MOST_PROFILES = 500

type ProfileServices = Pick<Dialects, 'profiles' | 'profile' | 'boundWith' | 'putProfile' | 'removeProfile' | 'tryProfile' | 'tryCommand'>

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0) refuse(`The profile cannot be used: ${problems.join('; ')}.`)
}

/** An address as bindings have it; of topics that name the facility, that. */
function addressOf(written: string, profile: DeviceProfile): string {
  if (profile.topics?.facility !== undefined) return written
  const found = deviceAddress(written, profile)
  return 'address' in found ? found.address : refuse(found.problem)
}

const UNREACHED = text('the service speaks with no device yet', '系统尚未与任何设备通信')

/** What engineers do with device profiles; `profiles` holds all that are kept, by id. */
export function profileServices(
  { kinds, plant, state, now, dialects, vendorCodecs, commands, roadFinders }: ServiceParts,
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

  /** The facility that a device speaks for; a made-up one where it is bound to none. */
  function facilityAt(address: string, profile: DeviceProfile, { key, table }: FacilityKind): ReportingFacility {
    const named = profile.topics?.facility === undefined ? undefined : plant.get(address)
    return (
      index.find(profile.dialect, address, profile.id)?.facility ?? named ?? { id: address, number: 0, kind: { key, table }, gateway: null }
    )
  }

  function checkProfile(profile: DeviceProfile): void {
    const kind = kindOf(profile)
    refuseProblems([...profileProblems(profile, kind.table), ...commandMappingProblems(profile, [...kind.commands.values()])])
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
      refuseProblems(profileProblems(profile, table))
      return tryProfile(profile, table, sample, codecs)
    },
    async tryCommand(profile, { address: given, command, value }) {
      const kind = kindOf(profile)
      refuseProblems([...profileProblems(profile, kind.table), ...commandMappingProblems(profile, [...kind.commands.values()])])
      const found = kind.commands.get(command)
      if (!found) return refuse(`A ${kind.key} has no command ${JSON.stringify(command)}.`)
      const wrong = valueProblem(found.parameter, value)
      if (wrong) return refuse(`The value of ${command}: ${wrong.en}.`)
      const address = addressOf(given, profile)
      const facility = facilityAt(address, profile, kind)
      const effectWithin = found.effect(value, kind.rated, null).within
      const lasts = (road: AnsweringRoad) => commands.answerWithin(road, effectWithin)
      const find: RoadFinder = (...asked) => roadFinders()?.[profile.dialect](...asked) ?? UNREACHED
      const { road, ...tried } = await tryCommand({ address, facility, profile }, { command, value, at: now(), lasts }, find, codecs)
      return { ...tried, answers: road?.answers ?? null, answerWithin: road && lasts(road), effectWithin }
    },
  }
}

const overlap = (one: string, other: string) => filtersOverlap(topicPattern(one).filter, topicPattern(other).filter)

/** What bindings of a profile depend on; null for those found in another way. */
const captureNames = ({ topics }: DeviceProfile) =>
  topics && { captures: topicPattern(topics.pattern).captures, facility: topics.facility ?? null }
