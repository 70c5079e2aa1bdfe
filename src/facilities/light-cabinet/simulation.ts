import { lightOf, runningTable, type SwitchingTable } from '../../telemetry/codecs/programme-messages.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { PointValue } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedGrid, SimulatedMoment, SimulatedSupply, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, dimmingStep, isLightingDue, noise, round, warmedUp } from '../physics.ts'
import { type Phase, perItem, phases } from '../writing.ts'
import { circuitCurrent, loadOf, loopResistance, neutralCurrent, voltageDrop } from './circuit-physics.ts'
import { type FaultName, faults } from './faults.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits, phaseOf } from './points.ts'

type FaultSize = (name: FaultName) => number
type Rated = Readonly<Record<CabinetRated, number>>

interface Cabinet {
  readonly rated: Rated
  readonly grid: SimulatedGrid
  readonly resistance: number
  isOn: boolean
  /** When the lamps were last switched on, ms since 1970. */
  litSince: number
  energy: number
  temperature: number
  drift: number
  frozenVoltage: number
  battery: number
  /** Current of each circuit at the last step, A. */
  readonly currents: number[]
}

/** What is wrong with a cabinet at a moment that its circuits feel, and what they were told. */
interface Switching {
  fault: FaultSize
  /** Light its programme asks of a circuit, %. */
  level: (n: Circuit) => number
  ordered: SimulatedMoment['ordered']
}

/** Size of a fault that is a share: up to 1 as it was asked for, `usual` when nobody asked for a share. */
const shareOf = (size: number, usual: number) => (size >= 1 ? usual : size)

const hasMains = (fault: FaultSize) => fault('mains-lost') === 0 && fault('power-cut') === 0

function mainsVoltage(phase: Phase, demand: number, fault: FaultSize): number {
  if (!hasMains(fault)) return 0
  if (phase === 'b' && fault('phase-loss') > 0) return 20
  return 227 - 4 * demand + 25 * fault('over-voltage') - 40 * fault('under-voltage')
}

/** Light its table asks of a circuit, %: one after another, so that they do not all start at once. */
const planned = (n: Circuit, table: SwitchingTable | undefined, at: number) => table && lightOf(table, at - (n - 1) * table.stagger)

/** Light of a circuit by the table it was given, else by its own dusk and dawn, %. */
const levelOf = (n: Circuit, cabinet: Cabinet, { daylight, table }: SimulatedMoment, at: number): number =>
  planned(n, table, at) ?? (isLightingDue(cabinet.isOn, daylight) ? Math.round(100 * dimmingStep(at)) : 0)

/** By a command, else by the programme. */
const isDue = (n: Circuit, { level, ordered, fault }: Switching) =>
  (ordered?.(`circuit-${n}`) ?? Number(level(n) > 0 || fault('day-burner') > 0)) === 1

function isClosed(n: Circuit, switching: Switching): boolean {
  const { fault } = switching
  // Without mains the coils let go.
  if (!hasMains(fault)) return false
  if (n === 3 && fault('contactor-welded') > 0) return true
  return isDue(n, switching) && !(n === 3 && fault('contactor-dead') > 0)
}

/** Whether current reaches the lamps of a circuit. */
function isFed(n: Circuit, switching: Switching): boolean {
  const { fault } = switching
  if ((n === 2 && fault('breaker-tripped') > 0) || (n === 1 && fault('circuit-lost') > 0)) return false
  return isClosed(n, switching)
}

function feed(cabinet: Cabinet, circuit: number | null, along: number, at: number, moment: SimulatedMoment): SimulatedSupply {
  const fault: FaultSize = (name) => moment.fault(name)
  const switching = { fault, level: (n: Circuit) => levelOf(n, cabinet, moment, at), ordered: moment.ordered }
  // What hangs on no circuit, as a gateway does, is connected before the contactors.
  if (circuit === null) return { isOn: hasMains(fault), isPermanent: true, voltage: mainsVoltage('a', moment.demand, fault) }
  const n = circuit as Circuit
  if (!isFed(n, switching)) return { isOn: false, voltage: 0 }
  const voltage = mainsVoltage(phaseOf(n), moment.demand, fault)
  const level = planned(n, moment.table, at)
  return {
    isOn: true,
    voltage: Math.max(0, voltage - voltageDrop(cabinet.resistance, cabinet.currents[n - 1] ?? 0, along)),
    ...(level !== undefined && { level }),
  }
}

