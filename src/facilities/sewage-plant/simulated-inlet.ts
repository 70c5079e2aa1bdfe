import { hours, minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { FaultSize } from './faults.ts'
import type { SewageRated } from './points.ts'

/** Sewers, screen, wet well and lift pumps. Flows are shares of the rated flow. */
export interface Inlet {
  /** Demand for water as it arrives here, hours later. */
  sewage: number
  rain: number
  ph: number
  level: number
  /** By how much the transmitter shows more than there is, m. */
  levelError: number
  isFirstNeeded: boolean
  isSecondNeeded: boolean
  lifted: number
  cod: number
  nh3n: number
}

export const createInlet = (random: () => number): Inlet => ({
  sewage: 0.4 + 0.2 * random(),
  rain: 0,
  ph: 7.3,
  level: 2.1,
  levelError: 0,
  isFirstNeeded: true,
  isSecondNeeded: false,
  lifted: 0.55,
  cod: 300,
  nh3n: 32,
})

/** m² */
const WELL = 400
/** What one lift pump lifts at most. */
const PUMP = 0.675
/** Pumping begins at this level and grows by the rated flow per metre above it. */
const IDLE_LEVEL = 1.5

function runSewers(inlet: Inlet, world: SimulatedWorld, fault: FaultSize): void {
  inlet.sewage = approach(inlet.sewage, world.demand, world.elapsed, minutes(90))
  // What the sewers cannot carry leaves at the storm overflows before the plant.
  const rain = Math.min(0.3, 0.012 * world.rain) + 1.1 * fault('cloudburst')
  inlet.rain = approach(inlet.rain, rain, world.elapsed, minutes(40))
  const thinned = 1 / (1 + 1.2 * Math.min(inlet.rain, 0.6))
  const strength = 260 + 120 * inlet.sewage + 600 * fault('organic-overload') + 120 * fault('undegradable-discharge')
  inlet.cod = approach(inlet.cod, strength * thinned, world.elapsed, minutes(20))
  inlet.nh3n = approach(inlet.nh3n, (28 + 12 * inlet.sewage) * thinned, world.elapsed, minutes(20))
  inlet.ph = approach(inlet.ph, 7.3 - 3 * fault('acid-discharge'), world.elapsed, minutes(15))
}

/** Share of what a lift pump should lift that it lifts. */
export function lifting(fault: FaultSize): readonly [first: number, second: number] {
  const isOpen = fault('rising-main-closed') === 0
  const first = isOpen && fault('lift-pump-trip') === 0 && fault('lift-pump-dry') === 0 ? 1 : 0
  return [first, isOpen ? 1 : 0]
}

export function runInlet(inlet: Inlet, rated: Readonly<Record<SewageRated, number>>, world: SimulatedWorld, fault: FaultSize): void {
  runSewers(inlet, world, fault)
  const inflow = 0.35 + 0.45 * inlet.sewage + inlet.rain
  const isDraining = fault('well-drained') > 0
  const wanted = isDraining ? Math.min(inflow + 0.15, 2 * PUMP) : Math.max(0, inlet.level - IDLE_LEVEL)
  inlet.isFirstNeeded = wanted > 0
  if (wanted > 0.6) inlet.isSecondNeeded = true
  else if (wanted < 0.5) inlet.isSecondNeeded = false
  const [first, second] = lifting(fault)
  inlet.lifted = Math.min(wanted, PUMP * first + (inlet.isSecondNeeded ? PUMP * second : 0))
  const rise = ((inflow - inlet.lifted) * rated.flow * (world.elapsed / hours(1))) / WELL
  inlet.levelError = approach(inlet.levelError, 0.3 * fault('level-drifting'), world.elapsed, hours(2))
  inlet.level = clamp(inlet.level + rise, 0.3, 5)
}

export function inletValues(inlet: Inlet, rated: Readonly<Record<SewageRated, number>>, world: SimulatedWorld, fault: FaultSize) {
  const { random } = world
  return {
    'influent-flow': Math.max(0, Math.round(rated.flow * inlet.lifted * (1 + noise(random, 0.02)))),
    'influent-cod': Math.round(inlet.cod * (1 + noise(random, 0.03))),
    'influent-nh3-n': round(inlet.nh3n * (1 + noise(random, 0.03)), 1),
    'influent-ph': round(inlet.ph + noise(random, 0.08), 2),
    'wet-well-level': round(inlet.level + inlet.levelError + noise(random, 0.02), 3),
    'screen-head': round(0.06 + 0.05 * inlet.lifted + 0.03 * random() + 0.5 * fault('screen-blocked'), 3),
  }
}
