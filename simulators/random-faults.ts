import { minutes } from '../src/telemetry/duration.ts'
import { byId } from './fault-arguments.ts'
import { canShow, type Faultable, type FaultRequest } from './faults.ts'
import { pick, seededRandom } from './random.ts'

export interface PlannedFault extends FaultRequest {
  facility: string
  /** ms since 1970 */
  start: number
}

export interface RandomFaultOptions {
  seed: string
  /** Mean number an hour of simulated time. */
  perHour: number
  facilities: readonly Faultable[]
  from: number
}

const MS_PER_HOUR = 3_600_000
const SHORTEST = minutes(3)
const LONGEST = minutes(20)

/** An endless schedule of faults in order of their start. Kinds come up equally often, or thousands of lamps would leave nothing else. */
export function* planRandomFaults({ seed, perHour, facilities, from }: RandomFaultOptions): Generator<PlannedFault> {
  const random = seededRandom(`${seed}:faults`)
  const byKind = Map.groupBy(
    facilities.filter(({ kind }) => Object.keys(kind.simulation.faults).length > 0),
    ({ kind }) => kind.key,
  )
  const kinds = [...byKind.keys()].sort()
  if (kinds.length === 0 || !(perHour > 0)) return
  let start = from
  for (;;) {
    start += Math.round((-Math.log(1 - random()) / perHour) * MS_PER_HOUR)
    const facility = pick(random, byKind.get(pick(random, kinds)) as Faultable[])
    const able = Object.keys(facility.kind.simulation.faults).filter((name) => canShow(facility, name))
    const length = Math.round(SHORTEST + (LONGEST - SHORTEST) * random())
    if (able.length === 0) continue
    yield { facility: facility.id, where: byId(facility.id), fault: pick(random, able), start, after: 0, for: length, size: 1 }
  }
}
