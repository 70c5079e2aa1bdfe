import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, localHour, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import { type FenceGas, type Machine, machines, type WastePoint, type WasteRated } from './points.ts'
import { createRounds, type Rounds, runRounds } from './simulated-rounds.ts'

/** What follows when waste is not cleared at the pace at which it comes. */
const heapsUp = ['shortfall', 'not-cleared', 'pit-filling', 'pit-full'] as const

export const faults = {
  'slow-clearing': { title: text('Clearing at a third of its pace', '处理速度降至三成'), raises: heapsUp, within: hours(13) },
  'crane-failure': { title: text('Crane stands', '抓斗起重机停机'), raises: ['crane-not-following', ...heapsUp], within: hours(7) },
  'conveyor-failure': { title: text('Conveyor stands', '输送机停机'), raises: ['conveyor-not-following', ...heapsUp], within: hours(7) },
  'diverted-lorries': {
    title: text('Lorries of other plants come here', '其他站点车辆改道来此'),
    raises: ['pit-full', 'pit-filling', 'shortfall', 'not-cleared'],
    within: hours(14),
  },
  'leachate-pump-failure': {
    title: text('Leachate pump stands', '渗滤液泵停机'),
    raises: ['leachate-pump-not-following', 'leachate-high', 'leachate-full'],
    // It is missed when the tank has risen by the band the pump works in, at the slowest rate of a pit with nothing but its heel.
    within: hours(17),
  },
  'yard-drain-blocked': {
    title: text('Water of the yard runs into the pit', '场地积水灌入渗滤液池'),
    raises: ['leachate-full', 'leachate-high'],
    within: hours(2),
  },
  'fan-failure': { title: text('Exhaust fan 1 stands', '1 号排风机停机'), raises: ['fan-1-not-following'], within: minutes(5) },
  'door-open': {
    title: text('Hall door left open', '卸料厅大门未关'),
    raises: ['hall-pressure-lost', 'h2s-high', 'nh3-high'],
    within: minutes(15),
  },
  'biofilter-exhausted': { title: text('Biofilter used up', '生物滤池失效'), raises: ['h2s-high'], within: hours(1) },
  'scrubber-failed': { title: text('Scrubber without acid', '洗涤塔断酸'), raises: ['nh3-high'], within: hours(1) },
  fire: { title: text('Fire in the pit', '料坑起火'), raises: ['flame', 'pit-hot', 'pit-warm'], within: minutes(30) },
  'hot-waste': { title: text('Waste heats itself', '垃圾自热'), raises: ['pit-warm'], within: hours(1.5) },
  'round-late': { title: text('Disinfection crew late', '消杀班组迟到'), raises: ['round-late'], within: hours(9) },
  'round-missed': { title: text('No disinfection round', '消杀漏做'), raises: ['round-missed', 'round-late'], within: hours(11) },
  'round-too-light': { title: text('Sprayer blocked', '喷洒装置堵塞'), raises: ['round-too-light'], within: hours(9) },
  'nh3-frozen': { title: text('Ammonia analyser hangs', '氨监测仪死机'), raises: ['nh3-stuck'], within: hours(6) + minutes(5) },
  'h2s-dead': {
    title: text('Hydrogen sulphide analyser without signal', '硫化氢监测仪无信号'),
    raises: ['h2s-lost'],
    within: hours(1) + minutes(5),
  },
  'impossible-temperature': {
    title: text('Pit temperature impossible', '料坑温度读数不可能'),
    raises: ['sensor-fault'],
    within: minutes(5),
  },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'], within: minutes(17) },
} as const satisfies Record<string, SimulatedFault>

export type FaultSize = (name: keyof typeof faults) => number

interface Plant {
  rated: Readonly<Record<WasteRated, number>>
  day: number
  received: number
  cleared: number
  planned: number
  /** Tonnes on the road: a lorry comes when they make up its load. */
  coming: number
  inRate: number
  clearingRate: number
  /** Tonnes in the pit. */
  pit: number
  pitTemperature: number
  leachate: number
  isPumping: boolean
  pressure: number
  gas: Record<FenceGas, number>
  rounds: Rounds
}

const OPENS = 5
const CLOSES = 23

/** Tonnes of a waste collection lorry. */
const LORRY = 8

/** Waste that stays in the pit because the grab does not reach it, share of its capacity. */
const HEEL = 0.12

