import { hours, seconds } from '../../telemetry/duration.ts'
import type { SimulatedWorld } from '../facility-kind.ts'
import { approach, clamp, noise, round } from '../physics.ts'
import { perItem } from '../writing.ts'
import type { FaultSize } from './faults.ts'
import { detectors, type GasDetector } from './points.ts'

/** The room of the regulators, with the gas that has leaked into it. */
export interface Room {
  /** Nm³/h */
  leak: number
  /** Gas mixed into the air of the room, as a share of its volume. */
  mixed: number
  isFanOn: boolean
  /** What detector 4 shows, %LEL. */
  shownFourth: number
}

export const createRoom = (): Room => ({ leak: 0, mixed: 0, isFanOn: false, shownFourth: 0.1 })

/** m³ */
const VOLUME = 300
/** Changes of the room's air in an hour, through louvres and with the fan. */
const NATURAL_CHANGES = 6
const FAN_CHANGES = 30
/** How fast eddies spread a gas in a room without wind, m²/h. */
const EDDY_DIFFUSIVITY = 180
/** Distance of each detector from the filter, where it leaks, m. */
const distance: Record<GasDetector, number> = { 1: 1, 2: 3, 3: 8, 4: 14 }
/** Lower explosive limit of methane as a share of the volume (IEC 60079-20-1 gives 4.4 %, detectors are calibrated to 5 %). */
const LOWER_EXPLOSIVE_LIMIT = 0.05
/** %LEL at which the fan starts and stops. */
const FAN_ON = 20
const FAN_OFF = 10

/** Gas the air of a room holds in the end: what leaks in, thinned by the air that passes (mass balance V dc/dt = q - Q c). */
export const mixedShare = (leak: number, changes: number) => leak / (changes * VOLUME)

/** Share of gas that a steady leak keeps at a distance beyond what is mixed in: diffusion from a point, c = q / (4 π K r). */
export const nearShare = (leak: number, metres: number) => leak / (4 * Math.PI * EDDY_DIFFUSIVITY * metres)

/** What the detectors show, and whether the fan runs. */
export function stepRoom(room: Room, world: SimulatedWorld, fault: FaultSize) {
  const leak = 45 * fault('leak') + 20 * fault('small-leak') + 12 * fault('leak-without-fan')
  room.leak = approach(room.leak, leak, world.elapsed, seconds(30))
  const changes = room.isFanOn ? FAN_CHANGES : NATURAL_CHANGES
  room.mixed = approach(room.mixed, mixedShare(room.leak, changes), world.elapsed, hours(1) / changes)
  const percentAt = (n: GasDetector) => clamp((100 * (room.mixed + nearShare(room.leak, distance[n]))) / LOWER_EXPLOSIVE_LIMIT, 0, 100)
  const values: Record<`ch4-${GasDetector}`, number | null> = perItem('ch4-', detectors, '', (n) =>
    round(percentAt(n) + 0.2 + noise(world.random, 0.4), 3),
  )
  // The fan follows what the detectors show, as the safety controller sees it, or a command to run.
  const shown = Math.max(...detectors.map((n) => values[`ch4-${n}`] as number))
  const isDue = world.ordered?.('fan') === 1 || shown > (room.isFanOn ? FAN_OFF : FAN_ON)
  room.isFanOn = fault('leak-without-fan') === 0 && isDue
  if (fault('detector-dead') > 0) values['ch4-3'] = null
  if (fault('detector-impossible') > 0) values['ch4-3'] = 746
  if (fault('detector-frozen') > 0) values['ch4-4'] = room.shownFourth
  else room.shownFourth = values['ch4-4'] as number
  return { ...values, fan: room.isFanOn }
}
