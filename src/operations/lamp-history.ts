import type { RoadClass } from '../facilities/plant.ts'
import { hours, minutes } from '../telemetry/duration.ts'
import { emptyTally, type LampOnRate, type LampTally, lampOnRate, targetOf } from './lamp-on-rate.ts'

/** Once in so long, ms, all lamps are written down as they are; what was seen then stands for the whole of it. */
export const SLOT = minutes(5)

/** Begin of the slot in which a time lies, ms. */
export const slotOf = (at: number): number => Math.floor(at / SLOT) * SLOT

/** Slots of which nothing was written down. */
export interface LampGap {
  /** Begin of each, ms, in their order. */
  slots: number[]
  /** Begin of the slot after them that was, ms. */
  until: number
}

/** The gaps between slots that were written down, `times` in their order, ms. */
export function lampGaps(times: readonly number[]): LampGap[] {
  return times.slice(1).flatMap((until, i) => {
    const slots: number[] = []
    for (let at = (times[i] as number) + SLOT; at < until; at += SLOT) slots.push(at)
    return slots.length > 0 ? [{ slots, until }] : []
  })
}

/** Of 1,000 lighting facilities so many must be whole: 95 % along roads, 90 % of landscape lighting. */
export const integrityTarget = (roadClass: RoadClass | null): number => (roadClass === 'landscape' ? 900 : 950)

/** Where lighting facilities lie that are counted together. */
export interface LampPlace {
  district: string
  road: string
  /** Null where nobody said. */
  roadClass: RoadClass | null
  keyArea: boolean
  /** Id of the cabinet; '' where none is known. */
  feeder: string
}

export const placeKey = ({ district, road, roadClass, keyArea, feeder }: LampPlace): string =>
  `${feeder}\n${district}\n${road}\n${roadClass ?? ''}\n${keyArea}`

/**
 * What is counted of lighting facilities. At a moment: lamps, W and facilities. Added up over slots: the same times slots, so that a lamp that
 * was dark for an hour counts 12.
 */
export const lightFigures = [
  /** Lamps that should be lit, by what is known of them: see `LampFinding`. */
  ...(['lit', 'dark', 'unknown', 'estimated', 'estimatedLit'] as const),
  /** W that lit lamps say they draw, and what the same lamps draw at full power. */
  ...(['drawn', 'full'] as const),
  /** W of lit lamps that say nothing themselves: their rated power at the level of their programme, and at full power. */
  ...(['guessed', 'guessedFull'] as const),
  /** W at full power of all lamps that should be lit, and of all that are in service between dusk and dawn. */
  ...(['due', 'night'] as const),
  /** W that lamps draw which should be dark. */
  'wasted',
  /** Lamps and cabinets, and those of them that are whole: in service and without a fault of their own. */
  ...(['facilities', 'intact'] as const),
] as const
export type LightFigure = (typeof lightFigures)[number]
export type LightFigures = Record<LightFigure, number>

const nothing = Object.fromEntries(lightFigures.map((key) => [key, 0])) as LightFigures
export const noLight = (): LightFigures => ({ ...nothing })

export function addLight(sum: LightFigures, more: Readonly<LightFigures>): void {
  for (const key of lightFigures) sum[key] += more[key]
}

/** Figures of one place, at a moment or over a time. */
export interface PlacedLight {
  place: LampPlace
  light: LightFigures
}

/** kWh of W that were counted over slots. */
export const energyOf = (watts: number): number => (watts * SLOT) / hours(1) / 1000

export function sumOfLight(places: Iterable<PlacedLight>): LightFigures {
  const sum = noLight()
  for (const { light } of places) addLight(sum, light)
  return sum
}

/** What the lamp-on rate is told by, of places together. */
export function tallyOf(places: Iterable<PlacedLight>): LampTally {
  const tally = emptyTally()
  for (const { place, light } of places) {
    const target = targetOf(place.roadClass)
    tally.lit += light.lit
    tally.dark += light.dark
    tally.unknown += light.unknown
    tally.estimated += light.estimated
    tally.estimatedLit += light.estimatedLit
    tally.required += target * (light.lit + light.dark + light.estimated)
    tally.requiredUnknown += target * light.unknown
  }
  return tally
}

export interface Integrity {
  facilities: number
  intact: number
  /** Of the facilities, from 0 to 1; null of none. */
  share: number | null
  /** That of the classes of their roads, by the number of facilities, from 0 to 1. */
  target: number | null
  isMet: boolean
}

/** Of facilities as of facilities times slots. */
export function integrityOf(places: Iterable<PlacedLight>): Integrity {
  let [facilities, intact, required] = [0, 0, 0]
  for (const { place, light } of places) {
    facilities += light.facilities
    intact += light.intact
    required += light.facilities * integrityTarget(place.roadClass)
  }
  if (facilities === 0) return { facilities, intact, share: null, target: null, isMet: true }
  return { facilities, intact, share: intact / facilities, target: required / facilities / 1000, isMet: 1000 * intact >= required }
}

/** What the energy of a time amounts to, kWh. */
export interface LightEnergy {
  /** Of lamps that say what they draw, from the power they reported, and the same lamps at full power. */
  measured: number
  measuredFull: number
  /** Of lit lamps that say nothing themselves, from their rated power, and the same at full power. */
  estimated: number
  estimatedFull: number
  /** What all lamps in service would take at full power from dusk to dawn. */
  wholeNight: number
  /** Saved by light that was dimmed, and by lamps that the programme left off at night. */
  savedByDimming: number
  savedByProgramme: number
  /** Not taken by lamps that should have been lit and were dark or said nothing; no saving. */
  notLit: number
  /** Taken by lamps that should have been dark. */
  wasted: number
  /** Both savings in what all lamps would take from dusk to dawn, from 0 to 1; null where none was due. */
  savedShare: number | null
}

/** Of figures that were added up over slots. */
export function lightEnergy({ drawn, full, guessed, guessedFull, due, night, wasted }: Readonly<LightFigures>): LightEnergy {
  const savedByDimming = energyOf(full + guessedFull - drawn - guessed)
  const savedByProgramme = energyOf(Math.max(0, night - due))
  const wholeNight = energyOf(night)
  return {
    ...{ measured: energyOf(drawn), measuredFull: energyOf(full), estimated: energyOf(guessed), estimatedFull: energyOf(guessedFull) },
    ...{ wholeNight, savedByDimming, savedByProgramme },
    notLit: energyOf(Math.max(0, due - full - guessedFull)),
    wasted: energyOf(wasted),
    savedShare: night === 0 ? null : (savedByDimming + savedByProgramme) / wholeNight,
  }
}

/** Rate of places together over a time: by lamp-minutes of a day, by lamps of a moment. */
export const rateOf = (places: Iterable<PlacedLight>): LampOnRate => lampOnRate(tallyOf(places))

/** Days of some lamps together. */
export interface LampPeriod {
  /** Lamps, W and facilities times slots. */
  light: LightFigures
  rate: LampOnRate
  integrity: Integrity
}

export interface LampDays extends LampPeriod {
  /** Name of the road or district, class of the road ('' where nobody said), yes or no for a key area. */
  key: string
  roadClass: RoadClass | null
  /** Days on which something was counted, in their order. */
  days: readonly (LampPeriod & { date: string })[]
}
