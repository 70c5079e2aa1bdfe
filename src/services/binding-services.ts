import type { Dialects, ListedBinding } from '../edges/dialects.ts'
import { LamplighterError } from '../errors.ts'
import type { StoredBinding, StoredProfile } from '../storage/profile-store.ts'
import { deviceAddress } from '../telemetry/device-address.ts'
import type { DeviceBinding, DeviceProfile } from '../telemetry/device-profile.ts'
import type { ServiceParts } from './parts.ts'

/** Problems told of one list; more say nothing new. */
const TOLD_PROBLEMS = 20
/** Characters of an audit record that tell what was bound. */
const LONGEST_DETAIL = 4000

type BindingServices = Pick<Dialects, 'findBindings' | 'bindings' | 'putBindings' | 'removeBinding' | 'unbound'>

/** What engineers do with bindings; `profiles` holds all that are kept, by id. */
export function bindingServices(
  { plant, state, now, dialects }: ServiceParts,
  profiles: ReadonlyMap<string, StoredProfile>,
): BindingServices {
  const { index, unbound } = dialects
  const { profiles: store } = state

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

  /** Throws `invalid-request` when one of them cannot be, or two are of one address. */
  function allChecked(given: readonly DeviceBinding[]): DeviceBinding[] {
    const bindings: DeviceBinding[] = []
    const problems: string[] = []
    const seen = new Set<string>()
    for (const [i, each] of given.entries()) {
      const result = checked(each)
      if ('problem' in result) problems.push(`${i + 1}: ${result.problem}`)
      else {
        const { dialect, address, profile } = result.binding
        const key = `${dialect} ${address} ${dialect === 'mapped' ? profile : ''}`
        if (seen.has(key)) problems.push(`${i + 1}: ${address} was bound further up`)
        seen.add(key)
        bindings.push(result.binding)
      }
    }
    if (problems.length === 0) return bindings
    const more = problems.length > TOLD_PROBLEMS ? ` and ${problems.length - TOLD_PROBLEMS} more` : ''
    throw new LamplighterError(
      'invalid-request',
      `Nothing was bound. By their place in the list, ${problems.slice(0, TOLD_PROBLEMS).join('; ')}${more}.`,
    )
  }

  const listed = (binding: StoredBinding): ListedBinding => ({
    ...binding,
    problem: facilityProblem(binding.facility, profiles.get(binding.profile) as DeviceProfile),
  })

  return {
    findBindings(query) {
      const { items, next } = store.findBindings(query)
      return { items: items.map(listed), next }
    },
    bindings: () => store.bindings(),
    putBindings(given, by) {
      const bindings = allChecked(given)
      const fresh = bindings.filter((binding) => {
        const before = store.binding(binding)
        return before?.facility !== binding.facility || before.profile !== binding.profile
      })
      if (fresh.length === 0) return 0
      const [first] = fresh as [DeviceBinding]
      const subject = fresh.length === 1 ? `device ${first.dialect} ${first.address}` : `${fresh.length} devices`
      const detail = fresh.map(({ dialect, address, facility, profile }) => `${dialect} ${address} -> ${facility} by ${profile}`).join('; ')
      const at = now()
      state.transaction(() => {
        for (const binding of fresh) store.putBinding({ ...binding, by, at })
        state.audit({ at, by, action: 'bind-device', subject, detail: detail.slice(0, LONGEST_DETAIL) })
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
      state.transaction(() => {
        store.removeBinding(key)
        state.audit({ at: now(), by, action: 'unbind-device', subject: `device ${key.dialect} ${key.address}`, detail })
      })
      index.unbind(key)
    },
    unbound: () => unbound.list(),
  }
}
