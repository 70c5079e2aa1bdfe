import { days, minutes } from '../../telemetry/duration.ts'
import { type PointValue, text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, isLightingDue, localHour, noise, round } from '../physics.ts'
import { type Phase, perItem, phases } from '../writing.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits } from './points.ts'

const learning = days(4)

export const faults = {
  'circuit-lost': {
    title: text('Cable of circuit 1 stolen', '1 号回路电缆被盗'),
    raises: ['open-circuit-1', 'power-deviation', 'unbalance'],
  },
  'breaker-tripped': {
    title: text('Breaker of circuit 2 trips', '2 号回路跳闸'),
    raises: ['breaker-tripped-2', 'power-deviation', 'unbalance'],
  },
  'contactor-welded': {
    title: text('Contactor of circuit 3 welded', '3 号回路接触器粘连'),
    raises: ['contactor-stuck-3', 'day-burner', 'strong-unbalance', 'unbalance'],
  },
  'contactor-dead': {
    title: text('Contactor of circuit 3 does not close', '3 号回路接触器拒合'),
    raises: ['contactor-stuck-3', 'power-deviation', 'unbalance', 'strong-unbalance'],
  },
  'unexpected-load': {
    title: text('Circuit 4 fed from elsewhere', '4 号回路外部反送电'),
    raises: ['unexpected-load-4', 'day-burner', 'strong-unbalance', 'unbalance', 'power-deviation'],
  },
  leakage: { title: text('Circuit 1 leaks', '1 号回路漏电'), raises: ['leakage-1', 'leakage-rising-1'] },
  'lamps-out': { title: text('Some lamps out on every circuit', '各回路部分灯具熄灭'), raises: ['power-deviation'], learning },
  'day-burner': { title: text('Lit by day', '白天亮灯'), raises: ['day-burner', 'local-override'], learning },
  'phase-loss': {
    title: text('Phase B lost', 'B 相缺相'),
    raises: ['phase-loss-b', 'open-circuit-2', 'open-circuit-5', 'open-circuit-8', 'unbalance', 'strong-unbalance', 'power-deviation'],
  },
  'over-voltage': { title: text('Mains voltage high', '电网电压高'), raises: perPhase('voltage-high-') },
  'under-voltage': { title: text('Mains voltage low', '电网电压低'), raises: perPhase('voltage-low-') },
  'low-power-factor': { title: text('Capacitors failed', '补偿电容失效'), raises: ['low-power-factor'] },
  'frequency-low': { title: text('Grid disturbed', '电网扰动'), raises: ['frequency'] },
  'door-open': { title: text('Door open', '柜门打开'), raises: ['door-open'] },
  water: { title: text('Flooded', '进水'), raises: ['water'] },
  fire: { title: text('Joint burns', '接头起火'), raises: ['smoke', 'overheated', 'heating-fast'] },
  'local-override': { title: text('Left in manual', '未恢复自动'), raises: ['local-override', 'day-burner'] },
  'battery-weak': { title: text('Battery old', '蓄电池老化'), raises: ['battery-low'] },
  'battery-overcharged': { title: text('Charger fails', '充电器失控'), raises: ['battery-high'] },
  'clock-wrong': { title: text('Clock wrong', '时钟错误'), raises: ['clock-wrong'] },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'] },
  'stuck-voltage': { title: text('Meter hangs', '电表死机'), raises: ['voltage-stuck'] },
  'impossible-temperature': { title: text('Temperature reading impossible', '温度读数不可能'), raises: ['sensor-fault'] },
} as const satisfies Record<string, SimulatedFault>

function perPhase<B extends string>(rule: B): [`${B}a`, `${B}b`, `${B}c`] {
  return [`${rule}a`, `${rule}b`, `${rule}c`]
}

type FaultSize = (name: keyof typeof faults) => number

interface Cabinet {
  isOn: boolean
  energy: number
  temperature: number
  drift: number
  warmth: number
  frozenVoltage: number
  inUse: number
  circuitCurrent: number
}

const phaseOf = (n: Circuit): Phase => phases[(n - 1) % phases.length] as Phase

/** The dimming programme: share of full power at a local hour. */
function programme(hour: number): number {
  if (hour >= 23 || hour < 1) return 0.85
  return hour >= 1 && hour < 5 ? 0.75 : 1
}

function voltages(cabinet: Cabinet, world: SimulatedWorld, fault: FaultSize) {
  const mains = 227 - 4 * world.demand + 25 * fault('over-voltage') - 40 * fault('under-voltage')
  const volts = perItem('voltage-', phases, '', () => round(mains + noise(world.random, 1.2), 1))
  if (fault('phase-loss') > 0) volts['voltage-b'] = round(20 + noise(world.random, 3), 1)
  if (fault('stuck-voltage') > 0) volts['voltage-a'] = cabinet.frozenVoltage
  cabinet.frozenVoltage = volts['voltage-a']
  return volts
}

interface CircuitState {
  command: boolean
  contactor: boolean
  tripped: boolean
  current: number
  leakage: number
}

