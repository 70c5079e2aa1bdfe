import type { ProgrammeStep } from '../detection/expected.ts'
import { days } from '../telemetry/duration.ts'
import { type Position, sunTimes } from './astronomical-clock.ts'

/** Elevation of the sun at which a road needs its lighting, degrees: about half way through civil twilight. */
export const LIGHTING_ELEVATION = -4

const DAY = days(1)

/** Full light from dusk to dawn at a place; `at` in ms since 1970. The programme a facility has while nobody gave it another. */
export function duskToDawn(position: Position, at: number): ProgrammeStep {
  const changes = [at - DAY, at, at + DAY].flatMap((day) => {
    const { rise, set, noon, state } = sunTimes(day, position, LIGHTING_ELEVATION)
    // Beyond the polar circles a day may pass without dusk; then it is one step from midnight to midnight.
    if (rise === null || set === null) return [{ at: noon - DAY / 2, level: state === 'always-below' ? 1 : 0 }]
    return [
      { at: rise, level: 0 },
      { at: set, level: 1 },
    ]
  })
  changes.sort((a, b) => a.at - b.at)
  const next = changes.findIndex((change) => change.at > at)
  const present = changes[(next < 0 ? changes.length : next) - 1]
  return { level: present?.level ?? 0, from: present?.at ?? at - DAY, until: changes[next]?.at ?? at + DAY }
}

interface Placed {
  readonly position?: Position | null
}

/** The lighting programme of each facility that has a place; undefined for one without. Remembers the present step of each. */
export function lightingProgrammes(): (facility: Placed, at: number) => ProgrammeStep | undefined {
  const present = new WeakMap<Position, ProgrammeStep>()
  return ({ position }, at) => {
    if (!position) return undefined
    const known = present.get(position)
    if (known && at >= known.from && at < known.until) return known
    const step = duskToDawn(position, at)
    present.set(position, step)
    return step
  }
}
