import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import { perItem, phases } from '../writing.ts'
import type { PumpPoint, PumpRated } from './points.ts'

const supply = { drainage: 0 } as const
const drainage = { drainage: 1 } as const

export const faults = {
  'no-flow': { title: text('Valve closed', '阀门关闭'), raises: ['no-flow', 'flow-below-curve', 'overflow', 'level-high', 'long-run'] },
  blockage: { title: text('Impeller partly blocked', '叶轮部分堵塞'), raises: ['flow-below-curve', 'overflow', 'level-high', 'long-run'] },
  'valve-closing': {
    title: text('Valve a little closed', '阀门略微关小'),
    raises: ['flow-below-usual'],
    learning: hours(6),
    needs: { drainage: 1, 'steady-duty': 1 },
  },
  'dry-running': {
    title: text('No water at the inlet', '进口无水'),
    raises: ['dry-running', 'no-flow', 'flow-below-curve', 'suction-low', 'overflow', 'level-high', 'long-run'],
  },
  cavitation: { title: text('Strainer clogged', '吸入滤网堵塞'), raises: ['cavitation', 'suction-low', 'vibration-high'], needs: supply },
  burst: { title: text('Burst main', '爆管'), raises: ['burst', 'pressure-off-setpoint', 'network-pressure-low'], needs: supply },
  overpressure: {
    title: text('Controller runs away', '变频失控'),
    raises: ['outlet-pressure-high', 'pressure-off-setpoint'],
    needs: supply,
  },
  overload: { title: text('Impeller drags', '叶轮卡滞'), raises: ['overload-trip', 'overload'], needs: supply },
  'phase-unbalance': { title: text('Terminal burnt', '接线端子烧损'), raises: ['current-unbalance'] },
  'start-failure': {
    title: text('Pump does not start', '水泵不启动'),
    raises: ['start-failure', 'overflow', 'level-high', 'network-pressure-low'],
  },
  overheating: { title: text('Cooling failed', '冷却失效'), raises: ['winding-overheated', 'winding-warm'] },
  'bearing-wear': {
    title: text('Bearing worn', '轴承磨损'),
    raises: ['bearing-overheated', 'bearing-warm', 'vibration-high', 'vibration-trip'],
  },
  'short-cycling': { title: text('Check valve leaks back', '止回阀内漏'), raises: ['starts-too-often', 'starts-far-too-often'] },
  'seal-leak': { title: text('Seal worn', '机封磨损'), raises: ['seal-leak'] },
  'gas-in-well': { title: text('Hydrogen sulphide in the well', '井内硫化氢'), raises: ['h2s-high', 'oxygen-low'], needs: drainage },
  'screen-blocked': { title: text('Rubbish at the screen', '格栅垃圾'), raises: ['screen-blocked'], needs: drainage },
  'chlorine-low': { title: text('Dosing failed', '加氯失效'), raises: ['chlorine-low'], needs: supply },
  'turbid-water': { title: text('Turbid water', '水质浑浊'), raises: ['turbidity-high'], needs: supply },
  'acid-water': { title: text('Acid water', '水质偏酸'), raises: ['ph-out-of-range'], needs: supply },
  'stuck-flow': { title: text('Flow meter frozen', '流量计冻结'), raises: ['flow-stuck'], needs: supply },
  'stuck-level': {
    title: text('Level sensor silted', '液位计淤积'),
    raises: ['level-stuck', 'overflow', 'level-high', 'long-run', 'level-low', 'dry-running', 'no-flow', 'flow-below-curve'],
    needs: drainage,
  },
  'impossible-temperature': { title: text('Winding sensor broken', '绕组温度传感器断线'), raises: ['sensor-fault'] },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'] },
} as const satisfies Record<string, SimulatedFault>

type FaultSize = (name: keyof typeof faults) => number

interface Pump {
  rated: Readonly<Record<PumpRated, number>>
  isDrainage: boolean
  commanded: boolean
  running: boolean
  level: number
  pressure: number
  winding: number
  bearing: number
  starts: number[]
  runHours: number
  frozenFlow: number
  frozenLevel: number
}

/** Metres the well falls in an hour of pumping without inflow. */
const FALL_PER_HOUR = 5.5
const START_LEVEL = 2.6
const STOP_LEVEL = 1.1

/** Wet well: the pump runs between two levels; `inflow` as a share of the pump's flow. */
function runWetWell(pump: Pump, world: SimulatedWorld, flowShare: number): void {
  const inflow = 0.25 + 0.35 * world.demand + noise(world.random, 0.05)
  pump.level = clamp(pump.level + (inflow - flowShare) * FALL_PER_HOUR * (world.elapsed / 3_600_000), 0.05, 6)
  if (pump.level > START_LEVEL) pump.commanded = true
  else if (pump.level < STOP_LEVEL) pump.commanded = false
}

function startOrStop(pump: Pump, world: SimulatedWorld, fault: FaultSize): void {
  const running = pump.commanded && fault('start-failure') === 0
  if (running && !pump.running) pump.starts.push(world.at)
  pump.running = running
  while (pump.starts.length > 0 && world.at - (pump.starts[0] as number) > 3_600_000) pump.starts.shift()
  if (running) pump.runHours += world.elapsed / 3_600_000
}

/** Share of the flow of the undisturbed pump that still passes. */
function passing(fault: FaultSize): number {
  if (fault('no-flow') > 0 || fault('dry-running') > 0) return 0
  return 1 - 0.45 * fault('blockage') - 0.06 * fault('valve-closing')
}

function speedOf(pump: Pump, world: SimulatedWorld): number {
  if (!pump.running) return 0
  return pump.isDrainage ? 50 : 34 + 15 * world.demand
}

