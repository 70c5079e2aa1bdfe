import { seconds } from '../../telemetry/duration.ts'
import type { SimulatedFacility, SimulatedGrid, Simulation } from '../facility-kind.ts'
import { type FaultSize, faults } from './faults.ts'
import type { GasPoint, GasRated } from './points.ts'
import { createLine, stepLine } from './simulated-line.ts'
import { createRoom, stepRoom } from './simulated-room.ts'
import { createTank, stepTank } from './simulated-tank.ts'

const noTank = { 'tank-level': null, 'tank-pressure': null, inventory: null } as const

export const simulation: Simulation<GasPoint, GasRated> = {
  period: seconds(5),
  faults,
  create({ rated }: SimulatedFacility<GasRated>, random: () => number, grid: SimulatedGrid) {
    const room = createRoom()
    const line = createLine(rated)
    const tank = rated.tank === 1 ? createTank(rated, random) : undefined
    return (world) => {
      const fault: FaultSize = (name) => world.fault(name)
      const values = {
        ...stepRoom(room, world, fault),
        ...stepLine(line, world, fault),
        ...(tank ? stepTank(tank, line.flow, world, fault) : noTank),
        'on-battery': fault('mains-lost') > 0 || grid.supply(world.at)?.isOn === false,
        door: fault('door-open') > 0,
        flame: fault('flame') > 0,
        'expected-use': null,
      }
      return fault('communication-loss') > 0 ? null : values
    }
  },
}
