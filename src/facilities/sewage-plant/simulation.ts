import { minutes } from '../../telemetry/duration.ts'
import type { SimulatedFacility, SimulatedWorld, Simulation } from '../facility-kind.ts'
import { type FaultSize, faults } from './faults.ts'
import { laboratory, type SewagePoint, type SewageRated } from './points.ts'
import { type Basin, basinValues, createBasin, runBasin } from './simulated-basin.ts'
import { createEffluent, type Effluent, effluentValues, runEffluent } from './simulated-effluent.ts'
import { createInlet, type Inlet, inletValues, runInlet } from './simulated-inlet.ts'
import { createMachines, type Machines, machineValues, runMachines } from './simulated-machines.ts'
import { createStocks, runStocks, type Stocks, stockValues } from './simulated-stocks.ts'

/** What people enter is no device's to report. */
const unentered = Object.fromEntries(Object.keys(laboratory).map((point) => [point, null])) as Record<keyof typeof laboratory, null>

interface Plant {
  rated: Readonly<Record<SewageRated, number>>
  inlet: Inlet
  basin: Basin
  effluent: Effluent
  stocks: Stocks
  machines: Machines
}

function step({ rated, inlet, basin, effluent, stocks, machines }: Plant, world: SimulatedWorld) {
  const fault: FaultSize = (name) => world.fault(name)
  runInlet(inlet, rated, world, fault)
  runBasin(basin, inlet, world, fault)
  runEffluent(effluent, inlet, basin, rated, world, fault)
  runStocks(stocks, rated, inlet, world, fault)
  runMachines(machines, inlet, basin, world, fault)
  const values = {
    ...inletValues(inlet, rated, world, fault),
    ...basinValues(basin, world, fault),
    ...effluentValues(effluent, rated, world, fault),
    ...stockValues(stocks, rated, inlet, world),
    ...machineValues(machines, rated, world, fault),
    ...unentered,
  }
  return fault('communication-loss') > 0 ? null : values
}

export const simulation: Simulation<SewagePoint, SewageRated> = {
  period: minutes(1),
  faults,
  create({ rated }: SimulatedFacility<SewageRated>, random: () => number) {
    const plant: Plant = {
      rated,
      inlet: createInlet(random),
      basin: createBasin(random),
      effluent: createEffluent(),
      stocks: createStocks(random),
      machines: createMachines(),
    }
    return (world) => step(plant, world)
  },
}