function flowOf(pump: Pump, speed: number, world: SimulatedWorld, fault: FaultSize): number {
  const flow = pump.running ? pump.rated.flow * (speed / 50) * (1 + noise(world.random, 0.02)) * passing(fault) : 0
  if (fault('stuck-flow') === 0) pump.frozenFlow = round(flow, 1)
  return pump.frozenFlow
}

function motor(pump: Pump, speed: number, world: SimulatedWorld, fault: FaultSize) {
  const share = (speed / 50) ** 2
  const load = fault('dry-running') > 0 ? 0.35 : 0.88 + 0.6 * fault('overload') + noise(world.random, 0.02)
  const current = pump.running ? pump.rated.current * share * load : 0
  const amps = perItem('current-', phases, '', (p) => {
    const uneven = p === 'b' ? 1 - 0.3 * fault('phase-unbalance') : 1
    return round(current * uneven * (1 + noise(world.random, 0.01)), 2)
  })
  const power = Math.sqrt(3) * 0.38 * current * 0.86
  const windingSteady = world.temperature + (pump.running ? 50 * Math.max(share, 0.4) : 5) + 140 * fault('overheating')
  pump.winding = approach(pump.winding, windingSteady, world.elapsed, minutes(25))
  const bearingSteady = world.temperature + (pump.running ? 25 : 3) + 70 * fault('bearing-wear')
  pump.bearing = approach(pump.bearing, bearingSteady, world.elapsed, minutes(25))
  const shaking = 4 * fault('cavitation') + 6.5 * fault('bearing-wear')
  return {
    ...amps,
    power: round(power, 1),
    'winding-temperature': fault('impossible-temperature') > 0 ? 746 : round(pump.winding + noise(world.random, 0.4), 1),
    'bearing-temperature': round(pump.bearing + noise(world.random, 0.3), 1),
    vibration: round(pump.running ? 1.4 + noise(world.random, 0.3) + shaking : 0.05, 2),
    speed: round(speed + (speed > 0 ? noise(world.random, 0.1) : 0), 1),
    'run-command': pump.commanded,
    running: pump.running,
    'starts-per-hour': pump.starts.length + Math.round(20 * fault('short-cycling')),
    'run-hours': Math.floor(pump.runHours),
    'seal-leak': fault('seal-leak') > 0,
  }
}

/** What only a drainage station measures; a supply station leaves it out. */
function wellValues(pump: Pump, world: SimulatedWorld, fault: FaultSize) {
  if (!pump.isDrainage) return { 'wet-well-level': null, h2s: null, o2: null, 'screen-head': null }
  const gas = fault('gas-in-well')
  if (fault('stuck-level') === 0) pump.frozenLevel = round(pump.level + noise(world.random, 0.01), 3)
  return {
    'wet-well-level': pump.frozenLevel,
    h2s: round(0.8 + 0.5 * world.random() + 20 * gas, 1),
    o2: round(20.8 + noise(world.random, 0.1) - 3 * gas, 1),
    'screen-head': round(0.08 + 0.04 * world.random() + 0.5 * fault('screen-blocked'), 2),
  }
}

/** What only a supply station measures. */
function networkValues(pump: Pump, world: SimulatedWorld, fault: FaultSize) {
  const absent = {
    'inlet-pressure': null,
    'outlet-pressure': null,
    'pressure-setpoint': null,
    'network-pressure': null,
    chlorine: null,
    turbidity: null,
    ph: null,
  }
  if (pump.isDrainage) return absent
  const setpoint = pump.rated['outlet-pressure']
  const held = pump.running ? setpoint * (1 + 0.25 * fault('overpressure')) : 0.15
  // A burst empties the main within a minute, a stopped pump lets it fall slower.
  pump.pressure = approach(pump.pressure, fault('burst') > 0 ? 0.4 * held : held, world.elapsed, minutes(1))
  const starved = fault('cavitation') > 0 || fault('dry-running') > 0
  return {
    'inlet-pressure': round((starved ? 0.02 : 0.2 - 0.05 * world.demand) + noise(world.random, 0.004), 4),
    'outlet-pressure': round(pump.pressure + noise(world.random, 0.003), 4),
    'pressure-setpoint': setpoint,
    'network-pressure': round(pump.pressure * (0.75 - 0.2 * world.demand) + noise(world.random, 0.003), 4),
    chlorine: round(0.6 + noise(world.random, 0.05) - 0.45 * fault('chlorine-low'), 2),
    turbidity: round(0.3 + 0.1 * world.random() + 3 * fault('turbid-water'), 2),
    ph: round(7.4 + noise(world.random, 0.1) - 2 * fault('acid-water'), 2),
  }
}

function step(pump: Pump, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  if (pump.isDrainage) runWetWell(pump, world, pump.running ? passing(fault) : 0)
  else pump.commanded = true
  startOrStop(pump, world, fault)
  const speed = speedOf(pump, world)
  const flow = flowOf(pump, speed, world, fault)
  const machine = motor(pump, speed, world, fault)
  const network = networkValues(pump, world, fault)
  if (fault('communication-loss') > 0) return null
  return { flow, ...machine, ...network, ...wellValues(pump, world, fault), mode: 'auto' }
}

export const simulation: Simulation<PumpPoint, PumpRated> = {
  period: seconds(10),
  faults,
  create(facility: SimulatedFacility<PumpRated>, random: () => number) {
    const pump: Pump = {
      rated: facility.rated,
      isDrainage: facility.rated.drainage === 1,
      commanded: false,
      running: false,
      level: 1.2 + random(),
      pressure: facility.rated['outlet-pressure'],
      winding: 30,
      bearing: 25,
      starts: [],
      runHours: Math.floor(20_000 * random()),
      frozenFlow: 0,
      frozenLevel: 1.5,
    }
    return (world) => step(pump, world)
  },
}
