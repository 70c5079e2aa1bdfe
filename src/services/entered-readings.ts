import { facilityScope, isInScope, type Scope, WHOLE_CITY } from '../access/scope.ts'
import { type EnteredReadings, MOST_ENTERED, type ReadingInput } from '../edges/entered-readings.ts'
import { LamplighterError } from '../errors.ts'
import { protectingRule } from '../facilities/enterable.ts'
import type { Facility, Plant } from '../facilities/plant.ts'
import type { EnteredReading } from '../storage/entered-reading-store.ts'
import type { DecodeLimits, NativeReport } from '../telemetry/codecs/native.ts'
import { nativeMessages } from '../telemetry/codecs/native-messages.ts'
import { encodeValue, isPlausible, type PointValue } from '../telemetry/point.ts'
import type { ServiceParts } from './parts.ts'

const MAX_PROBLEMS = 20

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'state' | 'ingest' | 'limits' | 'now'>
type Bounds = Pick<DecodeLimits, 'maxFuture' | 'maxAge'>

/** Readings that people enter: journaled, judged and stored like those of devices. */
export function enteredReadings({ plant, kinds, state, ingest, limits, now }: Parts): EnteredReadings {
  const store = state.enteredReadings

  /** Written in this order, a crash between leaves a reading that is sent once more when it is entered again, which changes nothing. */
  async function keep(fresh: readonly EnteredReading[]): Promise<void> {
    await Promise.all(
      messagesOf(fresh, plant).map(
        ({ topic, payload }) =>
          new Promise<void>((done, fail) => ingest.take(topic, Buffer.from(payload), (error) => (error ? fail(error) : done()))),
      ),
    )
    state.transaction(() => {
      for (const reading of fresh) store.put(reading)
      for (const own of Map.groupBy(fresh, ({ facility, by, source }) => `${facility}\n${by}\n${source}`).values()) {
        const { facility, by, source, entered: at } = own[0] as EnteredReading
        state.audit({
          at,
          by,
          action: 'enter-readings',
          subject: `facility ${facility}`,
          detail: `${source}: ${own.map(words).join(', ')}`,
        })
      }
    })
  }

  return {
    async enter(readings, scope = WHOLE_CITY) {
      const at = now()
      check(readings, scope, plant, limits, at)
      let [corrected, known] = [0, 0]
      const fresh = new Map<string, EnteredReading>()
      for (const reading of readings) {
        const key = keyOf(reading)
        const before = fresh.get(key) ?? store.find(reading.facility, reading.point, reading.at)
        if (before?.value === reading.value) known++
        else {
          if (before) corrected++
          fresh.set(key, { ...reading, entered: at, replaced: before?.value ?? null })
        }
      }
      if (fresh.size > 0) await keep([...fresh.values()])
      return { entered: readings.length - corrected - known, corrected, known }
    },
    list: (query, scope) => store.list({ ...query, within: facilityScope(scope, kinds.values()) }),
  }
}

const keyOf = ({ facility, point, at }: ReadingInput) => `${facility}\n${point}\n${at}`

const words = ({ point, value, at, replaced }: EnteredReading) =>
  `${point} ${value}${replaced === null ? '' : ` in place of ${replaced}`} at ${new Date(at).toISOString()}`

function check(readings: readonly ReadingInput[], scope: Scope, plant: Plant, bounds: Bounds, now: number): void {
  if (readings.length > MOST_ENTERED)
    throw new LamplighterError('invalid-request', `${readings.length} readings are too many at once; send ${MOST_ENTERED} at most.`)
  const problems: string[] = []
  for (const [i, reading] of readings.entries()) {
    const problem = problemOf(reading, scope, plant, bounds, now)
    if (problem) problems.push(`reading ${i + 1}: ${problem}`)
  }
  if (problems.length === 0) return
  const rest = problems.length > MAX_PROBLEMS ? `; and ${problems.length - MAX_PROBLEMS} more` : ''
  throw new LamplighterError('invalid-request', `Nothing was entered. ${problems.slice(0, MAX_PROBLEMS).join('; ')}${rest}.`)
}

/** Why a reading cannot be taken, in words; undefined when it can. */
function problemOf({ facility: id, point: key, value, at }: ReadingInput, scope: Scope, plant: Plant, bounds: Bounds, now: number) {
  const facility = plant.get(id)
  if (!facility || !isInScope(scope, facility)) return `there is no facility ${JSON.stringify(id)}`
  if (facility.kind.reportsItself) return `${id} reports itself, so that nobody else may`
  const index = facility.kind.table.index.get(key) ?? -1
  const point = facility.kind.table.points[index]
  if (!point) return `a ${facility.kind.key} has no point ${JSON.stringify(key)}`
  const rule = protectingRule(facility.kind, index)
  if (rule) return `${key} of ${id} is what ${rule} goes by, which protects lives, so that only its device may tell it`
  const number = encodeValue(point, value)
  if (number === undefined) {
    const states = point.type === 'state' ? `one of ${point.states.map((state) => state.key).join(', ')}` : `a ${point.type}`
    return `${key} of ${id} must be ${states}, not ${JSON.stringify(value)}`
  }
  if (point.type === 'number' && !isPlausible(point, number))
    return `${key} of ${id} lies between ${point.plausible[0]} and ${point.plausible[1]} ${point.unit}, so that ${value} is impossible`
  if (!Number.isInteger(at)) return `${key} of ${id} needs the time when it was taken, in ms`
  if (at > now + bounds.maxFuture) return `${key} of ${id} cannot have been taken in the future, ${new Date(at).toISOString()}`
  return at < now - bounds.maxAge
    ? `${key} of ${id} was taken too long ago, ${new Date(at).toISOString()}; a file of telemetry takes older readings`
    : undefined
}

/** Readings of one facility and time go together. */
function messagesOf(readings: readonly EnteredReading[], plant: Plant): { topic: string; payload: string }[] {
  return [...Map.groupBy(readings, ({ facility }) => facility)].flatMap(([id, own]) => {
    const facility = plant.get(id) as Facility
    const reports = [...Map.groupBy(own, ({ at }) => at)]
      .sort(([a], [b]) => a - b)
      .map(([at, values]): NativeReport => {
        const named = values.map(({ point, value }): [string, PointValue] => [point, value])
        return { at, values: Object.fromEntries(named), entered: true }
      })
    return nativeMessages(facility, reports)
  })
}
