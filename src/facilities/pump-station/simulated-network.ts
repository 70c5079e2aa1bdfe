import { minutes, seconds } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { FaultSize } from './faults.ts'
import { flowAt, headAt, innerLoss } from './pump-curve.ts'
import { ageParts, machineValues, type Pump, startOrStop } from './simulated-pump.ts'

/** The mains before and behind a supply station. Pressures in MPa, flows as shares of the pump's rated flow. */
export interface Network {
  inlet: number
  outlet: number
  /** Pressure lost in the clogged strainer. */
  strainer: number
  /** Flow out of a burst main at 1 MPa, as far as it is not yet shut off. */
  burst: number
  /** How many times its usual resistance the network has. */
  resistance: number
  /** What the pressure transmitter shows. */
  shownOutlet: number
  /** Ms with and without enough pressure at the end of the network, by hour of the day. */
  readonly passed: Float64Array
  readonly failed: Float64Array
}

export const createNetwork = (outlet: number): Network => ({
  inlet: 0.18,
  outlet,
  strainer: 0,
  burst: 0,
  resistance: 1,
  shownOutlet: outlet,
  passed: new Float64Array(24),
  failed: new Float64Array(24),
})

const HOUR = 3_600_000
/** Pressure lost up to the end of the network at the pump's rated flow. */
const NETWORK_LOSS = 0.2
/** Pressure at the end of the network at which users draw what they want. */
const USUAL_END = 0.3
/** Flow out of a burst main at 1 MPa. */
const BURST_FLOW = 2.2
const SERVICE_STANDARD = 0.14
const LEAST_SPEED = 0.5
const ATMOSPHERE_KPA = 101
const VAPOUR_KPA = 2
const KPA_PER_METRE = 9.81

/** Taps and leaks let pass what goes with the root of the pressure (Torricelli); this is their flow at 1 MPa. */
const usersConductance = (world: SimulatedWorld) => (0.3 + 0.6 * world.demand) / Math.sqrt(USUAL_END)

/** What users and a burst main let pass at 1 MPa behind the pump. */
function conductance(world: SimulatedWorld, network: Network): number {
  const users = usersConductance(world)
  // The users lie behind the resistance of the network, the burst in front of it.
  const behind = users / Math.sqrt(1 + NETWORK_LOSS * network.resistance * users * users)
  return behind + network.burst
}

/** Pressure at the end of the network with `feeding` at its beginning: p_end = p / (1 + r G²), from q = G √p_end and p - p_end = r q². */
function endPressure(feeding: number, world: SimulatedWorld, network: Network): number {
  const users = usersConductance(world)
  return Math.max(0, feeding) / (1 + NETWORK_LOSS * network.resistance * users * users)
}

/** Hz */
const RATED_FREQUENCY = 50

/** The drive changes its speed so that the shown pressure comes to its setpoint. */
function control(pump: Pump, network: Network, through: number, world: SimulatedWorld, fault: FaultSize): void {
  const setpoint = pump.rated['outlet-pressure']
  const shutOff = pump.rated['shut-off-head']
  // Speed at which p = (p_in + H0 n²) / (1 + k G²) is the setpoint, corrected by what the transmitter shows.
  const needed = setpoint * (1 + innerLoss(pump.rated) * through * through) - network.inlet
  const correction = fault('stuck-pressure') > 0 ? 0 : (setpoint - network.shownOutlet) * 0.5
  const wanted = Math.sqrt(Math.max(0, needed + correction) / shutOff)
  const ordered = world.ordered?.('speed')
  const byCommand = ordered === undefined ? undefined : ordered / RATED_FREQUENCY
  const target = fault('overpressure') > 0 ? 1 : (byCommand ?? clamp(wanted, LEAST_SPEED, 1))
  if (fault('stuck-pressure') === 0) pump.speed = approach(pump.speed, target, world.elapsed, seconds(30))
  if (!pump.running) pump.speed = 0
  else if (pump.speed < LEAST_SPEED) pump.speed = LEAST_SPEED
}

/** Net positive suction head missing at the impeller, m: what a pump needs (2 m, and more with the square of its flow) less what it has. */
export function missingSuctionHead(inlet: number, relativeFlow: number): number {
  const available = (ATMOSPHERE_KPA + inlet * 1000 - VAPOUR_KPA) / KPA_PER_METRE
  return Math.max(0, 2 + 4 * relativeFlow * relativeFlow - available)
}

