import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, any, below, is, not } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { tableRule, unansweredTableRule } from '../programme-table.ts'
import type { LampPoint, LampRated } from './points.ts'
import * as texts from './texts.ts'

type Build = RuleBuilders<LampPoint, LampRated>
type Rated = Readonly<Record<LampRated, number>>

/** A supply on which a lamp must work. */
const MIN_VOLTAGE = 176
/** Below this the lamp runs on the last charge of its controller. */
const DEAD_VOLTAGE = 20
/** Below this share of its rated power a lamp gives no light. */
export const DARK_SHARE = 0.05

const MISSED_REPORTS = 3

interface PowerLimits {
  atLeast: number
  share: number
  minVoltage: number
  darkShare: number
}

/** W at a dimming level, %. */
const duePower = (dim: number, rated: Rated) => (rated.power * dim) / 100

/** How far the power lies from what the dimming level asks for, in units of its tolerance; NaN where the lamp is off, dark or badly fed. */
function powerDeviation([power, dim, voltage, relay]: readonly number[], rated: Rated, limits: Readonly<PowerLimits>): number {
  if (dim === 0 || relay === 0 || voltage! < limits.minVoltage || power! < limits.darkShare * rated.power) return Number.NaN
  const expected = duePower(dim!, rated)
  return (power! - expected) / Math.max(limits.atLeast, limits.share * expected)
}

function lightRules(build: Build) {
  return {
    'schedule-deviation': build.deviation({
      ...texts.scheduleDeviation,
      priority: 'low',
      point: 'dim-command',
      expected: (level) => (level > 0 ? 1 : 0),
      actual: (command) => (command > 0 ? 1 : 0),
      tolerance: 0.5,
      onDelay: minutes(20),
      needs: ['supply'],
    }),
    'lamp-failure': build.condition({
      ...texts.lampFailure,
      priority: 'medium',
      points: ['power', 'dim-command', 'voltage', 'relay'],
      when: all(
        below('power', { rated: 'power', times: 'darkShare' }),
        above('dim-command', 0),
        is('relay', 1),
        not(below('voltage', 'minVoltage')),
      ),
      expected: ([, command], rated) => duePower(command!, rated),
      of: { n: 2, m: 2 },
      parameters: { darkShare: DARK_SHARE, minVoltage: MIN_VOLTAGE },
      needs: ['supply'],
      consequenceOf: ['cycling', 'supply-loss'],
    }),
    'day-burner': build.condition({
      ...texts.dayBurner,
      priority: 'low',
      points: ['power', 'dim-command'],
      when: all(is('dim-command', 0), above('power', 'atLeast'), above('power', { rated: 'power', times: 'share' })),
      expected: () => 0,
      of: { n: 2, m: 2 },
      parameters: { atLeast: 10, share: 0.1 },
    }),
    'relay-failure': build.condition({
      ...texts.relayFailure,
      priority: 'medium',
      points: ['relay', 'dim-command'],
      when: any(all(is('relay', 1), is('dim-command', 0)), all(is('relay', 0), above('dim-command', 0))),
      expected: ([, command]) => Number(command! > 0),
      onDelay: seconds(60),
      consequenceOf: ['cycling', 'day-burner', 'supply-loss'],
    }),
    'control-gear-failure': build.condition({
      ...texts.controlGearFailure,
      priority: 'medium',
      points: ['dim-actual', 'dim-command', 'power'],
      when: all(is('dim-actual', 0), above('dim-command', 0), above('power', { rated: 'power', times: 'share' })),
      expected: ([, command]) => command!,
      of: { n: 2, m: 2 },
      parameters: { share: 0.2 },
    }),
    'thermal-derating': build.condition({
      ...texts.thermalDerating,
      priority: 'low',
      points: ['driver-temperature', 'dim-actual', 'dim-command'],
      when: ([temperature, actual, command], _rated, { high, tolerance }) => temperature! >= high && actual! < command! - tolerance,
      of: { n: 2, m: 2 },
      parameters: { high: 80, tolerance: 10 },
    }),
    'dimming-failure': build.condition({
      ...texts.dimmingFailure,
      priority: 'low',
      points: ['dim-actual', 'dim-command', 'voltage'],
      when: ([actual, command, voltage], _rated, { tolerance, minVoltage }) =>
        voltage! >= minVoltage && Math.abs(actual! - command!) > tolerance,
      expected: ([, command]) => command!,
      onDelay: seconds(60),
      parameters: { tolerance: 10, minVoltage: MIN_VOLTAGE },
      consequenceOf: ['control-gear-failure', 'thermal-derating', 'relay-failure', 'lamp-failure'],
    }),
    cycling: build.counter({
      ...texts.cycling,
      version: 2,
      priority: 'medium',
      point: 'switch-count',
      counts: 'increments',
      most: 5,
      window: minutes(30),
    }),
  }
}