/** Share of a day's waste that comes in the hour around `hour`: the rounds of morning and evening, and some all day. */
function arriving(hour: number): number {
  const peak = (middle: number) => Math.exp(-(((hour - middle) / 1.5) ** 2))
  return hour < 6 || hour > 21 ? 0 : (peak(8) + 0.7 * peak(18.5) + 0.25) / 8.2
}

function newDay(plant: Plant, world: SimulatedWorld): void {
  const day = Math.floor((world.at + hours(8)) / hours(24))
  if (day === plant.day) return
  const isFirst = Number.isNaN(plant.day)
  plant.day = day
  plant.received = 0
  // A plant that is first seen in the middle of a day has had its morning.
  for (let hour = 0; isFirst && hour < localHour(world.at); hour += 0.1) plant.received += 0.1 * plant.planned * arriving(hour)
  plant.cleared = plant.received
  plant.rounds.done = 0
  plant.planned = Math.round(plant.rated['daily-intake'] * (1 + noise(world.random, 0.06)))
}

function receive(plant: Plant, world: SimulatedWorld, fault: FaultSize): void {
  const due = plant.planned * arriving(localHour(world.at)) * (1 + 3 * fault('diverted-lorries'))
  plant.coming += due * (world.elapsed / hours(1))
  let received = 0
  while (plant.coming > LORRY) {
    const load = LORRY * (0.8 + 0.4 * world.random())
    plant.coming -= load
    received += load
  }
  plant.received += received
  plant.pit += received
  if (world.elapsed > 0) plant.inRate = approach(plant.inRate, received / (world.elapsed / hours(1)), world.elapsed, minutes(30))
}

/** The crane feeds what lies in the pit to the conveyor; without either nothing moves. */
function clear(plant: Plant, world: SimulatedWorld, fault: FaultSize, isOpen: boolean): void {
  const runs = isOpen && fault('crane-failure') === 0 && fault('conveyor-failure') === 0
  const pace = runs ? plant.rated['clearing-capacity'] * (1 - 0.7 * fault('slow-clearing')) * (1 + noise(world.random, 0.1)) : 0
  const reach = Math.max(0, plant.pit - HEEL * plant.rated['pit-capacity'])
  const cleared = Math.min(reach, pace * (world.elapsed / hours(1)))
  plant.cleared += cleared
  plant.pit -= cleared
  if (world.elapsed > 0) plant.clearingRate = approach(plant.clearingRate, cleared / (world.elapsed / hours(1)), world.elapsed, minutes(15))
}

const PUMP_ON = 50
const PUMP_OFF = 40

/** Waste drips, rain runs in from the yard; the pump works between two levels. Rates in % of the tank an hour. */
function runLeachate(plant: Plant, world: SimulatedWorld, fault: FaultSize): void {
  if (plant.leachate > PUMP_ON) plant.isPumping = true
  else if (plant.leachate < PUMP_OFF) plant.isPumping = false
  const drips = 0.5 + (1.5 * plant.pit) / plant.rated['pit-capacity']
  const rate = drips + 0.25 * Math.min(world.rain, 30) + 70 * fault('yard-drain-blocked')
  const pumped = plant.isPumping && fault('leachate-pump-failure') === 0 ? 11 : 0
  plant.leachate = clamp(plant.leachate + (rate - pumped) * (world.elapsed / hours(1)), 5, 100)
}

/** Heat drives gas out of the waste; suction keeps it in the hall. */
function runGas(plant: Plant, world: SimulatedWorld, fault: FaultSize): void {
  const fans = 1 - 0.5 * fault('fan-failure')
  const isDoorOpen = fault('door-open') > 0
  plant.pressure = approach(plant.pressure, isDoorOpen ? -0.5 : -18 * fans, world.elapsed, minutes(2))
  const warmth = Math.max(0, world.temperature - 5) / 30
  const escaping = (1.4 - 0.4 * fans) * (isDoorOpen ? 5 : 1)
  const nh3 = (0.15 + 0.45 * warmth) * escaping + 1.8 * fault('scrubber-failed') + (isDoorOpen ? 1.2 : 0)
  const h2s = (0.006 + 0.018 * warmth) * escaping + 0.09 * fault('biofilter-exhausted') + (isDoorOpen ? 0.04 : 0)
  plant.gas.nh3 = approach(plant.gas.nh3, nh3, world.elapsed, minutes(15))
  plant.gas.h2s = approach(plant.gas.h2s, h2s, world.elapsed, minutes(15))
}