interface CircuitState {
  command: boolean
  contactor: boolean
  tripped: boolean
  current: number
  leakage: number
}

/** Share of a circuit's lamps that give no light. */
function lampsLost(n: Circuit, fault: FaultSize): number {
  const scattered = shareOf(fault('lamps-scattered'), 0.06)
  return n === 1 ? Math.max(scattered, shareOf(fault('lamps-out'), 0.22), shareOf(fault('branch-lost'), 0.4)) : scattered
}

function circuitState(n: Circuit, cabinet: Cabinet, world: SimulatedWorld, switching: Switching, voltage: number): CircuitState {
  const { fault, level } = switching
  const fed = isFed(n, switching)
  const out = 1 - lampsLost(n, fault)
  const warmth = warmedUp(Number.isFinite(cabinet.litSince) ? world.at - cabinet.litSince : minutes(10))
  // What is lit against its programme burns as the hour is.
  const step = level(n) / 100 || dimmingStep(world.at)
  const nominal = fed ? loadOf(n, cabinet.grid, cabinet.rated, step, world.at) * out * warmth : 0
  const lit = circuitCurrent(nominal, voltage, cabinet.resistance) * (1 + noise(world.random, 0.005))
  const foreign = n === 4 ? 4 * fault('unexpected-load') : 0
  cabinet.currents[n - 1] = lit
  return {
    command: isDue(n, switching),
    contactor: isClosed(n, switching),
    tripped: n === 2 && fault('breaker-tripped') > 0,
    current: lit + foreign,
    leakage: (fed ? 15 : 2) + 5 * world.random() + (n === 1 ? 500 * fault('leakage') + 150 * fault('insulation-damp') : 0),
  }
}

function circuitValues(states: readonly CircuitState[]) {
  const each = <const K extends string, V extends PointValue>(key: K, pick: (circuit: CircuitState) => V) =>
    perItem('circuit-', circuits, key, (n): V | null => {
      const circuit = states[n - 1]
      return circuit ? pick(circuit) : null
    })
  return {
    ...each('-current', ({ current }) => round(current, 2)),
    ...each('-command', ({ command }) => command),
    ...each('-contactor', ({ contactor }) => contactor),
    ...each('-tripped', ({ tripped }) => tripped),
    ...each('-leakage', ({ leakage }) => Math.round(leakage)),
  }
}

function voltages(cabinet: Cabinet, world: SimulatedWorld, fault: FaultSize) {
  const volts = perItem('voltage-', phases, '', (p) => {
    const voltage = mainsVoltage(p, world.demand, fault)
    return voltage === 0 ? 0 : round(voltage + noise(world.random, 1.2), 1)
  })
  if (fault('stuck-voltage') > 0) volts['voltage-a'] = cabinet.frozenVoltage
  cabinet.frozenVoltage = volts['voltage-a']
  return volts
}

/** The cabinet's own electronics, W. */
const STANDBY = 12

function electricity(
  cabinet: Cabinet,
  world: SimulatedWorld,
  volts: ReturnType<typeof voltages>,
  states: readonly CircuitState[],
  fault: FaultSize,
) {
  const amps = { a: 20 * fault('unbalance'), b: 0, c: 0 }
  for (const [i, circuit] of states.entries()) amps[phaseOf((i + 1) as Circuit)] += circuit.current
  const isAlive = hasMains(fault)
  const factor = round(0.96 + noise(world.random, 0.005) - 0.15 * fault('low-power-factor'), 3)
  const apparent = amps.a * volts['voltage-a'] + amps.b * volts['voltage-b'] + amps.c * volts['voltage-c']
  const power = apparent * factor + (isAlive ? STANDBY : 0)
  cabinet.energy += (power / 1000) * (world.elapsed / 3_600_000)
  return {
    ...perItem('current-', phases, '', (p) => round(amps[p], 1)),
    'neutral-current': round(neutralCurrent(amps, 0.08 + 0.4 * fault('harmonics')), 1),
    'active-power': Math.round(power),
    'reactive-power': Math.round(apparent * Math.sqrt(1 - factor * factor)),
    'power-factor': isAlive ? factor : null,
    energy: round(cabinet.energy, 2),
    frequency: isAlive ? round(50 + noise(world.random, 0.05) - 0.8 * fault('frequency-low'), 2) : null,
  }
}

