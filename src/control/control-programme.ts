import { days, hours, minutes } from '../telemetry/duration.ts'
import { type Position, sunTimes } from './astronomical-clock.ts'
import { LIGHTING_ELEVATION } from './lighting-programme.ts'

/** What a step is counted from: dusk or dawn of the night, or the clock of the city. */
export const stepAnchors = ['dusk', 'dawn', 'clock'] as const
export type StepAnchor = (typeof stepAnchors)[number]

export interface ControlStep {
  anchor: StepAnchor
  /** After dusk or dawn, negative before it; by the clock after midnight, 0 to 1439. */
  minutes: number
  /** Light from then on, % of full. */
  level: number
}

/** The light of one night. It begins dark; nothing comes before the first step; of the steps whose time has come the last in the list counts. */
export interface ControlProgramme {
  id: string
  name: string
  nameEn: string
  steps: ControlStep[]
}

/** From one noon of the city to the next, named by the date it begins on; times in ms since 1970, `until` exclusive. */
export interface Night {
  date: string
  from: number
  until: number
}

/** Light from a moment on, 0 (off) to 1. */
export interface LevelChange {
  at: number
  level: number
}

type UtcOffset = (at: number) => number

const DAY = days(1)
const HALF_DAY = hours(12)
const NOON = 720

/** UTC of what the clocks of the city show as `wall`, given as if it were UTC. */
const ofWall = (wall: number, utcOffset: UtcOffset): number => wall - utcOffset(wall - utcOffset(wall))

/** The night that holds a moment, ms since 1970. */
export function nightOf(at: number, utcOffset: UtcOffset): Night {
  const noon = Math.floor((at + utcOffset(at) - HALF_DAY) / DAY) * DAY + HALF_DAY
  return {
    date: new Date(noon).toISOString().slice(0, 10),
    from: ofWall(noon, utcOffset),
    until: ofWall(noon + DAY, utcOffset),
  }
}

/** When it grows dark and light; beyond the polar circles at the ends of a night that is all dark, and the wrong way round of one that is not. */
export function duskAndDawn({ from, until }: Pick<Night, 'from' | 'until'>, position: Position): { dusk: number; dawn: number } {
  const evening = sunTimes(from, position, LIGHTING_ELEVATION)
  const morning = sunTimes(until, position, LIGHTING_ELEVATION)
  return {
    dusk: evening.set ?? (evening.state === 'always-below' ? from : until),
    dawn: morning.rise ?? (morning.state === 'always-below' ? until : from),
  }
}

/** What a control programme makes of one night at a place, in order of time, from the beginning of the night. */
export function nightChanges(
  { steps }: Pick<ControlProgramme, 'steps'>,
  night: Night,
  position: Position,
  utcOffset: UtcOffset,
): LevelChange[] {
  const sun = duskAndDawn(night, position)
  const noon = Date.parse(`${night.date}T12:00:00Z`)
  const times = steps.map(({ anchor, minutes: count }) =>
    anchor === 'clock' ? ofWall(noon + minutes((count - NOON + 1440) % 1440), utcOffset) : sun[anchor] + minutes(count),
  )
  const first = times[0] ?? night.until
  const begins = times.map((at) => Math.max(at, first, night.from))
  const changes: LevelChange[] = [{ at: night.from, level: 0 }]
  for (const at of [...new Set(begins)].sort((a, b) => a - b)) {
    if (at >= night.until) break
    const level = (steps[begins.findLastIndex((begin) => begin <= at)]?.level ?? 0) / 100
    if (at === night.from) changes.pop()
    if (changes.at(-1)?.level !== level) changes.push({ at, level })
  }
  return changes
}