function pitTemperature(plant: Plant, world: SimulatedWorld, fault: FaultSize): number {
  const burning = fault('fire') > 0
  const usual = 30 + 0.4 * world.temperature
  const steady = usual + Math.max(0, 74 - usual) * fault('hot-waste') + (burning ? 220 : 0)
  plant.pitTemperature = approach(plant.pitTemperature, steady, world.elapsed, burning ? minutes(20) : minutes(30))
  return fault('impossible-temperature') > 0 ? 746 : round(plant.pitTemperature + noise(world.random, 1), 1)
}

/** Above this the waste burns with open flames, degC. */
const FLAMES = 100

function gasValues(plant: Plant, world: SimulatedWorld, fault: FaultSize, frozen: { nh3: number }) {
  if (fault('nh3-frozen') === 0) frozen.nh3 = round(Math.max(0, plant.gas.nh3 + noise(world.random, 0.04)), 5)
  const h2s = round(Math.max(0, plant.gas.h2s + noise(world.random, 0.002)), 6)
  return { nh3: frozen.nh3, h2s: fault('h2s-dead') > 0 ? null : h2s, 'pit-pressure': round(plant.pressure + noise(world.random, 1), 1) }
}

function machineValues(plant: Plant, fault: FaultSize, isOpen: boolean) {
  const commands: Record<Machine, boolean> = {
    crane: isOpen,
    conveyor: isOpen,
    'leachate-pump': plant.isPumping,
    'fan-1': true,
    'fan-2': true,
  }
  const failures: Partial<Record<Machine, number>> = {
    crane: fault('crane-failure'),
    conveyor: fault('conveyor-failure'),
    'leachate-pump': fault('leachate-pump-failure'),
    'fan-1': fault('fan-failure'),
  }
  return {
    ...perItem('', machines, '-command', (m) => commands[m]),
    ...perItem('', machines, '', (m) => commands[m] && (failures[m] ?? 0) === 0),
  }
}

function step(plant: Plant, world: SimulatedWorld, frozen: { nh3: number }) {
  const fault: FaultSize = (name) => world.fault(name)
  const hour = localHour(world.at)
  const isOpen = hour >= OPENS && hour < CLOSES
  newDay(plant, world)
  receive(plant, world, fault)
  clear(plant, world, fault, isOpen)
  runLeachate(plant, world, fault)
  runGas(plant, world, fault)
  const temperature = pitTemperature(plant, world, fault)
  const rounds = runRounds(plant.rounds, plant.rated['round-litres'], world, fault)
  if (fault('communication-loss') > 0) return null
  return {
    'weighbridge-in-today': round(plant.received, 2),
    'weighbridge-in-rate': round(plant.inRate, 1),
    // A fifth of what is cleared leaves over the weighbridge: ash, metals and what is recycled.
    'weighbridge-out-today': round(0.2 * plant.cleared, 2),
    'weighbridge-out-rate': round(0.2 * plant.clearingRate, 1),
    'planned-today': plant.planned,
    'cleared-today': round(plant.cleared, 2),
    'clearing-rate': round(plant.clearingRate, 1),
    'minutes-to-closing': isOpen ? Math.ceil((CLOSES - hour) * 60) : 0,
    'pit-fill': round(clamp((100 * plant.pit) / plant.rated['pit-capacity'], 0, 105), 1),
    'pit-temperature': temperature,
    flame: plant.pitTemperature > FLAMES,
    'leachate-level': round(clamp(plant.leachate + noise(world.random, 0.3), 0, 100), 1),
    ...gasValues(plant, world, fault, frozen),
    ...machineValues(plant, fault, isOpen),
    ...rounds,
  }
}

export const simulation: Simulation<WastePoint, WasteRated> = {
  period: minutes(2),
  faults,
  create(facility: SimulatedFacility<WasteRated>, random: () => number) {
    const plant: Plant = {
      rated: facility.rated,
      day: Number.NaN,
      received: 0,
      cleared: 0,
      planned: facility.rated['daily-intake'],
      coming: 0,
      inRate: 0,
      clearingRate: 0,
      pit: HEEL * facility.rated['pit-capacity'],
      pitTemperature: 35,
      leachate: PUMP_OFF + (PUMP_ON - PUMP_OFF) * random(),
      isPumping: false,
      pressure: -18,
      gas: { nh3: 0.3, h2s: 0.012 },
      rounds: createRounds(facility.rated['round-litres']),
    }
    const frozen = { nh3: 0.3 }
    return (world) => step(plant, world, frozen)
  },
}
