import { lightOf, runningTable } from '../../telemetry/codecs/programme-messages.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { SimulatedFacility, SimulatedGrid, SimulatedMoment, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, DRIVER_MINIMUM, dimmingStep, isLightingDue, NOMINAL_VOLTAGE, noise, round, warmedUp } from '../physics.ts'
import { type FaultName, faults } from './faults.ts'
import type { LampPoint, LampRated } from './points.ts'

type FaultSize = (name: FaultName) => number

interface Lamp {
  readonly rated: number
  readonly grid: SimulatedGrid
  commanded: boolean
  lit: boolean
  /** When it was last switched on, ms since 1970. */
  litSince: number
  energy: number
  onHours: number
  switches: number
  temperature: number
  tilt: number
  leakage: number
  rssi: number
  frozenVoltage: number
  /** Reports left in its capacitor. */
  charge: number
}

const MS_PER_HOUR = 3_600_000
const POWER_FACTOR = 0.95

/**
 * Level asked for, %: by a command, else by its table, else by what its cabinet hands on, else by its own clock: on a switched circuit it
 * burns whenever it is fed, else from dusk to dawn.
 */
function dimCommand(lamp: Lamp, at: number, { daylight, ordered, table }: Pick<SimulatedMoment, 'daylight' | 'ordered' | 'table'>): number {
  const level = ordered?.('dim') ?? (table && lightOf(table, at))
  if (level !== undefined) return level
  const supply = lamp.grid.supply(at)
  if (supply?.level !== undefined) return supply.level
  const isDue = supply && !supply.isPermanent ? true : isLightingDue(lamp.commanded, daylight)
  return isDue ? Math.round(100 * dimmingStep(at)) : 0
}

interface DriverState {
  /** What it burns at, %. */
  level: number
  /** What it says, %. */
  reported: number
}

function driver(command: number, fault: FaultSize): DriverState {
  if (command === 0) return { level: fault('day-burner') > 0 ? 100 : 0, reported: 0 }
  if (fault('control-gear-failure') > 0) return { level: 100, reported: 0 }
  if (fault('dimming-failure') > 0) return { level: 50, reported: 50 }
  if (fault('thermal-derating') > 0) return { level: command - 30, reported: command - 30 }
  return { level: command, reported: command }
}

/** Whether the relay is closed; cycling throws it at every step. */
function relayClosed(lamp: Lamp, command: number, fault: FaultSize): boolean {
  if (fault('cycling') > 0 && command > 0) return !lamp.lit
  if (fault('relay-failure') > 0) return false
  return command > 0 || fault('day-burner') > 0
}

/** Power of a fed lamp, W: drivers hold it whatever the voltage. */
function lampPower(closed: boolean, level: number, lamp: Lamp, fault: FaultSize): number {
  const foreign = 50 * fault('over-power')
  if (!closed || fault('lamp-failure') > 0) return foreign + 0.4
  return foreign + lamp.rated * (level / 100) * (1 - 0.5 * fault('under-power'))
}

const powerFactor = (fault: FaultSize) => POWER_FACTOR - 0.25 * fault('low-power-factor')

/** What it draws at the nominal voltage, A, were its circuit on. */
function draw(lamp: Lamp, at: number, moment: SimulatedMoment): number {
  const sizeOf: FaultSize = (name) => moment.fault(name)
  if (sizeOf('supply-loss') > 0) return 0
  const command = dimCommand(lamp, at, moment)
  // Its relay as it stands: whether it goes on cycling is decided at its steps.
  const closed = sizeOf('cycling') > 0 ? lamp.lit : relayClosed(lamp, command, sizeOf)
  return lampPower(closed, driver(command, sizeOf).level, lamp, sizeOf) / (NOMINAL_VOLTAGE * powerFactor(sizeOf))
}

function supplyVoltage(lamp: Lamp, world: SimulatedWorld, fault: FaultSize): number {
  const fed = lamp.grid.supply(world.at)
  const mains = fed ? (fed.isOn ? fed.voltage : 0) : 228 - 4 * world.demand
  if (mains < DRIVER_MINIMUM || fault('supply-loss') > 0) return 0
  const voltage = mains + noise(world.random, 1.5) + 55 * fault('over-voltage') - 65 * fault('under-voltage')
  if (fault('stuck-voltage') === 0) lamp.frozenVoltage = round(voltage, 1)
  return lamp.frozenVoltage
}

function account(lamp: Lamp, world: SimulatedWorld, power: number, closed: boolean, fault: FaultSize): void {
  // A cycling lamp switches several times between two reports.
  if (fault('cycling') > 0 && (closed || lamp.lit)) lamp.switches += 2
  else if (closed && !lamp.lit) lamp.switches++
  if (closed && !lamp.lit) lamp.litSince = world.elapsed === 0 ? world.at - minutes(60) : world.at
  lamp.lit = closed
  lamp.energy += (power / 1000) * (world.elapsed / MS_PER_HOUR)
  if (power > 10) lamp.onHours += world.elapsed / MS_PER_HOUR
}

