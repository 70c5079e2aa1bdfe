import { hours, minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { noise } from '../physics.ts'

/** Local hours at which a disinfection round is planned to begin. */
const PLANNED = [6, 10, 14, 18, 22] as const

/** How long a crew sprays. */
const DURATION = minutes(15)

type RoundFault = 'round-late' | 'round-missed' | 'round-too-light'

/** The round book of a plant. Times are ms since 1970. */
export interface Rounds {
  /** Rounds done since midnight. */
  done: number
  /** End of the last round. */
  last: number
  /** Planned beginning of the oldest round not done. */
  due: number
  /** When the crew will have done that round; NaN while none has been sent. */
  ends: number
  litres: number
}

export const createRounds = (litres: number): Rounds => ({ done: 0, last: Number.NaN, due: Number.NaN, ends: Number.NaN, litres })

/** First planned beginning after `at`, in the time zone of the simulated city (UTC+8). */
function nextPlanned(at: number): number {
  const midnight = Math.floor((at + hours(8)) / hours(24)) * hours(24) - hours(8)
  const hour = PLANNED.find((planned) => midnight + hours(planned) > at)
  return hour === undefined ? midnight + hours(24 + PLANNED[0]) : midnight + hours(hour)
}

/** Crews begin within minutes of the plan; a round done makes up for those missed before it. */
export function runRounds(rounds: Rounds, usualLitres: number, world: SimulatedWorld, fault: (name: RoundFault) => number) {
  const { at } = world
  if (Number.isNaN(rounds.due)) {
    rounds.due = nextPlanned(at)
    rounds.last = rounds.due - hours(4) + DURATION
    rounds.done = PLANNED.filter((hour) => hour < ((at + hours(8)) % hours(24)) / hours(1)).length
  }
  if (at >= rounds.due && Number.isNaN(rounds.ends) && fault('round-missed') === 0)
    rounds.ends = at + DURATION + minutes(5) * world.random() + minutes(50) * fault('round-late')
  if (at >= rounds.ends) {
    rounds.done++
    rounds.last = at
    rounds.due = nextPlanned(at)
    rounds.ends = Number.NaN
    rounds.litres = usualLitres * (1 + noise(world.random, 0.1)) * (1 - 0.6 * fault('round-too-light'))
  }
  return {
    'rounds-done': rounds.done,
    'minutes-since-round': Math.max(0, Math.round((at - rounds.last) / minutes(1))),
    'minutes-to-round': Math.round((rounds.due - at) / minutes(1)),
    'round-litres': Math.round(rounds.litres),
  }
}
