import { WHOLE_CITY } from '../../access/scope.ts'
import { type ProgrammeCondition, type ProgrammeOverride, spanOf } from '../../control/programme-set.ts'
import type { Programmes } from '../../edges/programmes.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

/** The light of a sensor lasts so long at most; while it still asks for it, there is another one, ms. */
export const LONGEST_BY_SENSOR = hours(12)
/** A sensor that was silent for longer says nothing. */
export const STALE = minutes(30)

/** What a condition sees: beyond its limit, on the side that ends it, or neither. */
export type Sight = 'met' | 'clear' | 'between' | 'unknown'

export function sightOf({ when, limit, clear }: Pick<ProgrammeCondition, 'when' | 'limit' | 'clear'>, value: number): Sight {
  if (Number.isNaN(value)) return 'unknown'
  const sign = when === 'above' ? 1 : -1
  if (sign * value > sign * limit) return 'met'
  return sign * value <= sign * clear ? 'clear' : 'between'
}

type Parts = Pick<ServiceParts, 'plant' | 'detector' | 'now'> & {
  programmes: Programmes & { overrideByCondition(override: Omit<ProgrammeOverride, 'id'>): void }
}

/** Turns what sensors see into overrides, and ends them. */
export class ProgrammeConditions {
  readonly #parts: Parts
  /** Since when each sees what it sees, ms. */
  readonly #since = new Map<string, { sight: Sight; at: number }>()
  /** When each was last seen clear, ms. */
  readonly #clear = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Once a second. */
  tick(): void {
    const { programmes, now } = this.#parts
    const at = now()
    for (const condition of programmes.current().conditions) this.#look(condition, at)
  }

  #look(condition: ProgrammeCondition, at: number): void {
    const { programmes } = this.#parts
    const own = programmes.overrides().filter((one) => one.condition === condition.id)
    const present = own.find((one) => spanOf(one).until > at)
    const sight = condition.disabled ? 'clear' : this.#sight(condition, at)
    const before = this.#since.get(condition.id)
    const since = before?.sight === sight ? before.at : at
    this.#since.set(condition.id, { sight, at: since })
    if (sight === 'clear') this.#clear.set(condition.id, at)
    const isSettled = at - since >= condition.delay
    if (present && sight === 'clear' && (isSettled || condition.disabled))
      programmes.endOverride(present.id, 'the sensor sees nothing any more', 'clock', WHOLE_CITY)
    if (present || sight !== 'met' || !isSettled || own.some((one) => this.#isTurnedDown(one, at))) return
    const { id, query, level, when, limit, name } = condition
    programmes.overrideByCondition({
      ...{ query, level, programme: null, from: at, until: at + LONGEST_BY_SENSOR },
      ...{
        reason: `${name}: ${condition.facility} ${condition.point} ${when} ${limit}`,
        by: 'clock',
        made: at,
        ended: null,
        endedBy: null,
      },
      ...{ plan: null, condition: id },
    })
  }

  /** What a person ended does not begin again before the sensor was clear in between, or the time is over for which it would have lasted. */
  #isTurnedDown({ condition, ended, endedBy, until }: ProgrammeOverride, at: number): boolean {
    if (ended === null || endedBy === 'clock' || until <= at) return false
    return (this.#clear.get(condition as string) ?? Number.NEGATIVE_INFINITY) < ended
  }

  #sight(condition: ProgrammeCondition, at: number): Sight {
    const facility = this.#parts.plant.get(condition.facility)
    const detection = facility && this.#parts.detector.state(facility.number)
    const index = facility?.kind.table.index.get(condition.point)
    if (!detection || index === undefined || detection.bad?.has(index)) return 'unknown'
    if (!(at - detection.trueTime(detection.times[index] as number) <= STALE)) return 'unknown'
    return sightOf(condition, detection.values[index] as number)
  }
}
