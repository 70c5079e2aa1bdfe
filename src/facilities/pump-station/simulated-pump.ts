import { minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import { perItem, phases } from '../writing.ts'
import type { FaultSize } from './faults.ts'
import type { Rated } from './points.ts'
import { headAt } from './pump-curve.ts'

/** What one pump remembers between two steps. */
export interface Pump {
  rated: Rated
  commanded: boolean
  running: boolean
  /** Share of full speed. */
  speed: number
  /** Share of the rated flow. */
  flow: number
  /** Share of its cross-section the delivery valve leaves open. */
  valve: number
  /** How many times its inner loss the clogged impeller adds. */
  clogging: number
  /** °C */
  winding: number
  /** °C */
  bearing: number
  /** Times of the starts of the last hour, ms. */
  starts: number[]
  runHours: number
  /** What the flow meter shows, m³/h. */
  shownFlow: number
}

export const createPump = (rated: Rated, isRunning: boolean, random: () => number): Pump => ({
  rated,
  commanded: isRunning,
  running: isRunning,
  speed: isRunning ? 0.75 : 0,
  flow: 0,
  valve: 1,
  clogging: 0,
  winding: 30,
  bearing: 25,
  starts: [],
  runHours: Math.floor(20_000 * random()),
  shownFlow: 0,
})

const HOUR = 3_600_000
/** Motors are chosen with a reserve; at its rated flow a pump takes this share of the motor's power. */
const LOAD_AT_RATED_FLOW = 0.85
/** Share of the rated current that magnetises the motor, and the share that makes its torque. */
const MAGNETISING = 0.28
const TORQUE = 0.96
const RATED_POWER_FACTOR = 0.86
/** kV */
const LINE_VOLTAGE = 0.38
/** What the turning disc takes, with the cube of the speed, and all that a pump without water takes. */
const IDLE_LOAD = 0.08
/** Flow, as a share of the best, at which the efficiency has fallen to nothing. */
const RUN_OUT = 1.73

/** Valves move and screens clog; nothing in the pump changes at once. */
export function ageParts(pump: Pump, world: SimulatedWorld, fault: FaultSize): void {
  pump.valve = approach(pump.valve, fault('no-flow') > 0 ? 0 : 1, world.elapsed, minutes(0.6))
  pump.clogging = approach(pump.clogging, 3 * fault('blockage'), world.elapsed, minutes(8))
}

/** What its controller wants, unless somebody told it otherwise. */
export function startOrStop(pump: Pump, world: SimulatedWorld, fault: FaultSize): void {
  const ordered = world.ordered?.('run')
  if (ordered !== undefined) pump.commanded = ordered === 1
  const running = pump.commanded && fault('start-failure') === 0
  if (running && !pump.running) pump.starts.push(world.at)
  pump.running = running
  while (pump.starts.length > 0 && world.at - (pump.starts[0] as number) > HOUR) pump.starts.shift()
  if (running) pump.runHours += world.elapsed / HOUR
}

/** Efficiency as a share of the best, a parabola over the flow through nothing, the best point and run-out (affinity: flow by speed). */
export const efficiencyShare = (flow: number) => (flow <= 1 ? flow * (2 - flow) : 1 - ((flow - 1) / (RUN_OUT - 1)) ** 2)

/**
 * Shaft power as a share of the motor's rated power: P = Δp Q / η, scaled by its value at rated flow and speed.
 * Both Q and η vanish without flow; the quotient does not, so the least flow stands in for none.
 */
export function shaftPower(flow: number, speed: number, rated: Rated): number {
  if (speed <= 0) return 0
  const relative = clamp(flow / speed, 0.01, 0.95 * RUN_OUT)
  const hydraulic = (headAt(relative, 1, rated) * relative) / (rated.head * efficiencyShare(relative))
  return LOAD_AT_RATED_FLOW * hydraulic * speed ** 3
}

/** Current as a share of the rated: the torque's part and the magnetising part at right angles; the drive lets the flux follow the speed. */
export function motorCurrent(power: number, speed: number): number {
  if (speed <= 0) return 0
  return Math.hypot(MAGNETISING * speed, (TORQUE * power) / speed ** 2)
}

function temperatures(pump: Pump, current: number, world: SimulatedWorld, fault: FaultSize) {
  const room = clamp(8 + 0.5 * world.temperature, 5, 35)
  // Losses in the copper go with the square of the current.
  const windingRise = pump.running ? 20 + 60 * current * current + 140 * fault('overheating') : 0
  pump.winding = approach(pump.winding, Math.min(245, room + windingRise), world.elapsed, minutes(8))
  const bearingRise = pump.running ? 25 + 80 * Math.max(fault('bearing-wear'), fault('bearing-dry')) : 0
  pump.bearing = approach(pump.bearing, Math.min(190, room + bearingRise), world.elapsed, minutes(8))
  return {
    'winding-temperature': fault('impossible-temperature') > 0 ? 746 : round(pump.winding + noise(world.random, 0.4), 1),
    'bearing-temperature': round(pump.bearing + noise(world.random, 0.3), 1),
  }
}

/** What the pump and its motor show. `isDry`: it turns without water; `shaking`: what the water adds to its vibration, mm/s. */
export function machineValues(pump: Pump, world: SimulatedWorld, fault: FaultSize, isDry: boolean, shaking: number) {
  const drag = 0.6 * fault('overload') * pump.speed ** 2
  // A worn impeller slips: it takes more for the same flow.
  const shaft = isDry ? 0 : shaftPower(pump.flow, pump.speed, pump.rated) * (1 + 0.15 * fault('worn-impeller'))
  const power = pump.running ? IDLE_LOAD * pump.speed ** 3 + (1 - IDLE_LOAD) * shaft + drag : 0
  const share = motorCurrent(power, pump.speed)
  const amps = perItem('current-', phases, '', (p) => {
    // What a bad contact takes from one phase the other two must carry.
    const uneven = 1 + (p === 'b' ? -0.3 : 0.1) * Math.min(2, fault('phase-unbalance'))
    return round(pump.rated.current * share * uneven * (1 + noise(world.random, 0.01)), 2)
  })
  const vibration = 1.4 + noise(world.random, 0.3) + shaking + 6.5 * fault('bearing-wear') + 4.2 * fault('imbalance')
  if (fault('stuck-flow') === 0) pump.shownFlow = round(pump.flow * pump.rated.flow * (1 + noise(world.random, 0.01)), 1)
  return {
    flow: pump.shownFlow,
    ...amps,
    power: round(power * (1 + noise(world.random, 0.01)) * Math.sqrt(3) * LINE_VOLTAGE * pump.rated.current * RATED_POWER_FACTOR, 1),
    ...temperatures(pump, share, world, fault),
    vibration: round(pump.running ? vibration : 0.05, 2),
    speed: round(pump.running ? pump.speed * 50 + noise(world.random, 0.02) : 0, 2),
    'run-command': pump.commanded,
    running: pump.running,
    'starts-per-hour': pump.starts.length,
    'run-hours': Math.floor(pump.runHours),
    'seal-leak': fault('seal-leak') > 0,
  }
}