const BATTERY_FLOAT = 13.3
/** V a battery falls per hour of carrying the modem. */
const DISCHARGE = 0.2
/** Below this the modem gives up, V. */
const BATTERY_EMPTY = 10.8

function batteryVoltage(cabinet: Cabinet, world: SimulatedWorld, fault: FaultSize): number {
  if (hasMains(fault)) cabinet.battery = approach(cabinet.battery, BATTERY_FLOAT, world.elapsed, minutes(30))
  else cabinet.battery = Math.min(cabinet.battery, 12.6) - (DISCHARGE * world.elapsed) / 3_600_000
  return cabinet.battery + noise(world.random, 0.1) - 2.5 * fault('battery-weak') + 0.9 * fault('battery-overcharged')
}

const isRemote = ({ ordered }: SimulatedWorld) =>
  ordered?.('mode') !== undefined || circuits.some((n) => ordered?.(`circuit-${n}`) !== undefined)

function inside(cabinet: Cabinet, world: SimulatedWorld, fault: FaultSize) {
  const fan = fault('fan-failed')
  const steady = world.temperature + 4 + (cabinet.isOn ? 6 : 0) + 60 * fault('fire') + 75 * fan
  cabinet.temperature = approach(cabinet.temperature, steady, world.elapsed, fan > 0 ? minutes(60) : minutes(12))
  const temperature = fault('impossible-temperature') > 0 ? 746 : cabinet.temperature + noise(world.random, 0.2)
  const isManual = fault('local-override') > 0 || fault('day-burner') > 0
  if (world.ordered?.('clock') !== undefined) cabinet.drift = world.ordered('clock') as number
  return {
    door: fault('door-open') > 0,
    water: fault('water') > 0,
    smoke: fault('fire') > 0,
    temperature: round(temperature, 1),
    mode: isManual ? 'manual' : isRemote(world) ? 'remote' : 'auto',
    battery: round(batteryVoltage(cabinet, world, fault), 2),
    'clock-drift': Math.round(cabinet.drift + noise(world.random, 2) + 600 * fault('clock-wrong')),
  }
}

function step(cabinet: Cabinet, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  const wasLit = cabinet.litSince < Number.POSITIVE_INFINITY
  const level = (n: Circuit) => levelOf(n, cabinet, world, world.at)
  const isLit = level(1) > 0 || fault('day-burner') > 0
  cabinet.isOn = isLightingDue(cabinet.isOn, world.daylight)
  // At the first step the lamps have been on for long, whoever switched them.
  if (!isLit) cabinet.litSince = Number.POSITIVE_INFINITY
  else if (!wasLit) cabinet.litSince = world.elapsed === 0 ? world.at - minutes(60) : world.at
  const volts = voltages(cabinet, world, fault)
  const switching = { fault, level, ordered: world.ordered }
  const states = circuits
    .slice(0, cabinet.rated.circuits)
    .map((n) => circuitState(n, cabinet, world, switching, mainsVoltage(phaseOf(n), world.demand, fault)))
  const electric = electricity(cabinet, world, volts, states, fault)
  const climate = inside(cabinet, world, fault)
  if (fault('communication-loss') > 0 || fault('power-cut') > 0 || cabinet.battery < BATTERY_EMPTY) return null
  const dimming = isLit ? level(1) || Math.round(100 * dimmingStep(world.at)) : 0
  const table = world.table ? runningTable(world.table, world.at) : null
  return { ...volts, ...electric, ...circuitValues(states), dimming, ...climate, 'programme-table': table }
}

export const simulation: Simulation<CabinetPoint, CabinetRated> = {
  period: minutes(1),
  faults,
  create({ rated }: SimulatedFacility<CabinetRated>, random: () => number, grid: SimulatedGrid) {
    const cabinet: Cabinet = {
      rated,
      grid,
      resistance: loopResistance(rated),
      isOn: false,
      litSince: Number.POSITIVE_INFINITY,
      energy: Math.floor(1e5 * random()),
      temperature: 20,
      drift: 4 * random() - 2,
      frozenVoltage: 225,
      battery: BATTERY_FLOAT,
      currents: [],
    }
    grid.feeds((circuit, along, at, moment) => feed(cabinet, circuit, along, at, moment))
    return (world) => step(cabinet, world)
  },
}
