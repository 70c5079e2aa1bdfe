import { expectedAt } from '../detection/expected.ts'
import { priorities } from '../detection/rule.ts'
import { facilityTime } from '../detection/state.ts'
import { asFedAt } from '../detection/supply.ts'
import type { FacilityDetail, FacilityState, LatestView } from '../edges/http/schemas.ts'
import { facilityView } from '../edges/http/views.ts'
import type { ReportTimes } from '../edges/services.ts'
import { type Facility, hasController } from '../facilities/plant.ts'
import { decodeValue, type Point } from '../telemetry/point.ts'
import type { ServiceParts } from './parts.ts'

type Parts = Pick<ServiceParts, 'register' | 'detector' | 'plant' | 'pipeline'>
type TimedParts = Parts & Pick<ServiceParts, 'now'>

/** The worst active alarm, which out of service can only be one that protects lives; one that is silent and has no other fault shows as without report. */
export function facilityState(facility: Facility, { register, detector, pipeline }: Parts): FacilityState {
  let worst = priorities.length as number
  const detection = detector.state(facility.number)
  const cutOff = pipeline.cutOffBy(facility)
  // One that hangs on what is dead is silent before its own silence is long enough to be judged, unless it was heard since.
  let silent =
    hasController(facility) &&
    (!(Number(detection?.lastReport) >= 0) || (cutOff !== undefined && Number(detection?.lastReceived) < cutOff.activated))
  for (const alarm of register.of(facility.id)) {
    if (!alarm.active || alarm.shelved || alarm.outOfService) continue
    // That nothing is heard of it is so whatever explains it.
    if (alarm.evidence.ruleType === 'silence') silent = true
    else if (alarm.suppressed) continue
    else worst = Math.min(worst, priorities.indexOf(alarm.priority))
  }
  return priorities[worst] ?? (facility.mode === 'out-of-service' ? 'out-of-service' : silent ? 'no-report' : 'normal')
}

const orNull = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value)

/** How reports of a facility come in. */
export function reportTimes({ number }: Facility, { detector }: Pick<Parts, 'detector'>): ReportTimes {
  const detection = detector.state(number)
  return {
    lastReport: orNull(detection?.lastReport),
    lastReceived: orNull(detection?.lastReceived),
    clockSkew: orNull(detection?.skew),
    usualInterval: orNull(detection?.usualInterval),
  }
}

/** A facility with what it last said, what feeds it and what hangs on it. */
export function facilityDetail(facility: Facility, parts: TimedParts): FacilityDetail {
  const { plant, detector } = parts
  const detection = detector.state(facility.number)
  const feeders = plant.feeders(facility)
  return {
    facility: facilityView(facility),
    state: facilityState(facility, parts),
    lastReport: orNull(detection?.lastReport),
    lastReceived: orNull(detection?.lastReceived),
    clockSkew: orNull(detection?.skew),
    latest: latestValues(facility, parts),
    expected: expectedOf(facility, parts, parts.now()),
    learned: learnedOf(facility, parts),
    feeders: feeders.map((feeder, i) => ({
      id: feeder.id,
      kind: feeder.kind.key,
      name: feeder.name,
      nameEn: feeder.nameEn,
      circuit: (feeders[i - 1] ?? facility).circuit,
      state: facilityState(feeder, parts),
    })),
    children: { supply: plant.fedBy(facility.id).size, link: plant.behind(facility.id).size },
  }
}

/** What the points of a facility said last, impossible values included. */
export function latestValues({ number, kind: { table } }: Facility, { detector }: Pick<Parts, 'detector'>): LatestView[] {
  const latest: LatestView[] = []
  const detection = detector.state(number)
  if (!detection) return latest
  table.keys.forEach((key, i) => {
    const at = detection.times[i] as number
    if (Number.isNaN(at)) return
    const bad = detection.bad?.get(i)
    const good = bad === undefined
    const value = good ? (detection.values[i] as number) : bad
    latest.push({ point: key, value: decodeValue(table.points[i] as Point, value), at, good })
  })
  return latest
}

/** What rules that learn by themselves know of a facility. */
function learnedOf({ number, kind: { table, rules } }: Facility, { detector }: Pick<Parts, 'detector'>): FacilityDetail['learned'] {
  const detection = detector.state(number)
  if (!detection) return []
  const { layout, settings, values } = detection
  return rules.flatMap(({ key, learned }, i) => {
    const setting = settings[i]
    if (!learned || !setting?.enabled) return []
    const { progress, distance, limit, share, points } = learned(setting.parameters, values, layout.memories[i] as number)
    return [
      {
        rule: key,
        progress,
        distance: orNull(distance),
        limit: orNull(limit),
        share: orNull(share),
        points: points.map(({ point, ...rest }) => ({ point: table.keys[point] as string, ...rest })),
      },
    ]
  })
}

/** What points should read at our time `time`, ms, and why; a point of which nobody can say is left out. Supply and values are those of now. */
export function expectedOf(
  { number, kind: { table, expected } }: Facility,
  { detector }: Pick<TimedParts, 'detector'>,
  time: number,
): FacilityDetail['expected'] {
  const detection = detector.state(number)
  if (!detection) return []
  const at = Number.isNaN(detection.lastReport) ? time : facilityTime(detection, time)
  return [...expected].flatMap(([point, ofLevel]) => {
    const found = asFedAt(detection, at, () => expectedAt(detection, point, at, ofLevel))
    if (!found) return []
    return [{ point: table.keys[point] as string, value: decodeValue(table.points[point] as Point, found.value), source: found.source }]
  })
}
