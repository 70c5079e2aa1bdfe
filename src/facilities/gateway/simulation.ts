import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFacility, SimulatedFault, SimulatedGrid, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { GatewayPoint, GatewayRated } from './points.ts'

export const faults = {
  'communication-loss': { title: text('No backhaul', '回传中断'), raises: ['communication-loss'], within: minutes(16) },
  'radio-failed': { title: text('Radio module dead', '无线模块损坏'), raises: ['radio-failed'], within: minutes(6) },
  'on-battery': { title: text('Supply cut', '供电中断'), raises: ['on-battery', 'battery-low'], within: minutes(7) },
  'battery-worn': { title: text('Battery worn', '电池老化'), raises: ['battery-low'], within: minutes(6) },
  'weak-backhaul': { title: text('Antenna covered', '天线被遮挡'), raises: ['weak-backhaul', 'backlog-grows'], within: minutes(21) },
  'backlog-grows': { title: text('Backhaul too slow', '回传带宽不足'), raises: ['backlog-grows'], within: hours(1) },
  overheated: { title: text('Box in the sun', '箱体暴晒'), raises: ['overheated', 'restarting'], within: hours(2) },
  restarting: { title: text('Supply unstable', '供电不稳'), raises: ['restarting'], within: minutes(70) },
  'impossible-temperature': {
    title: text('Temperature reading impossible', '温度读数不可能'),
    raises: ['sensor-fault'],
    within: minutes(6),
  },
} as const satisfies Record<string, SimulatedFault>

interface State {
  startedAt: number
  restarts: number
  backlog: number
  temperature: number
  charge: number
  signal: number
}

/** How long a full battery carries it. */
const BATTERY_LASTS = hours(8)
const CHARGING_TAKES = hours(5)
/** Reports of the lamps that come in per minute and device. */
const REPORTS_PER_MINUTE = 0.2

function charge(state: State, isFed: boolean, elapsed: number, worn: number): number {
  const change = isFed ? elapsed / CHARGING_TAKES : -elapsed / BATTERY_LASTS
  state.charge = clamp(state.charge + 100 * change, 0, 100 - 88 * worn)
  return state.charge
}

function wait(state: State, devices: number, elapsed: number, share: number): number {
  const arriving = devices * REPORTS_PER_MINUTE * (elapsed / minutes(1))
  state.backlog = share > 0 ? state.backlog + 20 * arriving * share : Math.max(0, state.backlog - 30 * arriving)
  return Math.round(state.backlog)
}

function restart(state: State, world: SimulatedWorld): void {
  if (state.startedAt > world.at) state.startedAt = world.at - hours(100 + 2000 * world.random())
  if (world.fault('restarting') === 0 || world.elapsed === 0) return
  state.startedAt = world.at
  state.restarts++
}

export const simulation: Simulation<GatewayPoint, GatewayRated> = {
  period: minutes(5),
  faults,
  create(facility: SimulatedFacility<GatewayRated>, random: () => number, grid: SimulatedGrid) {
    const state: State = {
      startedAt: Number.POSITIVE_INFINITY,
      restarts: Math.floor(40 * random()),
      backlog: 0,
      temperature: 20,
      charge: 100,
      signal: -90 + 25 * random(),
    }
    const { devices } = facility.rated
    grid.relays((_at, { fault }) => fault('radio-failed') === 0)
    return (world) => {
      const isFed = world.fault('on-battery') === 0 && (grid.supply(world.at)?.isOn ?? true)
      const battery = charge(state, isFed, world.elapsed, world.fault('battery-worn'))
      restart(state, world)
      const steady = world.temperature + 12 + 6 * world.daylight + 70 * world.fault('overheated')
      state.temperature = approach(state.temperature, steady, world.elapsed, minutes(25))
      const backlog = wait(state, devices, world.elapsed, Math.max(world.fault('backlog-grows'), 0.3 * world.fault('weak-backhaul')))
      if (world.fault('communication-loss') > 0 || (!isFed && battery === 0)) return null
      const hasRadio = world.fault('radio-failed') === 0
      return {
        uptime: round((world.at - state.startedAt) / hours(1), 1),
        restarts: state.restarts,
        devices: hasRadio ? devices : 0,
        backlog,
        signal: clamp(Math.round(state.signal + noise(world.random, 3) - 45 * world.fault('weak-backhaul')), -139, 0),
        radio: hasRadio,
        temperature: world.fault('impossible-temperature') > 0 ? 746 : round(state.temperature + noise(world.random, 0.3), 1),
        'on-battery': !isFed,
        battery: Math.round(battery),
      }
    }
  },
}
