import { hours, minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import type { FaultSize, SewageFault } from './faults.ts'
import { blowers, type Machine, machines, type SewageRated } from './points.ts'
import { type Basin, BLOWER } from './simulated-basin.ts'
import type { Inlet } from './simulated-inlet.ts'

type Rated = Readonly<Record<SewageRated, number>>

/** What the machines of a plant are told and do; `load` is a share of what each can do. */
export interface Machines {
  command: Record<Machine, boolean>
  running: Record<Machine, boolean>
  load: Record<Machine, number>
  bearing: Record<Machine, number>
  /** How far the diffusers have fouled, 0 to 1. */
  fouling: number
}

export const createMachines = (): Machines => ({
  command: perItem('', machines, '', () => false),
  running: perItem('', machines, '', () => false),
  load: perItem('', machines, '', () => 0),
  bearing: perItem('', machines, '', () => 35),
  fouling: 0,
})

/** Faults of the first machine of each sort. */
const trips: Partial<Record<Machine, SewageFault>> = { 'blower-1': 'blower-trip', 'lift-pump-1': 'lift-pump-trip' }
const drags: Partial<Record<Machine, SewageFault>> = { 'blower-1': 'blower-overload', 'lift-pump-1': 'lift-pump-blocked' }
const worn: Partial<Record<Machine, SewageFault>> = { 'blower-1': 'blower-bearing-worn' }
const unbalanced: Partial<Record<Machine, SewageFault>> = { 'blower-1': 'blower-unbalanced' }

export function runMachines(state: Machines, inlet: Inlet, basin: Basin, world: SimulatedWorld, fault: FaultSize): void {
  const size = (of: Partial<Record<Machine, SewageFault>>, m: Machine) => (of[m] ? fault(of[m]) : 0)
  state.fouling = approach(state.fouling, fault('diffusers-fouling'), world.elapsed, hours(2))
  const isStopped = fault('aeration-stopped') > 0
  const wanted: Record<Machine, boolean> = {
    'blower-1': !isStopped,
    'blower-2': !isStopped && basin.isSecondNeeded,
    'lift-pump-1': inlet.isFirstNeeded,
    'lift-pump-2': inlet.isSecondNeeded,
  }
  const air = Math.min(1, basin.air / (basin.isSecondNeeded ? 2 * BLOWER : BLOWER))
  const water = Math.min(1, inlet.lifted / (inlet.isSecondNeeded ? 1.35 : 0.675))
  for (const m of machines) {
    state.command[m] = wanted[m]
    state.running[m] = wanted[m] && size(trips, m) === 0
    state.load[m] = m.startsWith('blower') ? air : water
    const warm = world.temperature + (state.running[m] ? 22 + 8 * state.load[m] : 3) + 75 * size(worn, m)
    state.bearing[m] = approach(state.bearing[m], warm, world.elapsed, minutes(25))
  }
}

function current(state: Machines, m: Machine, rated: Rated, random: () => number, fault: FaultSize): number {
  if (!state.running[m]) return 0
  const full = rated[m.startsWith('blower') ? 'blower-current' : 'lift-pump-current']
  const isDry = m === 'lift-pump-1' && fault('lift-pump-dry') > 0
  const drag = drags[m] ? 0.7 * fault(drags[m]) : 0
  return full * (isDry ? 0.33 : 0.62 + 0.33 * state.load[m] + drag) * (1 + noise(random, 0.015))
}

function vibration(state: Machines, m: Machine, random: () => number, fault: FaultSize): number {
  if (!state.running[m]) return 0.05
  const shaking = (worn[m] ? 6.5 * fault(worn[m]) : 0) + (unbalanced[m] ? 4 * fault(unbalanced[m]) : 0)
  return 1.5 + noise(random, 0.3) + shaking
}

export function machineValues(state: Machines, rated: Rated, world: SimulatedWorld, fault: FaultSize) {
  const { random } = world
  const main = 1 + 0.35 * fault('diffusers-clogged') + 0.1 * state.fouling - 0.5 * fault('air-main-broken')
  return {
    ...perItem('', machines, '-command', (m) => state.command[m]),
    ...perItem('', machines, '', (m) => state.running[m]),
    ...perItem('', machines, '-current', (m) => round(current(state, m, rated, random, fault), 1)),
    ...perItem('', machines, '-vibration', (m) => round(vibration(state, m, random, fault), 2)),
    ...perItem('', machines, '-bearing-temperature', (m) => round(state.bearing[m] + noise(random, 0.4), 1)),
    // The pressure is that of the water above the diffusers and what the pipes lose.
    ...perItem('', blowers, '-pressure', (m) =>
      state.running[m] ? round(rated['blower-pressure'] * (0.92 + 0.06 * state.load[m]) * main * (1 + noise(random, 0.01)), 1) : 0,
    ),
  }
}