function flowThrough(pump: Pump, network: Network, through: number, isDry: boolean, elapsed: number): void {
  const turning = pump.running && !isDry ? pump.speed : 0
  const open = through * pump.valve
  const loss = innerLoss(pump.rated) * (1 + pump.clogging)
  // A station that does not pump lets the water of the main in front pass by its bypass.
  const steady = Math.max(0, network.inlet + headAt(0, turning, pump.rated)) / (1 + loss * open * open)
  network.outlet = approach(network.outlet, steady, elapsed, seconds(15))
  pump.flow = turning > 0 ? flowAt(network.outlet - network.inlet, turning, pump.rated) / Math.sqrt(1 + pump.clogging) : 0
  if (pump.valve < 0.9) pump.flow = Math.min(pump.flow, open * Math.sqrt(network.outlet))
}

/** Share of the last day's time with enough pressure at the end of the network, %. */
function passRate(network: Network, end: number, world: SimulatedWorld): number {
  const hour = Math.floor(world.at / HOUR) % 24
  const isNewHour = Math.floor((world.at - world.elapsed) / HOUR) % 24 !== hour
  if (isNewHour) {
    network.passed[hour] = 0
    network.failed[hour] = 0
  }
  const column = end >= SERVICE_STANDARD ? network.passed : network.failed
  column[hour] = (column[hour] as number) + world.elapsed
  const sum = (column: Float64Array) => column.reduce((total, ms) => total + ms, 0)
  const [passed, failed] = [sum(network.passed), sum(network.failed)]
  // Less than a day is known at first, and counts as good.
  return 100 * (1 - failed / Math.max(24 * HOUR, passed + failed))
}

function inletPressure(pump: Pump, network: Network, world: SimulatedWorld, fault: FaultSize): void {
  network.strainer = approach(network.strainer, 0.32 * fault('cavitation'), world.elapsed, minutes(4))
  const main = fault('suction-low') > 0 ? 0.05 - 0.02 * fault('suction-low') : 0.21
  const steady = fault('dry-running') > 0 ? 0.005 : Math.max(-0.085, main - 0.04 * pump.flow * pump.flow - network.strainer)
  network.inlet = approach(network.inlet, steady, world.elapsed, seconds(60))
}

export function stepSupply(pump: Pump, network: Network, world: SimulatedWorld, fault: FaultSize) {
  pump.commanded = true
  ageParts(pump, world, fault)
  startOrStop(pump, world, fault)
  network.resistance = approach(network.resistance, 1 + 19 * fault('network-valve-closed'), world.elapsed, minutes(3))
  // A main breaks at once and is shut off valve by valve.
  const burst = BURST_FLOW * fault('burst')
  network.burst = burst > network.burst ? burst : approach(network.burst, burst, world.elapsed, minutes(2))
  inletPressure(pump, network, world, fault)
  const isDry = fault('dry-running') > 0
  const through = conductance(world, network)
  control(pump, network, through * pump.valve, world, fault)
  flowThrough(pump, network, through, isDry, world.elapsed)
  // Behind a closed valve the network lives on the bypass.
  const end = endPressure(pump.valve < 0.5 ? network.inlet : network.outlet, world, network)
  if (fault('stuck-pressure') === 0) network.shownOutlet = round(network.outlet + noise(world.random, 0.0015), 4)
  const missing = isDry || !pump.running ? 0 : missingSuctionHead(network.inlet, pump.flow / pump.speed)
  return {
    ...machineValues(pump, world, fault, isDry, 4.5 * (1 - Math.exp(-missing))),
    'inlet-pressure': round(network.inlet + noise(world.random, 0.0015), 4),
    'outlet-pressure': network.shownOutlet,
    'pressure-setpoint': pump.rated['outlet-pressure'],
    'network-pressure': round(Math.max(0, end + noise(world.random, 0.003)), 4),
    'pressure-pass-rate': round(passRate(network, end, world), 2),
    chlorine: round(Math.max(0, 0.6 + noise(world.random, 0.05) - 0.45 * fault('chlorine-low')), 2),
    turbidity: round(0.3 + 0.1 * world.random() + 3 * fault('turbid-water'), 2),
    ph: round(Math.max(2, 7.4 + noise(world.random, 0.1) - 2 * fault('acid-water')), 2),
  }
}
