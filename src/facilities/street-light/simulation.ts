import { minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, isLightingDue, localHour, noise, round } from '../physics.ts'
import type { LampPoint, LampRated } from './points.ts'

export const faults = {
  'lamp-failure': { title: text('LED module dead', 'LED 模组损坏'), raises: ['lamp-failure'] },
  'day-burner': { title: text('Burns although switched off', '关灯后仍亮'), raises: ['day-burner', 'relay-failure'] },
  'relay-failure': { title: text('Relay does not close', '继电器不吸合'), raises: ['relay-failure'] },
  'dimming-failure': { title: text('Dimming stays at half', '调光停在一半'), raises: ['dimming-failure'] },
  'control-gear-failure': { title: text('Control gear silent', '控制装置失联'), raises: ['control-gear-failure', 'dimming-failure'] },
  'thermal-derating': { title: text('Heat sink blocked', '散热受阻'), raises: ['thermal-derating', 'dimming-failure', 'driver-hot'] },
  cycling: { title: text('Goes on and off', '频繁开关'), raises: ['cycling', 'lamp-failure', 'relay-failure'] },
  'over-power': { title: text('Foreign load', '私接负载'), raises: ['over-power', 'day-burner'] },
  'under-power': { title: text('Half of the modules dark', '部分模组不亮'), raises: ['under-power'] },
  'low-power-factor': { title: text('Driver input ageing', '驱动器输入级老化'), raises: ['low-power-factor'] },
  'over-voltage': { title: text('Broken neutral', '零线断开'), raises: ['voltage-high-high', 'voltage-high'] },
  'under-voltage': { title: text('Corroded joint', '接头锈蚀'), raises: ['voltage-low-low', 'voltage-low'] },
  'supply-loss': { title: text('Fuse blown', '熔断器熔断'), raises: ['supply-loss', 'voltage-low', 'voltage-low-low', 'voltage-stuck'] },
  leakage: { title: text('Insulation damaged', '绝缘破损'), raises: ['leakage', 'leakage-rising'] },
  impact: { title: text('Pole struck', '灯杆被撞'), raises: ['impact', 'tilt'] },
  overheating: { title: text('Driver overheats', '驱动器过热'), raises: ['driver-overheated', 'driver-hot'] },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'] },
  'stuck-voltage': { title: text('Voltage reading frozen', '电压读数冻结'), raises: ['voltage-stuck'] },
  'impossible-temperature': { title: text('Temperature reading impossible', '温度读数不可能'), raises: ['sensor-fault'] },
} as const satisfies Record<string, SimulatedFault>

type FaultSize = (name: keyof typeof faults) => number

interface Lamp {
  commanded: boolean
  lit: boolean
  energy: number
  onHours: number
  switches: number
  temperature: number
  tilt: number
  leakage: number
  rssi: number
  frozenVoltage: number
}

const MS_PER_HOUR = 3_600_000

function dimCommand(lamp: Lamp, world: SimulatedWorld): number {
  lamp.commanded = isLightingDue(lamp.commanded, world.daylight)
  if (!lamp.commanded) return 0
  const hour = localHour(world.at)
  return hour >= 23 || hour < 5 ? 70 : 100
}

function supplyVoltage(lamp: Lamp, world: SimulatedWorld, fault: FaultSize): number {
  if (fault('supply-loss') > 0) return 0
  const healthy = 228 - 4 * world.demand + noise(world.random, 1.5)
  const voltage = healthy + 55 * fault('over-voltage') - 65 * fault('under-voltage')
  if (fault('stuck-voltage') === 0) lamp.frozenVoltage = round(voltage, 1)
  return lamp.frozenVoltage
}

/** The level the driver burns at, and the level it reports. */
function driverLevel(command: number, fault: FaultSize): { level: number; reported: number } {
  if (command === 0) return { level: fault('day-burner') > 0 ? 100 : 0, reported: 0 }
  if (fault('control-gear-failure') > 0) return { level: 100, reported: 0 }
  if (fault('dimming-failure') > 0) return { level: 50, reported: 50 }
  if (fault('thermal-derating') > 0) return { level: command - 30, reported: command - 30 }
  return { level: command, reported: command }
}

