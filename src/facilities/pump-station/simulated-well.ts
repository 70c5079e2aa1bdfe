import { hours, minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { FaultSize } from './faults.ts'
import { innerLoss } from './pump-curve.ts'
import { ageParts, machineValues, type Pump, startOrStop } from './simulated-pump.ts'

/** The wet well of a drainage station. Flows are shares of the pump's rated flow. */
export interface Well {
  /** m */
  level: number
  /** What rain of the last half hour still brings. */
  rainFlow: number
  /** A second pump helps when the first does not keep up. */
  isHelped: boolean
  isPrimed: boolean
  /** Since when the pump has run, ms. */
  runningSince: number
  /** What the level sensor shows, m. */
  shownLevel: number
}

export const createWell = (random: () => number): Well => ({
  level: 1.2 + random(),
  rainFlow: 0,
  isHelped: false,
  isPrimed: true,
  runningSince: Number.NaN,
  shownLevel: 1.5,
})

const HOUR = 3_600_000
const START_LEVEL = 2.6
const STOP_LEVEL = 1.1
const HELP_LEVEL = 3
/** The well spills over at this level. */
const BRIM = 5.5
/** Below this the pump draws air, and finds water again at the other level. */
const AIR_LEVEL = 0.3
const WATER_LEVEL = 0.6
const MEAN_LEVEL = 1.85
/** MPa a metre of water */
const PRESSURE_PER_METRE = 0.00981
/** Part of the rated head that lifts; the rest is friction. */
const LIFT_SHARE = 0.6
/** Inflow that 1 mm/h of rain brings, and the most the sewer can. */
const FLOW_PER_RAIN = 0.04
const SEWER_CAPACITY = 1.7

function inflow(well: Well, world: SimulatedWorld, fault: FaultSize): number {
  well.rainFlow = approach(well.rainFlow, FLOW_PER_RAIN * world.rain, world.elapsed, minutes(20))
  if (fault('long-run') > 0) return fault('long-run')
  const usual = 0.28 + 0.32 * world.demand + noise(world.random, 0.03) + well.rainFlow
  return Math.min(SEWER_CAPACITY, usual) + 2.2 * fault('overflow')
}

/**
 * Flow against lift and friction: H0 - k Q² = H_lift + r Q² solved for Q, with the lift the greater the lower the well
 * (Bernoulli between the well and the outfall).
 */
function pumpedFlow(pump: Pump, well: Well, fault: FaultSize): number {
  const { rated } = pump
  const lift = LIFT_SHARE * rated.head + (MEAN_LEVEL - well.level) * PRESSURE_PER_METRE
  const friction = (1 - LIFT_SHARE) * rated.head * (1 + 0.53 * fault('valve-closing'))
  const drive = Math.max(0, rated['shut-off-head'] - lift)
  return pump.valve * Math.sqrt(drive / (innerLoss(rated) * (1 + pump.clogging) + friction))
}

/** The controller sees the shown level only. The second pump also comes when the first has run for an hour. */
function control(pump: Pump, well: Well, world: SimulatedWorld, fault: FaultSize): void {
  const shown = well.shownLevel
  const stopLevel = fault('short-cycling') > 0 ? START_LEVEL - 0.2 / fault('short-cycling') : STOP_LEVEL
  if (shown > START_LEVEL) pump.commanded = true
  else if (shown < stopLevel) pump.commanded = false
  startOrStop(pump, world, fault)
  pump.speed = pump.running ? 1 : 0
  if (!pump.running) well.runningSince = Number.NaN
  else if (Number.isNaN(well.runningSince)) well.runningSince = world.at
  if (fault('long-run') > 0 || shown < STOP_LEVEL) well.isHelped = false
  else if (shown > HELP_LEVEL || world.at - well.runningSince > hours(1)) well.isHelped = true
}

/** What a gauge at its height shows: of a running pump its rise over the water in the well, else the column that stands in the rising main. */
function dischargePressure({ rated, running, flow, clogging }: Pump, { level }: Well, world: SimulatedWorld): number | null {
  const height = rated['gauge-height']
  if (height === 0) return null
  const rise = rated['shut-off-head'] - innerLoss(rated) * (1 + clogging) * flow * flow
  const column = LIFT_SHARE * rated.head + (MEAN_LEVEL - height) * PRESSURE_PER_METRE
  return round((running ? rise + (level - height) * PRESSURE_PER_METRE : column) + noise(world.random, 0.001), 4)
}

export function stepDrainage(pump: Pump, well: Well, world: SimulatedWorld, fault: FaultSize) {
  ageParts(pump, world, fault)
  if (fault('stuck-level') === 0) well.shownLevel = round(well.level + noise(world.random, 0.01), 3)
  control(pump, well, world, fault)
  if (well.level < AIR_LEVEL) well.isPrimed = false
  else if (well.level > WATER_LEVEL) well.isPrimed = true
  const isDry = !well.isPrimed || fault('dry-running') > 0
  pump.flow = pump.running && !isDry ? pumpedFlow(pump, well, fault) : 0
  const outflow = pump.flow + (well.isHelped && well.level > AIR_LEVEL ? 1 : 0)
  const came = inflow(well, world, fault)
  // Mass balance of the well: A dh/dt = q_in - q_out.
  const { flow, 'well-area': area } = pump.rated
  well.level = clamp(well.level + ((came - outflow) * flow * (world.elapsed / HOUR)) / area, 0.05, BRIM)
  const gas = fault('gas-in-well')
  return {
    ...machineValues(pump, world, fault, isDry, 0),
    'wet-well-level': well.shownLevel,
    'discharge-pressure': dischargePressure(pump, well, world),
    rain: round(world.rain, 1),
    h2s: round(0.8 + 0.5 * world.random() + 20 * gas, 1),
    o2: round(clamp(20.8 + noise(world.random, 0.1) - 3 * gas, 0, 25), 1),
    // The loss of a screen goes with the square of what passes it (Kirschmer).
    'screen-head': round(0.04 + 0.02 * came * came + 0.02 * world.random() + 0.4 * fault('screen-blocked'), 2),
  }
}
