import type { SwitchingTable } from '../telemetry/codecs/programme-messages.ts'
import { seconds } from '../telemetry/duration.ts'
import { hash32 } from '../telemetry/hash32.ts'
import type { LevelChange, Night } from './control-programme.ts'
import { nightOf } from './control-programme.ts'

/** Weeks that a table is for; each Monday noon there is a new one. */
const WEEKS = 4
/** Devices switch within so much after the programme's time, each at its own moment, so that the load of a city does not jump. */
export const SPREAD = seconds(60)
/** Between two circuits of one device. */
export const STAGGER = seconds(4)

/** How much later than the programme says a device switches, ms: the same each time. */
export const lagOf = (id: string): number => hash32(id) % SPREAD

/** The nights that a table of a moment is for. */
export function tableSpan(at: number, utcOffset: (at: number) => number): Pick<Night, 'from' | 'until'> {
  const night = nightOf(at, utcOffset)
  const weekday = (new Date(`${night.date}T00:00:00Z`).getUTCDay() + 6) % 7
  let { from, until } = night
  for (let i = 0; i < weekday; i++) from = nightOf(from - 1, utcOffset).from
  for (let i = weekday + 1; i < WEEKS * 7; i++) until = nightOf(until, utcOffset).until
  return { from, until }
}

/** The table of a device for the changes of its light. */
export function switchingTable(
  id: string,
  changes: readonly LevelChange[],
  { from, until }: Pick<Night, 'from' | 'until'>,
): SwitchingTable {
  const lag = lagOf(id)
  const steps = changes
    .filter(({ level }, i) => i === 0 || level !== changes[i - 1]?.level)
    .map(({ at, level }, i) => [i === 0 ? from : Math.round((at + lag) / 1000) * 1000, Math.round(level * 100)] as const)
  const content = { from, until, stagger: STAGGER, steps }
  return { table: hash32(JSON.stringify(content)) || 1, ...content }
}