function powerRules(build: Build) {
  const points = ['power', 'dim-actual', 'voltage', 'relay'] as const
  const parameters = { atLeast: 10, share: 0.15, minVoltage: MIN_VOLTAGE, darkShare: DARK_SHARE }
  return {
    'over-power': build.condition({
      ...texts.overPower,
      priority: 'low',
      points,
      when: (values, rated, limits) => powerDeviation(values, rated, limits) > 1,
      expected: ([, dim], rated) => duePower(dim!, rated),
      of: { n: 3, m: 3 },
      parameters,
    }),
    'under-power': build.condition({
      ...texts.underPower,
      priority: 'low',
      points,
      when: (values, rated, limits) => powerDeviation(values, rated, limits) < -1,
      expected: ([, dim], rated) => duePower(dim!, rated),
      of: { n: 3, m: 3 },
      parameters,
    }),
    'low-power-factor': build.condition({
      ...texts.lowPowerFactor,
      priority: 'low',
      points: ['power-factor', 'dim-actual', 'power'],
      when: all(below('power-factor', 'low'), not(below('dim-actual', 'dimmedTo')), above('power', { rated: 'power', times: 'share' })),
      of: { n: 3, m: 3 },
      parameters: { low: 0.85, dimmedTo: 70, share: 0.2 },
    }),
  }
}

function supplyRules(build: Build) {
  const point = 'voltage'
  const fed = not(below(point, DEAD_VOLTAGE))
  // Longer than the cabinet takes to say that it is the mains.
  const onDelay = minutes(2)
  const supply = { point, whileFed: true, needs: ['supply'], deadband: 5 } as const
  return {
    'supply-loss': build.limit({ ...texts.supplyLoss, priority: 'medium', ...supply, low: DEAD_VOLTAGE }),
    ...build.levels({
      ...supply,
      highHigh: { key: 'voltage-high-high', ...texts.voltageHighHigh, priority: 'high', limit: 264 },
      high: { key: 'voltage-high', ...texts.voltageHigh, priority: 'low', limit: 242, onDelay },
    }),
    ...build.levels({
      ...supply,
      only: fed,
      consequenceOf: ['supply-loss'],
      low: { key: 'voltage-low', ...texts.voltageLow, priority: 'low', limit: 198, onDelay },
      lowLow: { key: 'voltage-low-low', ...texts.voltageLowLow, priority: 'medium', limit: MIN_VOLTAGE },
    }),
    'voltage-stuck': build.stuck({ ...texts.voltageStuck, priority: 'low', point, period: hours(6), tolerance: 0, only: fed }),
  }
}

function poleRules(build: Build) {
  return {
    ...build.levels({
      point: 'leakage-current',
      latching: true,
      shelvable: false,
      highHigh: { key: 'leakage', ...texts.leakage, priority: 'critical', limit: 30, deadband: 3 },
      high: { key: 'leakage-rising', ...texts.leakageRising, priority: 'critical', limit: 15, deadband: 2 },
    }),
    ...build.levels({
      point: 'tilt',
      deadband: 1,
      highHigh: { key: 'impact', ...texts.impact, priority: 'high', limit: 15 },
      high: { key: 'tilt', ...texts.tilt, priority: 'medium', limit: 5, onDelay: minutes(2) },
    }),
    ...build.levels({
      point: 'driver-temperature',
      deadband: 3,
      highHigh: { key: 'driver-overheated', ...texts.driverOverheated, priority: 'medium', limit: 85 },
      high: {
        key: 'driver-hot',
        ...texts.driverHot,
        priority: 'low',
        limit: 75,
        onDelay: minutes(15),
        consequenceOf: ['thermal-derating'],
      },
    }),
    'replacement-due': build.limit({ ...texts.replacementDue, priority: 'low', point: 'on-hours', high: 50_000 }),
    'weak-signal': build.limit({
      ...texts.weakSignal,
      priority: 'low',
      point: 'rssi',
      low: -115,
      deadband: 5,
      onDelay: hours(1),
      whileFed: true,
    }),
    'programme-differs': build.deviation(tableRule),
    'programme-unanswered': build.unsaid(unansweredTableRule),
    'communication-loss': build.silence({
      ...texts.communicationLoss,
      priority: 'medium',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      consequenceOf: ['supply-loss'],
    }),
  }
}

export const rules = (build: Build) => ({ ...lightRules(build), ...powerRules(build), ...supplyRules(build), ...poleRules(build) })