function lampPower(level: number, isFed: boolean, lamp: Lamp, rated: number, world: SimulatedWorld, fault: FaultSize): number {
  const foreign = isFed ? 50 * fault('over-power') : 0
  if (!lamp.lit || !isFed || fault('lamp-failure') > 0) return foreign + (isFed ? 0.3 + 0.1 * world.random() : 0)
  const share = 1 - 0.5 * fault('under-power')
  return foreign + rated * (level / 100) * share * (1 + noise(world.random, 0.03))
}

/** Whether the relay is closed; cycling throws it at every step. */
function relayClosed(lamp: Lamp, command: number, fault: FaultSize): boolean {
  if (fault('cycling') > 0 && command > 0) return !lamp.lit
  if (fault('relay-failure') > 0) return false
  return command > 0 || fault('day-burner') > 0
}

function account(lamp: Lamp, world: SimulatedWorld, power: number, closed: boolean, fault: FaultSize): void {
  // A cycling lamp switches several times between two reports.
  if (fault('cycling') > 0 && (closed || lamp.lit)) lamp.switches += 2
  else if (closed && !lamp.lit) lamp.switches++
  lamp.lit = closed
  lamp.energy += (power / 1000) * (world.elapsed / MS_PER_HOUR)
  if (power > 10) lamp.onHours += world.elapsed / MS_PER_HOUR
}

function temperature(lamp: Lamp, world: SimulatedWorld, power: number, rated: number, fault: FaultSize): number {
  const steady = world.temperature + (28 * power) / rated
  lamp.temperature = approach(lamp.temperature, steady, world.elapsed, minutes(20))
  if (fault('impossible-temperature') > 0) return 746
  if (fault('thermal-derating') > 0) return 82
  return lamp.temperature + noise(world.random, 0.3) + (fault('overheating') > 0 ? 92 - lamp.temperature : 0)
}

function step(lamp: Lamp, rated: number, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  const voltage = supplyVoltage(lamp, world, fault)
  const isFed = voltage > 100
  const command = dimCommand(lamp, world)
  const closed = relayClosed(lamp, command, fault)
  const { level, reported } = driverLevel(command, fault)
  const wasLit = lamp.lit
  lamp.lit = closed
  const power = lampPower(level, isFed, lamp, rated, world, fault)
  lamp.lit = wasLit
  account(lamp, world, power, closed, fault)
  const driver = temperature(lamp, world, power, rated, fault)
  if (fault('communication-loss') > 0) return null
  const factor = power > 5 ? 0.95 + noise(world.random, 0.01) - 0.25 * fault('low-power-factor') : 0
  return {
    voltage,
    current: factor > 0 ? round(power / (voltage * factor), 3) : 0,
    power: round(power, 1),
    'power-factor': round(clamp(factor, 0, 1), 3),
    energy: round(lamp.energy, 3),
    'dim-command': command,
    'dim-actual': reported,
    'on-hours': Math.floor(lamp.onHours),
    'switch-count': lamp.switches,
    'driver-temperature': round(driver, 1),
    'leakage-current': round(lamp.leakage + 0.3 * world.random() + 60 * fault('leakage'), 1),
    tilt: round(lamp.tilt + 0.2 * world.random() + 30 * fault('impact'), 1),
    relay: closed,
    rssi: Math.round(lamp.rssi + noise(world.random, 3)),
  }
}

export const simulation: Simulation<LampPoint, LampRated> = {
  period: minutes(5),
  faults,
  create(facility: SimulatedFacility<LampRated>, random: () => number) {
    const lamp: Lamp = {
      commanded: false,
      lit: false,
      energy: Math.floor(500 + 2000 * random()),
      onHours: 1000 + 20_000 * random(),
      switches: Math.floor(300 + 2000 * random()),
      temperature: 20,
      tilt: 1.5 * random(),
      leakage: 0.5 + 3 * random(),
      rssi: -95 + 25 * random(),
      frozenVoltage: 225,
    }
    return (world) => step(lamp, facility.rated.power, world)
  },
}
