import { seconds } from '../../telemetry/duration.ts'
import type { SimulatedFacility, SimulatedGrid, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { type FaultSize, faults } from './faults.ts'
import type { PumpPoint, PumpRated } from './points.ts'
import { createNetwork, stepSupply } from './simulated-network.ts'
import { createPump } from './simulated-pump.ts'
import { createWell, stepDrainage } from './simulated-well.ts'

/** What a station of the other variant measures is left out of its reports. */
const noWell = { 'discharge-pressure': null, 'wet-well-level': null, rain: null, h2s: null, o2: null, 'screen-head': null } as const
const noNetwork = {
  'inlet-pressure': null,
  'outlet-pressure': null,
  'pressure-setpoint': null,
  'network-pressure': null,
  'pressure-pass-rate': null,
  chlorine: null,
  turbidity: null,
  ph: null,
} as const

const isRemote = ({ ordered }: SimulatedWorld) => ['mode', 'run', 'speed'].some((channel) => ordered?.(channel) !== undefined)

export const simulation: Simulation<PumpPoint, PumpRated> = {
  period: seconds(10),
  faults,
  create({ rated }: SimulatedFacility<PumpRated>, random: () => number, grid: SimulatedGrid) {
    const pump = createPump(rated, rated.drainage === 0, random)
    const network = createNetwork(rated['outlet-pressure'])
    const well = createWell(random)
    return (world) => {
      if (grid.supply(world.at)?.isOn === false) return null
      const fault: FaultSize = (name) => world.fault(name)
      // Nobody measures the river.
      const values =
        rated.drainage === 1
          ? { ...stepDrainage(pump, well, world, fault), ...noNetwork }
          : { ...stepSupply(pump, network, world, fault), ...noWell }
      return fault('communication-loss') > 0 ? null : { ...values, 'discharge-level': null, mode: isRemote(world) ? 'remote' : 'auto' }
    }
  },
}
