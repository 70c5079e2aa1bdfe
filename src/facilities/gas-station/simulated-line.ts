import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import type { FaultSize } from './faults.ts'
import { type Rated, valves } from './points.ts'

/** The line through the station, from its inlet to the district. */
export interface Line {
  rated: Rated
  /** MPa */
  inlet: number
  /** MPa */
  outlet: number
  /** Share of the rated flow. */
  flow: number
  hasTripped: boolean
  /** How much colder the gas is than the ground, K. */
  chill: number
  /** mg/m³ */
  odorant: number
  /** By what share of its band the regulator holds more than it was set to. */
  drift: number
  shownOutlet: number
  shownFlow: number
}

const setpoint = (rated: Rated) => rated['outlet-low'] + 0.58 * (rated['outlet-high'] - rated['outlet-low'])

export const createLine = (rated: Rated): Line => ({
  rated,
  inlet: (rated['inlet-low'] + rated['inlet-high']) / 2,
  outlet: setpoint(rated),
  flow: 0.3,
  hasTripped: false,
  chill: 0,
  odorant: 20,
  drift: 0,
  shownOutlet: setpoint(rated),
  shownFlow: 0,
})

/** Outdoor temperature up to which houses are heated, and what makes the greatest demand, degC. */
const HEATING_LIMIT = 18
const COLDEST = -12
/** A regulator gives way under flow by this share of its band. */
const DROOP = 0.2
/** MPa a regulator needs at least between inlet and outlet. */
const LEAST_DIFFERENCE = 0.03
/** A shut-off valve is set a little below the pressure that must not be passed. */
const SHUT_OFF_SETTING = 0.95
/** What users draw from a closed district until nothing is left. */
const EMPTY_DISTRICT = 0.05

/** Share of the greatest demand: cooking and hot water over the day, heating with the cold (degree-day method). */
export function gasDemand(demand: number, temperature: number): number {
  const heating = clamp((HEATING_LIMIT - temperature) / (HEATING_LIMIT - COLDEST), 0, 1)
  return clamp(0.12 + 0.36 * demand + 0.5 * heating, 0.1, 0.97)
}

/** Pressure a sound or failed regulator lets through, MPa: its setpoint less its droop, never more than its inlet leaves. */
function regulated(line: Line, fault: FaultSize): number {
  const { rated } = line
  const band = rated['outlet-high'] - rated['outlet-low']
  let pressure = setpoint(rated) + (line.drift - DROOP * line.flow) * band
  if (fault('regulator-creeping') > 0)
    pressure = rated['outlet-high'] + 0.3 * fault('regulator-creeping') * (rated['shut-off'] - rated['outlet-high'])
  if (fault('regulator-iced') > 0) pressure = rated['outlet-low'] - 0.03 * fault('regulator-iced')
  if (fault('regulator-open') > 0 || fault('shut-off-failed') > 0) pressure = 1.25 * rated['shut-off']
  return Math.min(pressure, line.inlet - LEAST_DIFFERENCE)
}

function stepOutlet(line: Line, isShut: boolean, world: SimulatedWorld, fault: FaultSize): void {
  // A shut-off valve that has acted stays shut until a crew resets it.
  if (fault('shut-off') > 0) line.hasTripped = true
  else if (fault('regulator-open') === 0) line.hasTripped = false
  else if (line.outlet > SHUT_OFF_SETTING * line.rated['shut-off']) line.hasTripped = true
  if (isShut || line.hasTripped) {
    line.outlet = approach(line.outlet, EMPTY_DISTRICT, world.elapsed, minutes(4))
    return
  }
  line.drift = approach(line.drift, 0.2 * fault('regulator-drifting'), world.elapsed, hours(1))
  const held = regulated(line, fault)
  const broken = 0.14 * (line.rated['outlet-low'] / 0.18) * fault('pipe-broken')
  const slow = fault('regulator-iced') > 0 ? minutes(4) : seconds(45)
  line.outlet = approach(line.outlet, Math.max(0.02, held - broken), world.elapsed, slow)
}

function stepFlow(line: Line, isShut: boolean, world: SimulatedWorld, fault: FaultSize): void {
  const { rated } = line
  if (isShut) line.flow = 0.04 * fault('leaking-valves')
  else if (line.hasTripped) line.flow = 0
  else line.flow = gasDemand(world.demand, world.temperature) + 0.6 * fault('pipe-broken')
  if (fault('stuck-flow') === 0) line.shownFlow = Math.round(clamp(rated.flow * line.flow * (1 + noise(world.random, 0.02)), 0, 8000))
}

function treatment(line: Line, world: SimulatedWorld, fault: FaultSize) {
  line.chill = approach(line.chill, 45 * Math.min(1.5, fault('cold')), world.elapsed, minutes(5))
  const odorant = 20 - 10 * fault('odorant-low') - 15 * fault('odorant-missing')
  line.odorant = approach(line.odorant, Math.max(1, odorant), world.elapsed, minutes(3))
  // Buried pipes follow the weather by half; what the pressure drop cools the heater makes good.
  const temperature = clamp(8 + 0.5 * world.temperature, -2, 32) - line.chill
  // The loss of a filter goes with the square of what passes it, and dust adds to it.
  const filter = 0.008 + 0.01 * line.flow * line.flow + 0.028 * fault('filter-dirty') + 0.06 * fault('filter-blocked')
  return {
    'filter-differential': round(filter + noise(world.random, 0.0005), 5),
    temperature: fault('impossible-temperature') > 0 ? 746 : round(temperature + noise(world.random, 0.3), 1),
    'air-temperature': round(world.temperature, 1),
    odorant: round(line.odorant + noise(world.random, 1), 1),
  }
}

export function stepLine(line: Line, world: SimulatedWorld, fault: FaultSize) {
  const { rated } = line
  const isDown = fault('leaking-valves') > 0 || fault('emergency-shutdown') > 0
  const isToldShut = perItem('', valves, '', (v) => world.ordered?.(`${v}-valve`) === 0)
  const isShut = isDown || isToldShut.inlet || isToldShut.outlet
  const span = rated['inlet-high'] - rated['inlet-low']
  line.inlet = Math.max(0, (rated['inlet-low'] + rated['inlet-high']) / 2 - span * (0.2 * line.flow + 1.1 * fault('inlet-low')))
  stepOutlet(line, isShut, world, fault)
  stepFlow(line, isShut, world, fault)
  if (fault('stuck-pressure') === 0) line.shownOutlet = round(line.outlet + noise(world.random, 0.001), 5)
  const hasRegulator = rated.regulator === 1
  return {
    'inlet-pressure': round(line.inlet + noise(world.random, 0.04 * span), 4),
    'outlet-pressure': hasRegulator ? line.shownOutlet : null,
    'shut-off-tripped': hasRegulator ? line.hasTripped : null,
    flow: line.shownFlow,
    ...treatment(line, world, fault),
    'inlet-valve-command': !isDown && !isToldShut.inlet && fault('inlet-valve-stuck') === 0,
    'inlet-valve': !isDown && !isToldShut.inlet,
    'outlet-valve-command': !isDown && !isToldShut.outlet && fault('outlet-valve-stuck') === 0,
    'outlet-valve': !isDown && !isToldShut.outlet,
    esd: fault('emergency-shutdown') > 0,
  }
}
