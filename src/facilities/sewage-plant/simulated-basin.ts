import { hours, minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { FaultSize } from './faults.ts'
import type { Inlet } from './simulated-inlet.ts'

/** The aerated basin and its control of oxygen. Air is a share of what the full load needs. */
export interface Basin {
  oxygen: number
  /** What the probe shows. */
  seen: number
  /** What the load differs from its usual value at this flow. */
  gust: number
  /** What the blowers are asked for. */
  air: number
  isSecondNeeded: boolean
  mlss: number
  orp: number
  /** NaN until the season is known. */
  temperature: number
}

export const createBasin = (random: () => number): Basin => ({
  oxygen: 2,
  seen: 2,
  gust: 0,
  air: 0.5,
  isSecondNeeded: false,
  mlss: 3300 + 400 * random(),
  orp: -110,
  temperature: Number.NaN,
})

/** mg/L */
const SETPOINT = 2
const SATURATION = 9
/** What one blower gives. */
export const BLOWER = 0.6
/** Oxygen the full load uses, mg/L an hour. */
const UPTAKE = 12

/** Air that reaches the water. */
function supplied(basin: Basin, fault: FaultSize): number {
  if (fault('aeration-stopped') > 0) return 0
  const first = fault('blower-trip') > 0 ? 0 : BLOWER
  const given = Math.min(basin.air, first + (basin.isSecondNeeded ? BLOWER : 0))
  return given * (1 - 0.2 * fault('diffusers-clogged')) * (1 - 0.9 * fault('air-main-broken'))
}

function runOxygen(basin: Basin, load: number, world: SimulatedWorld, fault: FaultSize): void {
  const step = world.elapsed / hours(1)
  const gain = (supplied(basin, fault) * (SATURATION - basin.oxygen)) / (SATURATION - SETPOINT)
  const use = ((load * (1 + basin.gust) * basin.oxygen) / (basin.oxygen + 0.1)) * 1.05
  basin.oxygen = clamp(basin.oxygen + (gain - use) * UPTAKE * step, 0, SATURATION)
  if (fault('do-frozen') === 0) basin.seen = round(Math.max(0, basin.oxygen + noise(world.random, 0.04)), 4)
  // Feed-forward by the load, corrected by the probe; without a probe by the load alone.
  const correction = fault('do-dead') > 0 ? 0 : 0.4 * (SETPOINT - basin.seen)
  basin.air = fault('over-aeration') > 0 ? 2 * BLOWER : clamp(load + correction, 0.15, 2 * BLOWER)
  // A second blower also stands in for a first that tripped.
  if (basin.air > 0.55 || fault('blower-trip') > 0) basin.isSecondNeeded = true
  else if (basin.air < 0.45) basin.isSecondNeeded = false
}

export function runBasin(basin: Basin, inlet: Inlet, world: SimulatedWorld, fault: FaultSize): void {
  // Water keeps half of the warmth of houses and follows the season over days.
  const season = 17 + 0.35 * (world.temperature - 15)
  basin.temperature = Number.isNaN(basin.temperature) ? season : approach(basin.temperature, season, world.elapsed, hours(48))
  basin.gust = approach(basin.gust, noise(world.random, 0.35), world.elapsed, minutes(20))
  runOxygen(basin, 0.3 + 0.45 * inlet.sewage, world, fault)
  const washedOut = fault('sludge-washout') > 0
  basin.mlss = approach(basin.mlss, washedOut ? 1200 : 3500, world.elapsed, washedOut ? hours(3) : hours(12))
  const disturbed = fault('carbon-dosing-failure') > 0 || fault('over-aeration') > 0
  basin.orp = approach(basin.orp, disturbed ? 95 : -110, world.elapsed, minutes(45))
}

export function basinValues(basin: Basin, world: SimulatedWorld, fault: FaultSize) {
  const temperature = round(basin.temperature + noise(world.random, 0.1), 2)
  return {
    do: fault('do-dead') > 0 ? null : basin.seen,
    mlss: Math.round(basin.mlss * (1 + noise(world.random, 0.02))),
    orp: Math.round(basin.orp + noise(world.random, 8)),
    'water-temperature': fault('impossible-temperature') > 0 ? 746 : temperature,
  }
}

/** Share of its full rate at which ammonia is turned into nitrate: falls with oxygen (half at 0.4 mg/L), cold and too little sludge. */
export function nitrification({ oxygen, temperature, mlss }: Basin): number {
  const air = Math.min(1, oxygen / (oxygen + 0.4) / (SETPOINT / (SETPOINT + 0.4)))
  const warmth = 1 - 0.003 * Math.max(0, 20 - temperature)
  const sludge = Math.min(1, 0.7 + (0.3 * mlss) / 2500)
  return air * warmth * sludge
}
