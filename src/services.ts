import { isDeepStrictEqual } from 'node:util'
import type { Alarm } from './alarms/alarm.ts'
import type { AlarmEvent } from './alarms/lifecycle.ts'
import type { AlarmRegister } from './alarms/register.ts'
import type { Detector } from './detection/detector.ts'
import { priorities } from './detection/rule.ts'
import type { FacilityDetail, FacilityInput, FacilityState, LatestView } from './edges/http/schemas.ts'
import { facilityView } from './edges/http/views.ts'
import type { Figures, Services } from './edges/services.ts'
import { LamplighterError } from './errors.ts'
import type { FacilityKind } from './facilities/facility-kind.ts'
import type { Facility, FacilityDescription, FacilityMode, Plant } from './facilities/plant.ts'
import { describeFacilities } from './facilities/registration.ts'
import type { Change, Pipeline } from './pipeline.ts'
import type { StateStore } from './storage/state-store.ts'
import type { TelemetryStore } from './storage/telemetry-store.ts'
import { minutes } from './telemetry/duration.ts'
import { decodeValue, type Point } from './telemetry/point.ts'
import type { RejectionLog } from './telemetry/rejection-log.ts'

export interface ServiceParts {
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  state: StateStore
  telemetry: TelemetryStore
  detector: Detector
  register: AlarmRegister
  pipeline: Pipeline
  rejections: RejectionLog
  now: () => number
  notReady: () => string[]
  figures: () => Figures
  /** Hands a change to all listeners. */
  publish: (change: Change) => void
  onChange: Services['onChange']
}

/** What people and other programs may do with the running city. Every action is audited in the transaction that makes it durable. */
export function createServices(parts: ServiceParts): Services {
  const { plant, state, telemetry, rejections, kinds } = parts
  return {
    kinds: [...kinds.values()],
    plant,
    state,
    telemetry,
    rejections,
    notReady: parts.notReady,
    figures: parts.figures,
    onChange: parts.onChange,
    liveAlarms: () => parts.register.live(),
    ...facilityServices(parts),
    ...alarmServices(parts),
  }
}

function facilityServices(parts: ServiceParts) {
  const { kinds, plant, state, detector, pipeline, register, now, publish } = parts
  return {
    putFacilities(inputs: readonly FacilityInput[], by: string): Facility[] {
      const descriptions = describeFacilities(inputs, plant, kinds).filter((description) => !isSame(description, plant.get(description.id)))
      let numbers: number[] = []
      pipeline.act(() => {
        numbers = descriptions.map((description) => {
          state.audit({ at: now(), by, action: 'put-facility', subject: description.id, detail: '' })
          return state.putFacility(description)
        })
        return descriptions.flatMap(({ id, mode }) => register.setOutOfService(id, mode === 'out-of-service', now()))
      })
      const facilities = descriptions.map((description, i) => admitFacility(parts, numbers[i] as number, description))
      if (facilities.length > 0) publish({ alarms: [], facilities: new Set(facilities), plant: true })
      return inputs.map(({ id }) => known(plant, id))
    },
    removeFacility(id: string, by: string): void {
      const facility = known(plant, id)
      if (facility.mode !== 'out-of-service' && [...register.of(id)].length > 0) {
        throw new LamplighterError(
          'action-refused',
          `${id} has live alarms. Take it out of service first; then it can be removed, and its alarms end.`,
        )
      }
      pipeline.act(() => {
        state.audit({ at: now(), by, action: 'remove-facility', subject: id, detail: '' })
        state.removeFacility(id)
        return register.withdraw(id, now())
      })
      plant.remove(id)
      detector.remove(facility.number)
      publish({ alarms: [], facilities: new Set(), plant: true })
    },
    setMode(id: string, mode: FacilityMode, reason: string, by: string): Facility {
      const before = known(plant, id)
      const description: FacilityDescription = { ...withoutNumber(before), kind: before.kind.key, mode }
      pipeline.act(() => {
        state.putFacility(description)
        state.audit({ at: now(), by, action: 'set-mode', subject: id, detail: `${before.mode} -> ${mode}: ${reason}` })
        return register.setOutOfService(id, mode === 'out-of-service', now())
      })
      const facility = admitFacility(parts, before.number, description)
      publish({ alarms: [], facilities: new Set([facility]), plant: false })
      return facility
    },
    facilityState: (facility: Facility) => stateOf(facility, parts),
    facilityDetail: (facility: Facility) => detailOf(facility, parts),
  }
}

