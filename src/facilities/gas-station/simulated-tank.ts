import { minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import type { FaultSize } from './faults.ts'
import type { Rated } from './points.ts'

/** The tanks of liquefied gas. */
export interface Tank {
  rated: Rated
  /** % */
  level: number
  /** MPa */
  pressure: number
  isFilling: boolean
}

export const createTank = (rated: Rated, random: () => number): Tank => ({
  rated,
  level: 62 + 15 * random(),
  pressure: 0.4,
  isFilling: false,
})

const HOUR = 3_600_000
/** The tanks together hold this many days of the forecast use. */
const CAPACITY_DAYS = 20
/** t/Nm³ of methane (0.717 kg/m³ at 0 °C and 101.325 kPa) */
const DENSITY = 0.000_717
/** Lorries are ordered and sent home at these levels, %; each empties its 20 t in an hour. */
const ORDER_LEVEL = 60
const FULL_LEVEL = 82
const LORRY_TONNES_PER_HOUR = 20
/** Pumping over from tank to tank, % an hour. */
const PUMPING = 60
/** MPa at which the relief valve opens. */
const RELIEF = 0.84

/** Mass balance: what lorries bring less what the district burns. `flow` in Nm³/h. */
function stepLevel(tank: Tank, flow: number, world: SimulatedWorld, fault: FaultSize): void {
  const capacity = CAPACITY_DAYS * tank.rated['daily-use']
  const hoursPassed = world.elapsed / HOUR
  if (tank.level < ORDER_LEVEL) tank.isFilling = true
  else if (tank.level > FULL_LEVEL) tank.isFilling = false
  const isCut = fault('tank-empty') > 0
  // When the tank has run low every lorry of the city comes.
  const lorries = tank.level < 25 ? 3 : 1
  const brought = tank.isFilling && !isCut ? lorries * LORRY_TONNES_PER_HOUR : 0
  const pumped = PUMPING * (0.5 * fault('tank-overfull') - fault('tank-empty')) - (fault('tank-overfull') === 0 && tank.level > 88 ? 20 : 0)
  const change = (100 * (brought - flow * DENSITY)) / capacity + pumped
  tank.level = clamp(tank.level + change * hoursPassed, 3, 99)
}

/** What boils off warms the vapour until as much is drawn; lost vacuum lets in many times the heat. */
function stepPressure(tank: Tank, flowShare: number, world: SimulatedWorld, fault: FaultSize): void {
  const steady = 0.4 + 0.002 * (world.temperature - 10) - 0.03 * flowShare + 0.6 * fault('tank-pressure')
  tank.pressure = Math.min(RELIEF, approach(tank.pressure, steady, world.elapsed, minutes(40)))
}

export function stepTank(tank: Tank, flowShare: number, world: SimulatedWorld, fault: FaultSize) {
  stepLevel(tank, flowShare * tank.rated.flow, world, fault)
  stepPressure(tank, flowShare, world, fault)
  // Tanks under inspection hold gas that nobody may draw.
  const usable = 1 - 0.8 * Math.min(1.2, fault('reserve-low'))
  return {
    'tank-level': round(tank.level + noise(world.random, 0.1), 1),
    'tank-pressure': round(tank.pressure + noise(world.random, 0.005), 3),
    inventory: round((tank.level / 100) * CAPACITY_DAYS * tank.rated['daily-use'] * usable, 1),
  }
}
