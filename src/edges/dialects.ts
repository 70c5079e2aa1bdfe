import type { BindingKey, BindingQuery, StoredBinding, StoredProfile } from '../storage/profile-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { CommandedValue } from '../telemetry/command-mapping.ts'
import type { CommandTrial } from '../telemetry/command-trial.ts'
import type { DeviceBinding, DeviceProfile } from '../telemetry/device-profile.ts'
import type { ProfileTrial, TrialSample } from '../telemetry/profile-trial.ts'
import type { UnboundDevice } from '../telemetry/unbound-devices.ts'

export interface ListedBinding extends StoredBinding {
  /** Why it does not count: its facility is gone or of another kind; null when it counts. */
  problem: string | null
}

/** A command that is tried on a device. */
export interface AskedCommand {
  /** As it is or would be bound. */
  address: string
  command: string
  value: CommandedValue
}

export interface TriedCommand extends Omit<CommandTrial, 'road'> {
  /** Whether the device, or its network server for it, says that it has got it; null where there is no way to it. */
  answers: boolean | null
  /** ms after it was sent until it must have answered, or shown the effect where it gives no answer; null where there is no way to it. */
  answerWithin: number | null
  /** ms after its answer until telemetry must show the effect. */
  effectWithin: number
}

/** How devices of other dialects speak, and for which facilities. */
export interface Dialects {
  /** By id. */
  profiles(): readonly StoredProfile[]
  profile(id: string): StoredProfile
  /** How many devices are bound with a profile. */
  boundWith(profile: string): number
  /** Adds or replaces; counts from the next message on. Throws `invalid-request` with all that is wrong with it. */
  putProfile(profile: DeviceProfile, by: string): StoredProfile
  /** Refused while devices are bound with it. */
  removeProfile(id: string, by: string): void
  /** What a profile would make of a message; nothing is kept. */
  tryProfile(profile: DeviceProfile, sample: TrialSample): Promise<ProfileTrial>
  /** What a device would be told by a profile, and until when it must answer; nothing is sent. */
  tryCommand(profile: DeviceProfile, asked: AskedCommand): Promise<TriedCommand>

  findBindings(query: BindingQuery): Page<ListedBinding>
  bindings(): Iterable<DeviceBinding>
  /** Adds or replaces, all or nothing; returns how many were new or changed. Throws `invalid-request` that names the first that are wrong. */
  putBindings(bindings: readonly DeviceBinding[], by: string): number
  removeBinding(key: BindingKey, by: string): void
  /** Devices that spoke lately and are bound to no facility, newest first. */
  unbound(): readonly UnboundDevice[]
}
