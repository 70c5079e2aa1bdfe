import type { SimulatedGrid } from '../facility-kind.ts'
import { DRIVER_MINIMUM, NOMINAL_VOLTAGE } from '../physics.ts'
import { phases } from '../writing.ts'
import { type CabinetRated, type Circuit, phaseOf } from './points.ts'

/** Resistivity of copper at the temperature of a loaded cable, ohm mm2/m (IEC 60364-5-52, annex G). */
const COPPER = 0.0225

/** Resistance of a circuit's cable there and back, ohm: R = 2 rho L / S, the reactance of small sections left out (the same annex). */
export function loopResistance(rated: Readonly<Record<CabinetRated, number>>): number {
  return (2 * COPPER * rated['cable-length']) / rated['cable-section']
}

/**
 * Voltage lost up to `along` (0 to 1) on a cable whose lamps stand at equal distances, V: the current falls evenly on the way,
 * so the loss is R I (x - x^2 / 2), half of what a load at the far end would cost.
 */
export const voltageDrop = (resistance: number, current: number, along: number) => resistance * current * (along - (along * along) / 2)

/** Current of lamps that take a constant power, A, told at the nominal voltage; `voltage` is that at the cabinet. */
export function circuitCurrent(nominal: number, voltage: number, resistance: number): number {
  if (voltage < DRIVER_MINIMUM) return 0
  const power = nominal * NOMINAL_VOLTAGE
  // The mean of the loss along the cable is R I / 3; one round is exact to a few mA.
  return power / (voltage - (resistance * power) / voltage / 3)
}

/** Current all lamps of a circuit would take at full voltage: of those connected to it, else of made-up ones. */
export function loadOf(n: Circuit, grid: SimulatedGrid, rated: Readonly<Record<CabinetRated, number>>, step: number, at: number): number {
  const loads = grid.loads(n)
  if (loads.length > 0) return loads.reduce((sum, load) => sum + load(at), 0)
  const sharing = Math.ceil((rated.circuits - phases.indexOf(phaseOf(n))) / phases.length)
  // Whoever planned the cabinet spread its lamps evenly over the phases.
  return ((rated['circuit-current'] * rated.circuits) / phases.length / sharing) * step
}

/**
 * Current of the neutral of three phases, A: the phasor sum of the fundamentals, and the third harmonics (a share of each
 * phase), which add up because they are in phase.
 */
export function neutralCurrent({ a, b, c }: { a: number; b: number; c: number }, thirdHarmonic: number): number {
  const fundamental = a * a + b * b + c * c - a * b - b * c - c * a
  return Math.hypot(Math.sqrt(Math.max(0, fundamental)), thirdHarmonic * (a + b + c))
}
