import { hours } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { clamp, localHour, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import type { FaultSize } from './faults.ts'
import { type SewageRated, type Tank, tanks } from './points.ts'
import type { Inlet } from './simulated-inlet.ts'

type Rated = Readonly<Record<SewageRated, number>>

/** What is used up and what piles up: tanks and store in % full. */
export interface Stocks {
  level: Record<Tank, number>
  isDelivering: Record<Tank, boolean>
  use: Record<Tank, number>
  store: number
}

export const createStocks = (random: () => number): Stocks => ({
  level: { pac: 60 + 25 * random(), carbon: 60 + 25 * random(), disinfectant: 60 + 25 * random() },
  isDelivering: { pac: false, carbon: false, disinfectant: false },
  use: { pac: 0, carbon: 0, disinfectant: 0 },
  store: 15,
})

/** A delivery is ordered so that it comes with this many days left. */
const ORDER_DAYS = 10
const FULL = 92
/** % an hour: a lorry fills a tank in half an hour, a leak empties it in two. */
const FILLING = 150
const LEAKING = 45

function runTank(stocks: Stocks, t: Tank, rated: Rated, inlet: Inlet, world: SimulatedWorld, fault: FaultSize): void {
  const step = world.elapsed / hours(1)
  const planned = rated[`${t}-use`] * (0.65 + 0.55 * inlet.sewage)
  stocks.use[t] = fault(`${t}-dosing-failure`) > 0 || stocks.level[t] <= 0 ? 0 : planned * (1 + noise(world.random, 0.03))
  const drawn = (stocks.use[t] / rated[`${t}-tank`]) * 100
  const isLeaking = fault(`${t}-tank-leaks`) > 0
  const days = ((stocks.level[t] / 100) * rated[`${t}-tank`]) / (24 * rated[`${t}-use`])
  if (days < ORDER_DAYS && !isLeaking) stocks.isDelivering[t] = true
  if (stocks.level[t] >= FULL || isLeaking) stocks.isDelivering[t] = false
  const rate = (stocks.isDelivering[t] ? FILLING : 0) - (isLeaking ? LEAKING : 0) - drawn
  // A hole in the wall leaves what stands below it.
  stocks.level[t] = clamp(stocks.level[t] + rate * step, isLeaking ? Math.min(stocks.level[t], 4) : 0, 100)
}

/** Local hours from which a lorry takes sludge away, for an hour each. */
const LORRIES = [4, 10, 16, 22] as const
/** What dewatering puts into the store in a day, %. */
const MADE = 100
const REMAINS = 10

function runStore(stocks: Stocks, world: SimulatedWorld, fault: FaultSize): void {
  const step = world.elapsed / hours(1)
  stocks.store = Math.min(100, stocks.store + (MADE / 24) * step)
  const hour = localHour(world.at)
  const isTaken = LORRIES.some((from) => hour >= from && hour < from + 1) && fault('sludge-lorries-missing') === 0
  if (isTaken) stocks.store = Math.max(REMAINS, stocks.store - 100 * step)
}

export function runStocks(stocks: Stocks, rated: Rated, inlet: Inlet, world: SimulatedWorld, fault: FaultSize): void {
  for (const t of tanks) runTank(stocks, t, rated, inlet, world, fault)
  runStore(stocks, world, fault)
}

/** Wet sludge made of what the plant takes out of the water, t of 80 % water per m³ of sewage. */
const SLUDGE = 0.0007

export function stockValues(stocks: Stocks, rated: Rated, inlet: Inlet, world: SimulatedWorld) {
  const { random } = world
  return {
    ...perItem('', tanks, '-dosing', () => true),
    ...perItem('', tanks, '-use', (t) => round(stocks.use[t], 2)),
    ...perItem('', tanks, '-level', (t) => round(clamp(stocks.level[t] + noise(random, 0.1), 0, 100), 2)),
    'sludge-produced': round(24 * rated.flow * SLUDGE * (0.5 + 0.4 * inlet.sewage) * (1 + noise(random, 0.05)), 1),
    'sludge-store': round(stocks.store, 1),
  }
}