function temperature(lamp: Lamp, world: SimulatedWorld, power: number, fault: FaultSize): number {
  const steady = world.temperature + (28 * power) / lamp.rated
  lamp.temperature = approach(lamp.temperature, steady, world.elapsed, minutes(20))
  if (fault('impossible-temperature') > 0) return 746
  if (fault('thermal-derating') > 0) return 82
  return lamp.temperature + noise(world.random, 0.3) + (fault('overheating') > 0 ? 92 - lamp.temperature : 0)
}

function pole(lamp: Lamp, world: SimulatedWorld, fault: FaultSize) {
  const { random } = world
  return {
    'leakage-current': round(lamp.leakage + 0.3 * random() + 60 * fault('leakage') + 18 * fault('insulation-damp'), 1),
    tilt: round(lamp.tilt + 0.2 * random() + 30 * fault('impact') + 8 * fault('leaning'), 1),
    rssi: clamp(Math.round(lamp.rssi + noise(random, 3) - 50 * fault('weak-signal')), -139, 0),
  }
}

/** What a lamp says with the last charge of its capacitor. */
function lastReport(lamp: Lamp, world: SimulatedWorld, command: number, fault: FaultSize) {
  return {
    voltage: 0,
    current: 0,
    power: 0,
    'power-factor': null,
    energy: round(lamp.energy, 3),
    'dim-command': command,
    'dim-actual': 0,
    'on-hours': Math.floor(lamp.onHours),
    'switch-count': lamp.switches,
    'driver-temperature': round(lamp.temperature, 1),
    relay: command > 0,
    control: controlOf(world),
    ...pole(lamp, world, fault),
    'programme-table': world.table ? runningTable(world.table, world.at) : null,
  }
}

const controlOf = ({ ordered }: SimulatedWorld) => (ordered?.('dim') === undefined ? 'programme' : 'command')

function step(lamp: Lamp, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  const voltage = supplyVoltage(lamp, world, fault)
  const command = dimCommand(lamp, world.at, world)
  lamp.commanded = command > 0
  const isSilent = fault('communication-loss') > 0
  if (voltage === 0) {
    account(lamp, world, 0, false, fault)
    lamp.temperature = approach(lamp.temperature, world.temperature, world.elapsed, minutes(20))
    const isSwitchedOff = fault('supply-loss') === 0
    // Switched off with its circuit it says nothing; a fuse that blows is told once.
    if (isSilent || isSwitchedOff || lamp.charge === 0) return null
    lamp.charge--
    return lastReport(lamp, world, command, fault)
  }
  lamp.charge = 1
  const closed = relayClosed(lamp, command, fault)
  const { level, reported } = driver(command, fault)
  const wasLit = lamp.lit
  const full = lampPower(closed, level, lamp, fault) * (1 + noise(world.random, 0.03))
  account(lamp, world, full, closed, fault)
  const power = closed && !wasLit && world.elapsed > 0 ? full * warmedUp(world.elapsed / 2) : full
  const heat = temperature(lamp, world, power, fault)
  if (isSilent) return null
  const factor = power > 5 ? powerFactor(fault) + noise(world.random, 0.01) : 0
  return {
    voltage,
    current: factor > 0 ? round(power / (voltage * factor), 3) : 0,
    power: round(power, 1),
    'power-factor': round(clamp(factor, 0, 1), 3),
    energy: round(lamp.energy, 3),
    'dim-command': command,
    'dim-actual': reported,
    'on-hours': Math.floor(lamp.onHours) + (fault('past-life') > 0 ? 50_000 : 0),
    'switch-count': lamp.switches,
    'driver-temperature': round(heat, 1),
    relay: closed,
    control: controlOf(world),
    ...pole(lamp, world, fault),
    'programme-table': world.table ? runningTable(world.table, world.at) : null,
  }
}

export const simulation: Simulation<LampPoint, LampRated> = {
  period: minutes(5),
  faults,
  create({ rated }: SimulatedFacility<LampRated>, random: () => number, grid: SimulatedGrid) {
    const lamp: Lamp = {
      rated: rated.power,
      grid,
      commanded: false,
      lit: false,
      litSince: 0,
      energy: Math.floor(500 + 2000 * random()),
      onHours: 1000 + 20_000 * random(),
      switches: Math.floor(300 + 2000 * random()),
      temperature: 20,
      tilt: 1.5 * random(),
      leakage: 0.5 + 3 * random(),
      rssi: -95 + 25 * random(),
      frozenVoltage: 225,
      charge: 1,
    }
    grid.draws((at, moment) => draw(lamp, at, moment))
    return (world) => {
      const report = step(lamp, world)
      return rated.controller === 0 ? null : report
    }
  },
}
