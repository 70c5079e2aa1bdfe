import type { RuleBuilders } from '../../detection/builders.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import type { LampPoint, LampRated } from './points.ts'
import * as texts from './texts.ts'

type Build = RuleBuilders<LampPoint, LampRated>
type Rated = Readonly<Record<LampRated, number>>

/** A supply on which a lamp must work. */
const MIN_VOLTAGE = 176
/** Below this the lamp runs on the last charge of its controller. */
const DEAD_VOLTAGE = 20
/** Below this share of its rated power a lamp gives no light. */
const DARK_SHARE = 0.05

const MISSED_REPORTS = 3

/** Deviation of the power from what the dimming level asks for; NaN where the lamp is off, dark or badly fed. */
function powerDeviation([power, dim, voltage, relay]: readonly number[], rated: Rated): number {
  if (dim === 0 || relay === 0 || (voltage as number) < MIN_VOLTAGE || (power as number) < DARK_SHARE * rated.power) return Number.NaN
  return (power as number) - (rated.power * (dim as number)) / 100
}

const tolerance = (dim: number, rated: Rated) => Math.max(10, (0.15 * rated.power * dim) / 100)

function lightRules(build: Build) {
  return {
    'lamp-failure': build.condition({
      ...texts.lampFailure,
      priority: 'medium',
      points: ['power', 'dim-command', 'voltage', 'relay'],
      when: ([power, command, voltage, relay], rated) =>
        command! > 0 && relay === 1 && voltage! >= MIN_VOLTAGE && power! < DARK_SHARE * rated.power,
      consecutive: 2,
      parameters: { darkShare: DARK_SHARE, minVoltage: MIN_VOLTAGE },
    }),
    'day-burner': build.condition({
      ...texts.dayBurner,
      priority: 'low',
      points: ['power', 'dim-command'],
      when: ([power, command], rated) => command === 0 && power! > Math.max(10, 0.1 * rated.power),
      consecutive: 2,
    }),
    'relay-failure': build.condition({
      ...texts.relayFailure,
      priority: 'medium',
      points: ['relay', 'dim-command'],
      when: ([relay, command]) => (relay === 1) !== command! > 0,
      onDelay: seconds(60),
    }),
    'dimming-failure': build.discrepancy({
      ...texts.dimmingFailure,
      priority: 'low',
      command: 'dim-command',
      feedback: 'dim-actual',
      tolerance: 10,
      onDelay: seconds(60),
    }),
    'control-gear-failure': build.condition({
      ...texts.controlGearFailure,
      priority: 'medium',
      points: ['dim-actual', 'dim-command', 'power'],
      when: ([actual, command, power], rated) => actual === 0 && command! > 0 && power! > 0.2 * rated.power,
      consecutive: 2,
    }),
    'thermal-derating': build.condition({
      ...texts.thermalDerating,
      priority: 'low',
      points: ['driver-temperature', 'dim-actual', 'dim-command'],
      when: ([temperature, actual, command]) => temperature! >= 80 && actual! < command! - 10,
      consecutive: 2,
    }),
    cycling: build.rate({ ...texts.cycling, priority: 'medium', point: 'switch-count', perMinute: 0.19, window: minutes(30) }),
  }
}

function powerRules(build: Build) {
  const points = ['power', 'dim-actual', 'voltage', 'relay'] as const
  return {
    'over-power': build.condition({
      ...texts.overPower,
      priority: 'low',
      points,
      when: (values, rated) => powerDeviation(values, rated) > tolerance(values[1]!, rated),
      consecutive: 3,
    }),
    'under-power': build.condition({
      ...texts.underPower,
      priority: 'low',
      points,
      when: (values, rated) => powerDeviation(values, rated) < -tolerance(values[1]!, rated),
      consecutive: 3,
    }),
    'low-power-factor': build.condition({
      ...texts.lowPowerFactor,
      priority: 'low',
      points: ['power-factor', 'dim-actual', 'power'],
      when: ([factor, dim, power], rated) => factor! < 0.85 && dim! >= 70 && power! > 0.2 * rated.power,
      consecutive: 3,
    }),
  }
}

function supplyRules(build: Build) {
  const point = 'voltage'
  const fed = { points: [point], when: ([voltage]: readonly number[]) => voltage! >= DEAD_VOLTAGE } as const
  const onDelay = seconds(30)
  return {
    'voltage-high-high': build.limit({ ...texts.voltageHighHigh, priority: 'high', point, high: 264, deadband: 5 }),
    'voltage-high': build.limit({ ...texts.voltageHigh, priority: 'low', point, high: 242, deadband: 5, onDelay }),
    'voltage-low': build.limit({ ...texts.voltageLow, priority: 'low', point, low: 198, deadband: 5, onDelay, only: fed }),
    'voltage-low-low': build.limit({ ...texts.voltageLowLow, priority: 'medium', point, low: 176, deadband: 5, only: fed }),
    'supply-loss': build.limit({ ...texts.supplyLoss, priority: 'medium', point, low: DEAD_VOLTAGE, deadband: 5 }),
    'voltage-stuck': build.stuck({ ...texts.voltageStuck, priority: 'low', point, period: hours(6), tolerance: 0 }),
  }
}

function poleRules(build: Build) {
  const leakage = { point: 'leakage-current', priority: 'critical', shelvable: false } as const
  return {
    leakage: build.limit({ ...texts.leakage, ...leakage, high: 30, deadband: 3 }),
    'leakage-rising': build.limit({ ...texts.leakageRising, ...leakage, high: 15, deadband: 2 }),
    impact: build.limit({ ...texts.impact, priority: 'high', point: 'tilt', high: 15, deadband: 1 }),
    tilt: build.limit({ ...texts.tilt, priority: 'medium', point: 'tilt', high: 5, deadband: 1, onDelay: minutes(2) }),
    'driver-hot': build.limit({ ...texts.driverHot, priority: 'low', point: 'driver-temperature', high: 75, deadband: 3 }),
    'driver-overheated': build.limit({ ...texts.driverOverheated, priority: 'medium', point: 'driver-temperature', high: 85, deadband: 3 }),
    'replacement-due': build.limit({ ...texts.replacementDue, priority: 'low', point: 'on-hours', high: 50_000 }),
    'weak-signal': build.limit({ ...texts.weakSignal, priority: 'low', point: 'rssi', low: -115, deadband: 5, onDelay: hours(1) }),
    'communication-loss': build.silence({
      ...texts.communicationLoss,
      priority: 'medium',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
    }),
  }
}

export const rules = (build: Build) => ({ ...lightRules(build), ...powerRules(build), ...supplyRules(build), ...poleRules(build) })