function circuitState(n: Circuit, cabinet: Cabinet, world: SimulatedWorld, dim: number, fault: FaultSize): CircuitState {
  const command = cabinet.isOn
  let contactor = command
  if (n === 3 && fault('contactor-welded') > 0) contactor = true
  if (n === 3 && fault('contactor-dead') > 0) contactor = false
  const tripped = n === 2 && fault('breaker-tripped') > 0
  const isFed = contactor && !tripped && !(phaseOf(n) === 'b' && fault('phase-loss') > 0) && !(n === 1 && fault('circuit-lost') > 0)
  const out = 1 - 0.15 * fault('lamps-out')
  const sharing = Math.ceil((cabinet.inUse - phases.indexOf(phaseOf(n))) / phases.length)
  // Whoever planned the cabinet spread its lamps evenly over the phases.
  const planned = (cabinet.circuitCurrent * cabinet.inUse) / phases.length / sharing
  // Cold drivers draw less for the first minutes.
  const lit = isFed ? planned * dim * out * (0.6 + 0.4 * cabinet.warmth) * (1 + noise(world.random, 0.005)) : 0
  const foreign = n === 4 ? 4 * fault('unexpected-load') : 0
  const leaking = n === 1 ? 500 * fault('leakage') : 0
  return { command, contactor, tripped, current: lit + foreign, leakage: (isFed ? 15 : 2) + 5 * world.random() + leaking }
}

function circuitValues(states: readonly CircuitState[]) {
  const of =
    <V extends PointValue>(pick: (circuit: CircuitState) => V) =>
    (n: Circuit): V | null => {
      const circuit = states[n - 1]
      return circuit ? pick(circuit) : null
    }
  return {
    ...perItem(
      'circuit-',
      circuits,
      '-current',
      of((circuit) => round(circuit.current, 2)),
    ),
    ...perItem(
      'circuit-',
      circuits,
      '-command',
      of((circuit) => circuit.command),
    ),
    ...perItem(
      'circuit-',
      circuits,
      '-contactor',
      of((circuit) => circuit.contactor),
    ),
    ...perItem(
      'circuit-',
      circuits,
      '-tripped',
      of((circuit) => circuit.tripped),
    ),
    ...perItem(
      'circuit-',
      circuits,
      '-leakage',
      of((circuit) => Math.round(circuit.leakage)),
    ),
  }
}

function electricity(cabinet: Cabinet, world: SimulatedWorld, states: readonly CircuitState[], fault: FaultSize) {
  const volts = voltages(cabinet, world, fault)
  const amps = { a: 0, b: 0, c: 0 }
  for (const [i, circuit] of states.entries()) amps[phaseOf((i + 1) as Circuit)] += circuit.current
  const factor = round(0.96 + noise(world.random, 0.005) - 0.15 * fault('low-power-factor'), 3)
  const apparent = amps.a * volts['voltage-a'] + amps.b * volts['voltage-b'] + amps.c * volts['voltage-c']
  // The cabinet's own electronics draw some watts.
  const power = apparent * factor + 12
  cabinet.energy += (power / 1000) * (world.elapsed / 3_600_000)
  const mean = (amps.a + amps.b + amps.c) / 3
  const spread = Math.hypot(amps.a - mean, amps.b - mean, amps.c - mean)
  return {
    ...volts,
    ...perItem('current-', phases, '', (p) => round(amps[p], 1)),
    'neutral-current': round(spread, 1),
    'active-power': Math.round(power),
    'reactive-power': Math.round(apparent * Math.sqrt(1 - factor * factor)),
    'power-factor': factor,
    energy: round(cabinet.energy, 2),
    frequency: round(50 + noise(world.random, 0.05) - 0.8 * fault('frequency-low'), 2),
  }
}

function inside(cabinet: Cabinet, world: SimulatedWorld, fault: FaultSize) {
  const steady = world.temperature + 4 + (cabinet.isOn ? 6 : 0) + 60 * fault('fire')
  cabinet.temperature = approach(cabinet.temperature, steady, world.elapsed, minutes(12))
  const temperature = fault('impossible-temperature') > 0 ? 746 : cabinet.temperature + noise(world.random, 0.2)
  const isManual = fault('local-override') > 0 || fault('day-burner') > 0
  return {
    door: fault('door-open') > 0,
    water: fault('water') > 0,
    smoke: fault('fire') > 0,
    temperature: round(temperature, 1),
    mode: isManual ? 'manual' : 'auto',
    battery: round(13.3 + noise(world.random, 0.1) - 2.5 * fault('battery-weak') + 0.9 * fault('battery-overcharged'), 2),
    'clock-drift': Math.round(cabinet.drift + noise(world.random, 2) + 600 * fault('clock-wrong')),
  }
}

function step(cabinet: Cabinet, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  cabinet.isOn = isLightingDue(cabinet.isOn, world.daylight)
  const isLit = cabinet.isOn || fault('day-burner') > 0
  cabinet.warmth = isLit ? approach(cabinet.warmth, 1, world.elapsed, minutes(2)) : 0
  const shown = { ...cabinet, isOn: isLit }
  const dim = programme(localHour(world.at))
  const states = circuits.slice(0, cabinet.inUse).map((n) => circuitState(n, shown, world, dim, fault))
  const electric = electricity(cabinet, world, states, fault)
  const climate = inside(cabinet, world, fault)
  if (fault('communication-loss') > 0) return null
  return { ...electric, ...circuitValues(states), ...climate }
}

export const simulation: Simulation<CabinetPoint, CabinetRated> = {
  period: minutes(1),
  faults,
  create(facility: SimulatedFacility<CabinetRated>, random: () => number) {
    const cabinet: Cabinet = {
      isOn: false,
      energy: Math.floor(1e5 * random()),
      temperature: 20,
      drift: 4 * random() - 2,
      warmth: 1,
      frozenVoltage: 225,
      inUse: facility.rated.circuits,
      circuitCurrent: facility.rated['circuit-current'],
    }
    return (world) => step(cabinet, world)
  },
}