function alarmServices({ pipeline, register, state, now }: ServiceParts) {
  /** Audited when it changed something: a second click on the same button is no second action. */
  const actOn = (id: number, by: string, action: string, detail: string, event: AlarmEvent): Alarm => {
    const before = register.get(id)
    const alarm = register.act(id, event)
    if (alarm !== before) state.audit({ at: now(), by, action, subject: `alarm ${id}`, detail })
    return alarm
  }
  const act = (id: number, by: string, action: string, detail: string, event: AlarmEvent): Alarm => {
    const [alarm] = pipeline.act(() => [actOn(id, by, action, detail, event)])
    return alarm as Alarm
  }
  return {
    acknowledge: (ids: readonly number[], by: string, comment: string): Alarm[] =>
      pipeline.act(() =>
        [...new Set(ids)].map((id) => actOn(id, by, 'acknowledge', comment, { type: 'acknowledge', at: now(), by, comment })),
      ),
    comment: (id: number, by: string, text: string) => act(id, by, 'comment', text, { type: 'comment', at: now(), by, text }),
    shelve: (id: number, by: string, length: number, reason: string) =>
      act(id, by, 'shelve', `${length} min: ${reason}`, { type: 'shelve', at: now(), by, until: now() + minutes(length), reason }),
    unshelve: (id: number, by: string) => act(id, by, 'unshelve', '', { type: 'unshelve', at: now() }),
    reset: (id: number, by: string) => act(id, by, 'reset', '', { type: 'reset', at: now(), by }),
  }
}

/** Makes a described facility part of the running plant. */
export function admitFacility(
  { kinds, plant, detector }: Pick<ServiceParts, 'kinds' | 'plant' | 'detector'>,
  number: number,
  description: FacilityDescription,
): Facility {
  const kind = kinds.get(description.kind)
  if (!kind)
    throw new LamplighterError(
      'config-invalid',
      `Facility ${description.id} is of kind ${description.kind}, which this version does not have.`,
    )
  const facility: Facility = { ...description, number, kind }
  plant.put(facility)
  detector.put(facility)
  return facility
}

const isSame = (description: FacilityDescription, facility: Facility | undefined) =>
  facility !== undefined && isDeepStrictEqual(description, { ...withoutNumber(facility), kind: facility.kind.key })

function withoutNumber({ number: _, ...rest }: Facility): Omit<Facility, 'number'> {
  return rest
}

function known(plant: Plant, id: string): Facility {
  const facility = plant.get(id)
  if (!facility) throw new LamplighterError('not-found', `There is no facility ${id}.`)
  return facility
}

/** The worst active alarm, which out of service can only be one that protects lives; one that is silent and has no other fault shows as without report. */
function stateOf(facility: Facility, { register, detector }: ServiceParts): FacilityState {
  let worst = priorities.length as number
  let silent = !(Number(detector.state(facility.number)?.lastReport) >= 0)
  for (const alarm of register.of(facility.id)) {
    if (!alarm.active || alarm.shelved || alarm.outOfService) continue
    if (alarm.evidence.ruleType === 'silence') silent = true
    else worst = Math.min(worst, priorities.indexOf(alarm.priority))
  }
  return priorities[worst] ?? (facility.mode === 'out-of-service' ? 'out-of-service' : silent ? 'no-report' : 'normal')
}

function detailOf(facility: Facility, parts: ServiceParts): FacilityDetail {
  const detection = parts.detector.state(facility.number)
  const { table } = facility.kind
  const latest: LatestView[] = []
  const orNull = (time: number | undefined) => (time === undefined || Number.isNaN(time) ? null : time)
  if (detection) {
    table.keys.forEach((key, i) => {
      const at = detection.times[i] as number
      if (Number.isNaN(at)) return
      const bad = detection.bad?.get(i)
      const good = bad === undefined
      const value = good ? (detection.values[i] as number) : bad
      latest.push({ point: key, value: decodeValue(table.points[i] as Point, value), at, good })
    })
  }
  return {
    facility: facilityView(facility),
    state: stateOf(facility, parts),
    lastReport: orNull(detection?.lastReport),
    lastReceived: orNull(detection?.lastReceived),
    latest,
  }
}
