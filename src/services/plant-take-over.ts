import type { PlantTakeOver } from '../edges/exchange/import-job.ts'
import type { DarkenedFacilities } from '../edges/light-changes.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { Facility } from '../facilities/plant.ts'
import type { StagedFacility } from '../storage/facility-staging.ts'
import { admitChanged } from './admission.ts'
import type { PlantDevices, ServiceParts } from './parts.ts'

export interface GuardedTakeOver extends PlantTakeOver {
  /** Throws `action-refused` while a sealed import is on its way into the plant: it would write over what somebody else changes meanwhile. */
  refuseMeanwhile(): void
}

/** Makes the checked facilities of an import part of the plant, a few at a time, so that nothing else has to wait. */
export function plantTakeOver(parts: ServiceParts, devices: PlantDevices): GuardedTakeOver {
  const { kinds, state, pipeline, now, publish } = parts
  /** What has been taken over of the sealed import; null when none is on its way. */
  let taken: Set<Facility> | null = null
  /** By import: the facilities that would have less light by it. */
  const darkened = new Map<string, DarkenedFacilities>()
  const nobody: DarkenedFacilities = { lamps: new Set(), cabinets: new Set() }
  /** Who had it taken over. */
  let committer = ''

  function takeNext(id: string, limit: number): Facility[] {
    const at = now()
    let staged: (StagedFacility & { number: number })[] = []
    let widened = () => {}
    pipeline.act(at, (register) => {
      staged = state.staging.takeNext(id, limit)
      widened = devices.noteWider(
        staged.map(({ description }) => ({ ...description, kind: kinds.get(description.kind) as FacilityKind })),
        committer,
      )
      return staged.flatMap(({ description }) => register.setOutOfService(description.id, description.mode === 'out-of-service', at, null))
    })
    widened()
    return admitChanged(parts, staged, at)
  }

  return {
    stage(id, facilities) {
      const found = parts.lightChanges.darkened(facilities.map(({ description }) => description))
      const { lamps, cabinets } = darkened.get(id) ?? nobody
      darkened.set(id, { lamps: new Set([...lamps, ...found.lamps]), cabinets: new Set([...cabinets, ...found.cabinets]) })
      state.staging.stage(
        id,
        facilities.map(({ description, changed }) => ({ description, changes: changed })),
      )
    },
    drop(id) {
      darkened.delete(id)
      state.staging.drop(id)
    },
    seal(id, { by, subject, reason }) {
      const at = now()
      parts.lightChanges.takeDarkened(darkened.get(id) ?? nobody, by)
      darkened.delete(id)
      state.transaction(() => {
        state.audit({ at, by, action: 'import-facilities', subject, detail: reason })
        state.staging.seal(id, { at, by, reason })
      })
      taken = new Set()
      committer = by
    },
    takeNext(id, limit) {
      const facilities = takeNext(id, limit)
      for (const facility of facilities) taken?.add(facility)
      if (facilities.length > 0) return true
      if (taken && taken.size > 0) publish({ alarms: [], facilities: taken, plant: true })
      taken = null
      return false
    },
    refuseMeanwhile() {
      if (taken) throw new LamplighterError('action-refused', 'An import of facilities is being taken over. Try again in some seconds.')
    },
  }
}
