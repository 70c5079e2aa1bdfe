import { seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import { detectors, type GasDetector, type GasPoint, type GasRated } from './points.ts'

export const faults = {
  leak: {
    title: text('Gas leak at the filter', '过滤器漏气'),
    raises: ['ch4-cut-off-1', 'ch4-alarm-1', 'ch4-alarm-2'],
  },
  'small-leak': { title: text('Small gas leak', '轻微漏气'), raises: ['ch4-alarm-1'] },
  'leak-without-fan': { title: text('Leak and fan failed', '漏气且风机故障'), raises: ['fan-not-running', 'ch4-alarm-1'] },
  'detector-dead': { title: text('Detector 3 dead', '3 号探测器无信号'), raises: ['ch4-lost-3'] },
  'detector-impossible': { title: text('Detector 3 impossible', '3 号探测器读数不可能'), raises: ['ch4-lost-3', 'sensor-fault'] },
  'detector-frozen': { title: text('Detector 4 frozen', '4 号探测器冻结'), raises: ['ch4-frozen-4'] },
  flame: { title: text('Flame', '火焰'), raises: ['flame'] },
  'regulator-open': {
    title: text('Regulator fails open', '调压器失效全开'),
    raises: ['outlet-overpressure', 'outlet-pressure-high'],
  },
  'shut-off': {
    title: text('Shut-off valve trips', '切断阀动作'),
    raises: ['shut-off-tripped', 'outlet-pressure-low', 'outlet-pressure-falling'],
  },
  'emergency-shutdown': { title: text('Emergency shutdown pressed', '按下急停'), raises: ['esd'] },
  'pipe-broken': { title: text('Pipe dug through', '管道被挖断'), raises: ['outlet-pressure-falling', 'outlet-pressure-low'] },
  'inlet-low': { title: text('Little gas upstream', '上游压力低'), raises: ['inlet-pressure-off'] },
  'stuck-pressure': { title: text('Pressure reading frozen', '压力读数冻结'), raises: ['outlet-pressure-stuck'] },
  'valve-stuck': { title: text('Inlet valve does not close', '进站阀关不上'), raises: ['inlet-valve-stuck'] },
  'leaking-valves': { title: text('Closed valves leak', '阀门全关仍内漏'), raises: ['closed-valve-flow'] },
  'filter-blocked': { title: text('Filter blocked', '过滤器堵塞'), raises: ['filter-blocked', 'filter-dirty'] },
  cold: { title: text('Heater failed', '加热器故障'), raises: ['temperature-out-of-range'] },
  'odorant-missing': { title: text('Odorant injection stopped', '加臭中断'), raises: ['odorant-missing', 'odorant-low'] },
  'tank-empty': {
    title: text('Delivery did not come', '未来车补液'),
    raises: ['tank-nearly-empty', 'tank-low', 'reserve-low', 'reserve-warning'],
  },
  'tank-overfull': { title: text('Filling not stopped', '充装未停'), raises: ['tank-overfull', 'tank-full'] },
  'tank-pressure': { title: text('Tank warms up', '储罐升温升压'), raises: ['tank-pressure-high'] },
  'mains-lost': { title: text('Mains failed', '市电中断'), raises: ['on-battery'] },
  'door-open': { title: text('Door open', '站门打开'), raises: ['door-open'] },
  'impossible-temperature': { title: text('Temperature reading impossible', '温度读数不可能'), raises: ['sensor-fault'] },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'] },
} as const satisfies Record<string, SimulatedFault>

type FaultSize = (name: keyof typeof faults) => number

interface Station {
  rated: Readonly<Record<GasRated, number>>
  gas: number
  outlet: number
  level: number
  frozenPressure: number
  frozenGas: number
}

const minute = seconds(60)
/** A full tank in days of use. */
const TANK_DAYS = 16

function methane(station: Station, world: SimulatedWorld, fault: FaultSize) {
  const leak = 65 * fault('leak') + 30 * fault('small-leak') + 30 * fault('leak-without-fan')
  station.gas = approach(station.gas, leak, world.elapsed, minute)
  // Gas thins out with the distance from the leak beside detector 1.
  const nearness: Record<GasDetector, number> = { 1: 1, 2: 0.45, 3: 0.1, 4: 0.05 }
  const values: Record<`ch4-${GasDetector}`, number | null> = perItem('ch4-', detectors, '', (n) =>
    round(station.gas * nearness[n] + 0.2 + noise(world.random, 0.4), 2),
  )
  if (fault('detector-dead') > 0) values['ch4-3'] = null
  if (fault('detector-impossible') > 0) values['ch4-3'] = 746
  if (fault('detector-frozen') > 0) values['ch4-4'] = station.frozenGas
  else station.frozenGas = values['ch4-4'] as number
  return values
}

function outletPressure(station: Station, world: SimulatedWorld, fault: FaultSize): number {
  let held = 0.225 - 0.015 * world.demand
  if (fault('regulator-open') > 0) held = 0.38
  if (fault('shut-off') > 0) held = 0.05
  if (fault('pipe-broken') > 0) held = 0.08
  station.outlet = approach(station.outlet, held, world.elapsed, minute)
  if (fault('stuck-pressure') === 0) station.frozenPressure = round(station.outlet + noise(world.random, 0.001), 5)
  return station.frozenPressure
}

function flowOf(station: Station, world: SimulatedWorld, fault: FaultSize): number {
  if (fault('leaking-valves') > 0) return Math.round(0.04 * station.rated.flow)
  if (fault('shut-off') > 0) return 0
  const share = 0.15 + 0.75 * world.demand + 0.1 * fault('pipe-broken')
  return Math.round(clamp(station.rated.flow * share * (1 + noise(world.random, 0.02)), 0, 8000))
}

/** The tank falls with the use and is filled again by a lorry. */
function tank(station: Station, world: SimulatedWorld, fault: FaultSize) {
  station.level -= (100 / TANK_DAYS) * (world.elapsed / 86_400_000)
  if (station.level < 50) station.level = 80
  let level = station.level
  if (fault('tank-empty') > 0) level = 8
  if (fault('tank-overfull') > 0) level = 97
  return {
    'tank-level': round(level + noise(world.random, 0.1), 1),
    'tank-pressure': round(0.4 + noise(world.random, 0.01) + 0.45 * fault('tank-pressure'), 3),
    inventory: round((level / 100) * TANK_DAYS * station.rated['daily-use'] * 1.25, 1),
  }
}

function step(station: Station, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  const gas = methane(station, world, fault)
  const pressure = outletPressure(station, world, fault)
  const flow = flowOf(station, world, fault)
  const storage = tank(station, world, fault)
  const isShut = fault('leaking-valves') > 0
  const temperature = clamp(8 + 0.5 * world.temperature, -2, 32) + noise(world.random, 0.3) - 40 * fault('cold')
  if (fault('communication-loss') > 0) return null
  return {
    ...gas,
    'inlet-pressure': round(0.41 - 0.02 * world.demand + noise(world.random, 0.004) - 0.1 * fault('inlet-low'), 4),
    'outlet-pressure': pressure,
    'filter-differential': round(0.01 + 0.005 * world.demand + noise(world.random, 0.0005) + 0.06 * fault('filter-blocked'), 5),
    temperature: fault('impossible-temperature') > 0 ? 746 : round(temperature, 1),
    flow,
    odorant: round(20 + noise(world.random, 1) - 15 * fault('odorant-missing'), 1),
    ...storage,
    'inlet-valve-command': !isShut && fault('valve-stuck') === 0,
    'inlet-valve': !isShut,
    'outlet-valve-command': !isShut,
    'outlet-valve': !isShut,
    'shut-off-tripped': fault('shut-off') > 0,
    esd: fault('emergency-shutdown') > 0,
    fan: station.gas > 10 && fault('leak-without-fan') === 0,
    'on-battery': fault('mains-lost') > 0,
    door: fault('door-open') > 0,
    flame: fault('flame') > 0,
  }
}

export const simulation: Simulation<GasPoint, GasRated> = {
  period: seconds(5),
  faults,
  create(facility: SimulatedFacility<GasRated>, random: () => number) {
    const station: Station = {
      rated: facility.rated,
      gas: 0,
      outlet: 0.22,
      level: 60 + 15 * random(),
      frozenPressure: 0.22,
      frozenGas: 0.1,
    }
    return (world) => step(station, world)
  },
}
