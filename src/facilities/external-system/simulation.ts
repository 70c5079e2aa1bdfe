import { minutes, seconds } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault, SimulatedValues, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { round } from '../physics.ts'
import type { ExternalPoint, ExternalRated } from './points.ts'

/** Between two heartbeats of a healthy system, min. */
const HEARTBEAT = 5

const faults = {
  dead: { title: text('Monitoring system stopped', '监控系统停止'), raises: ['heartbeat-missing'], within: minutes(12) },
  outage: { title: text('More alerts than are shown', '告警过多'), raises: ['too-many-alerts'], within: minutes(2) },
} as const satisfies Record<string, SimulatedFault>

interface State {
  /** Since the last heartbeat and the last notification, min. */
  heartbeat: number
  heard: number
}

function step(state: State, world: SimulatedWorld): SimulatedValues<ExternalPoint> {
  const passed = world.elapsed / minutes(1)
  state.heartbeat += passed
  state.heard += passed
  if (world.fault('dead') === 0 && state.heartbeat >= HEARTBEAT) Object.assign(state, { heartbeat: 0, heard: 0 })
  const outage = world.fault('outage')
  return {
    alerts: outage > 0 ? 100 : Math.floor(3 * world.random()),
    'alerts-left-out': Math.ceil(40 * outage),
    'heard-age': round(state.heard, 1),
    'heartbeat-expected': true,
    'heartbeat-age': round(state.heartbeat, 1),
  }
}

export const simulation: Simulation<ExternalPoint, ExternalRated> = {
  period: seconds(30),
  faults,
  create() {
    const state: State = { heartbeat: 0, heard: 0 }
    return (world) => step(state, world)
  },
}
