import { minutes } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, localHour, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import type { FaultSize } from './faults.ts'
import { type Quality, qualities, type SewageRated } from './points.ts'
import { type Basin, nitrification } from './simulated-basin.ts'
import type { Inlet } from './simulated-inlet.ts'

/** What leaves the plant, mg/L; it follows basin and dosing with the time water takes through the clarifiers. */
export interface Effluent extends Record<Quality, number> {
  flow: number
  bod5: number
  ph: number
  turbidity: number
  /** Hour of the day at the last step. */
  hour: number
  frozen: Record<Quality, number>
}

const START = { cod: 30, 'nh3-n': 1.8, tn: 8.5, tp: 0.25, ss: 5.2 } as const

export const createEffluent = (): Effluent => ({
  ...START,
  flow: 0.55,
  bod5: 5.5,
  ph: 7.1,
  turbidity: 3,
  hour: Number.NaN,
  frozen: { ...START },
})

/** How long water takes through basin and clarifiers. */
const PASSAGE = minutes(90)

/** What the effluent comes to if everything stays as it is. */
function steady(inlet: Inlet, basin: Basin, rated: Readonly<Record<SewageRated, number>>, fault: FaultSize) {
  const rate = nitrification(basin) * (1 - 0.95 * fault('toxic-shock'))
  const nh3n = inlet.nh3n * (1 - 0.955 * rate)
  const nitrate = 6 * rate + 9 * fault('carbon-dosing-failure') + 11 * fault('internal-recycle-stopped')
  // Those that digest carbon are hardier than those that turn ammonia into nitrate.
  const digestible =
    20 + 0.035 * Math.min(inlet.cod, 400) + 25 * (1 - nitrification(basin)) ** 2 + 0.8 * rated['cod-limit'] * fault('organic-overload')
  const crowding = Math.max(0, inlet.lifted - 0.8)
  return {
    cod: digestible + 0.9 * rated['cod-limit'] * fault('undegradable-discharge'),
    bod5: 0.18 * digestible,
    'nh3-n': nh3n,
    tn: nh3n + nitrate,
    tp: 0.22 + 0.06 * inlet.sewage + 2.2 * fault('pac-dosing-failure'),
    ss: 5 + 4 * crowding + 2.2 * rated['ss-limit'] * fault('sludge-bulking'),
  }
}

export function runEffluent(
  effluent: Effluent,
  inlet: Inlet,
  basin: Basin,
  rated: Readonly<Record<SewageRated, number>>,
  world: SimulatedWorld,
  fault: FaultSize,
): void {
  const towards = steady(inlet, basin, rated, fault)
  for (const q of qualities) effluent[q] = approach(effluent[q], towards[q], world.elapsed, PASSAGE)
  effluent.bod5 = approach(effluent.bod5, towards.bod5, world.elapsed, PASSAGE)
  effluent.flow = approach(effluent.flow, inlet.lifted, world.elapsed, minutes(30))
  // The basins buffer what is acid in the influent; what is dosed behind them goes straight out.
  effluent.ph = approach(effluent.ph, 7.1 + 0.5 * (inlet.ph - 7.3) + 2.6 * fault('alkali-overdosed'), world.elapsed, minutes(40))
  const passing = 0.6 * effluent.ss + 1.5 * rated['ss-limit'] * fault('filter-broken-through')
  effluent.turbidity = approach(effluent.turbidity, passing, world.elapsed, minutes(15))
}

/** Local hour at which the laboratory enters the result of yesterday's mixed sample. */
const LABORATORY = 9

function bod5(effluent: Effluent, rated: Readonly<Record<SewageRated, number>>, world: SimulatedWorld, fault: FaultSize): number | null {
  const before = effluent.hour
  effluent.hour = localHour(world.at)
  if (!(before < LABORATORY && effluent.hour >= LABORATORY)) return null
  return round(effluent.bod5 * (1 + noise(world.random, 0.1)) + rated['bod5-limit'] * fault('weak-treatment'), 1)
}

export function effluentValues(effluent: Effluent, rated: Readonly<Record<SewageRated, number>>, world: SimulatedWorld, fault: FaultSize) {
  const { random } = world
  const analysed = perItem('effluent-', qualities, '', (q) => {
    if (fault(`${q}-analyser-frozen`) === 0) effluent.frozen[q] = round(effluent[q] * (1 + noise(random, 0.04)), 5)
    return fault(`${q}-analyser-dead`) > 0 ? null : effluent.frozen[q]
  })
  return {
    ...analysed,
    'effluent-flow': Math.max(0, Math.round(rated.flow * effluent.flow * (1 + noise(random, 0.02)))),
    'effluent-bod5': bod5(effluent, rated, world, fault),
    'effluent-ph': round(effluent.ph + noise(random, 0.06), 2),
    'effluent-turbidity': round(effluent.turbidity * (1 + noise(random, 0.05)), 2),
  }
}
