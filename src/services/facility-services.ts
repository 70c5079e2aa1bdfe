import { type Scope, WHOLE_CITY } from '../access/scope.ts'
import type { FacilityInput } from '../edges/http/schemas.ts'
import type { Registering } from '../edges/services.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { changedFields, type FacilityVersion, type FieldChange } from '../facilities/facility-version.ts'
import { descriptionOf, type Facility, type FacilityDescription, type FacilityMode, type Plant } from '../facilities/plant.ts'
import { checkRemoval, describeFacilities } from '../facilities/registration.ts'
import type { AuditRecord } from '../storage/state-store.ts'
import { admitChanged } from './admission.ts'
import type { PlantDevices, ServiceParts } from './parts.ts'
import { checkLiveAlarms } from './removal.ts'
import { checkRemovalScope, checkScope } from './scope-checks.ts'

/** A facility as it is to be, and what that changes. */
interface FacilityPlan {
  description: FacilityDescription
  changes: FieldChange[]
}

type Cause = Pick<FacilityVersion, 'by' | 'action' | 'reason'>

/** What people do with the plant. Each change leaves a version; what changes nothing leaves none. `refuse` throws when nothing may be changed. */
export function facilityServices(parts: ServiceParts, devices: PlantDevices, refuse: () => void) {
  const { kinds, plant, rules, state, detector, pipeline, register, now, publish } = parts

  /** Stores all plans or none, then makes them part of the running plant. */
  function carryOut(plans: readonly FacilityPlan[], cause: Cause, audit: Pick<AuditRecord, 'action' | 'subject' | 'detail'>): Facility[] {
    refuse()
    const at = now()
    const numbers: number[] = []
    let widened = () => {}
    pipeline.act(at, () => {
      state.audit({ at, by: cause.by, ...audit })
      widened = devices.noteWider(
        plans.map(({ description }) => ({ ...description, kind: kinds.get(description.kind) as FacilityKind })),
        cause.by,
      )
      for (const { description, changes } of plans) {
        numbers.push(state.putFacility(description))
        state.addFacilityVersion({ ...cause, at, facility: description.id, changes, description })
      }
      return plans.flatMap(({ description: { id, mode } }) => register.setOutOfService(id, mode === 'out-of-service', at, cause.by))
    })
    widened()
    const changed = plans.map((plan, i) => ({ ...plan, number: numbers[i] as number }))
    return admitChanged(parts, changed, at)
  }

  return {
    putFacilities(
      inputs: readonly FacilityInput[],
      by: string,
      { reason = '', action = 'put', scope = WHOLE_CITY }: Registering = {},
    ): Facility[] {
      const descriptions = describeFacilities(inputs, plant, kinds)
      checkScope(descriptions, scope, { ...parts, devices })
      const plans = descriptions.flatMap((description) => planOf(description, plant.get(description.id)))
      const [first] = plans
      if (first) {
        parts.lightChanges.takeDarkened(parts.lightChanges.darkened(plans.map(({ description }) => description)), by)
        const subject = plans.length === 1 ? first.description.id : `${plans.length} facilities`
        const facilities = carryOut(plans, { by, action, reason }, { action: `${action}-facilities`, subject, detail: reason })
        publish({ alarms: [], facilities: new Set(facilities), plant: true })
      }
      return inputs.map(({ id }) => known(plant, id))
    },
    removeFacility(id: string, by: string, scope: Scope, reason = ''): void {
      refuse()
      const facility = known(plant, id)
      checkRemovalScope(facility, scope, plant)
      checkRemoval(facility, plant)
      const at = now()
      const own = rules.overrides.filter((override) => override.facility === id)
      let withdrawn = () => {}
      pipeline.act(at, () => {
        checkLiveAlarms(facility, register.of(id))
        state.audit({ at, by, action: 'remove-facility', subject: id, detail: reason })
        state.addFacilityVersion({ facility: id, at, by, action: 'remove', reason, changes: [], description: null })
        for (const { kind, group, facility, rule } of own) {
          const why = `${id} was removed${reason && `: ${reason}`}`
          state.rules.change({ kind, group, facility, rule, action: 'remove', after: null, revertsTo: null, reason: why, by, at })
        }
        state.removeFacility(id)
        withdrawn = devices.withdraw(id, by)
        return register.withdraw(id, at, by)
      })
      if (own.length > 0)
        rules.replace(
          rules.groups,
          rules.overrides.filter((override) => override.facility !== id),
        )
      const left = [...plant.fedBy(id), ...plant.behind(id)]
      plant.remove(id)
      detector.remove(facility.number)
      withdrawn()
      // What it explained stands for itself now.
      pipeline.act(at, (_, suppression) => left.flatMap((one) => suppression.followPlant(one, at)))
      publish({ alarms: [], facilities: new Set(), plant: true })
    },
    setMode(id: string, mode: FacilityMode, reason: string, by: string): Facility {
      const before = known(plant, id)
      const plans = planOf({ ...descriptionOf(before), mode }, before)
      if (plans.length === 0) return before
      const audit = { action: 'set-mode', subject: id, detail: `${before.mode} -> ${mode}: ${reason}` }
      const facilities = carryOut(plans, { by, action: 'mode', reason }, audit)
      publish({ alarms: [], facilities: new Set(facilities), plant: false })
      return facilities[0] as Facility
    },
    setModes(ids: readonly string[], mode: FacilityMode, reason: string, by: string): Facility[] {
      const plans = ids.map((id) => known(plant, id)).flatMap((before) => planOf({ ...descriptionOf(before), mode }, before))
      if (plans.length === 0) return []
      const subject = plans.length === 1 ? (plans[0]?.description.id as string) : `${plans.length} facilities`
      const changed = plans.map(({ description: { id } }) => `${id} ${plant.get(id)?.mode}`).join(', ')
      const detail = `-> ${mode}: ${reason}; before: ${changed}`
      const facilities = carryOut(plans, { by, action: 'mode', reason }, { action: 'set-mode', subject, detail })
      publish({ alarms: [], facilities: new Set(facilities), plant: false })
      return facilities
    },
  }
}

/** Empty when the facility is so already. */
function planOf(description: FacilityDescription, known: Facility | undefined): FacilityPlan[] {
  const changes = known ? changedFields(descriptionOf(known), description) : []
  return known && changes.length === 0 ? [] : [{ description, changes }]
}

function known(plant: Plant, id: string): Facility {
  const facility = plant.get(id)
  if (!facility) throw new LamplighterError('not-found', `There is no facility ${id}.`)
  return facility
}
