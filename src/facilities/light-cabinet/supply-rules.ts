import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, below, not } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { type Phase, perItem, phases } from '../writing.ts'
import { type CabinetPoint, type CabinetRated, circuits, circuitsOf, unlessRemote } from './points.ts'
import * as texts from './supply-texts.ts'

/** A phase with less voltage than this feeds nothing, V. */
const LOST_VOLTAGE = 100
/** Below this power nothing is lit, W. */
const OFF_POWER = 100
const profileOf = { point: 'active-power', off: OFF_POWER, shift: minutes(20), days: 3 } as const

/** Largest difference from the mean as a share of it; 0 while the mean is below `smallest` A. */
function unbalanceOf(a: number, b: number, c: number, smallest: number): number {
  const mean = (a + b + c) / 3
  return mean < smallest ? 0 : Math.max(Math.abs(a - mean), Math.abs(b - mean), Math.abs(c - mean)) / mean
}

type Build = RuleBuilders<CabinetPoint, CabinetRated>

const ofAll = <B extends string>(...keys: readonly B[]) => keys.flatMap((key) => circuits.map((n) => `${key}-${n}`))
const ofPhases = phases.map((p) => `phase-loss-${p}`)

/** Alarms that say which circuits have lost their load or carry one too many. */
const loadChanges = [
  'mains-lost',
  ...ofPhases,
  ...ofAll('breaker-tripped', 'contactor-open', 'contactor-welded', 'open-circuit', 'many-lamps-out', 'few-lamps-out', 'unexpected-load'),
  'local-override',
]

/** The mains is one: the first phase speaks for the others, and for the lamps on it. */
const badVoltage = (rule: string, p: Phase) =>
  ({
    deadband: 5,
    onDelay: seconds(60),
    needs: ['supply'],
    deprives: { of: ['supply'], circuits: circuitsOf(p) },
    consequenceOf: phases.slice(0, phases.indexOf(p)).map((before) => `${rule}${before}`),
  }) as const

function phaseRules(build: Build) {
  return {
    ...perItem('phase-loss-', phases, '', (p) =>
      build.limit({
        ...texts.phaseLoss(p),
        priority: 'high',
        point: `voltage-${p}`,
        low: LOST_VOLTAGE,
        deadband: 5,
        onDelay: seconds(5),
        needs: ['supply'],
        deprives: { of: ['supply'], circuits: circuitsOf(p) },
        consequenceOf: ['mains-lost'],
      }),
    ),
    ...perItem('voltage-high-', phases, '', (p) =>
      build.limit({ ...texts.overVoltage(p), ...badVoltage('voltage-high-', p), priority: 'high', point: `voltage-${p}`, high: 242 }),
    ),
    ...perItem('voltage-low-', phases, '', (p) =>
      build.limit({
        ...texts.underVoltage(p),
        ...badVoltage('voltage-low-', p),
        priority: 'medium',
        point: `voltage-${p}`,
        low: 198,
        only: not(below(`voltage-${p}`, LOST_VOLTAGE)),
      }),
    ),
  }
}

function balanceRules(build: Build) {
  const currents = ['current-a', 'current-b', 'current-c'] as const
  return {
    'strong-unbalance': build.condition({
      ...unlessRemote,
      ...texts.strongUnbalance,
      version: 2,
      priority: 'medium',
      points: currents,
      when: ([a, b, c], _rated, { share, smallest }) => unbalanceOf(a!, b!, c!, smallest) > share,
      onDelay: minutes(2),
      parameters: { share: 0.4, smallest: 5 },
      consequenceOf: loadChanges,
    }),
    unbalance: build.condition({
      ...unlessRemote,
      ...texts.unbalance,
      version: 2,
      priority: 'low',
      points: currents,
      when: ([a, b, c], _rated, { share, smallest }) => unbalanceOf(a!, b!, c!, smallest) > share,
      onDelay: minutes(5),
      parameters: { share: 0.2, smallest: 5 },
      consequenceOf: [...loadChanges, 'strong-unbalance'],
    }),
    'neutral-high': build.condition({
      ...unlessRemote,
      ...texts.neutralHigh,
      version: 2,
      priority: 'medium',
      points: ['neutral-current', ...currents],
      when: ([neutral, a, b, c], _rated, { share, smallest }) => neutral! > Math.max(smallest, share * Math.max(a!, b!, c!)),
      onDelay: minutes(5),
      parameters: { share: 1.1, smallest: 10 },
      consequenceOf: [...loadChanges, 'strong-unbalance', 'unbalance'],
    }),
  }
}

export function supplyRules(build: Build) {
  return {
    'mains-lost': build.condition({
      ...texts.mainsLost,
      priority: 'high',
      when: all(below('voltage-a', 'low'), below('voltage-b', 'low'), below('voltage-c', 'low')),
      onDelay: seconds(3),
      parameters: { low: LOST_VOLTAGE },
      needs: ['supply'],
      deprives: { of: ['supply'] },
    }),
    ...phaseRules(build),
    ...balanceRules(build),
    'low-power-factor': build.condition({
      ...texts.lowPowerFactor,
      priority: 'low',
      when: all(below('power-factor', 'low'), above('active-power', 'smallest')),
      onDelay: minutes(15),
      parameters: { low: 0.9, smallest: 1000 },
    }),
    frequency: build.limit({
      ...texts.frequencyTexts,
      priority: 'medium',
      point: 'frequency',
      low: 49.5,
      high: 50.5,
      deadband: 0.05,
      onDelay: seconds(10),
      consequenceOf: ['mains-lost'],
    }),
    'power-deviation': build.profile({
      ...unlessRemote,
      ...texts.powerDeviation,
      version: 2,
      priority: 'medium',
      ...profileOf,
      watch: 'deviation',
      atLeast: 200,
      share: 0.02,
      period: minutes(7),
      settling: minutes(10),
      consequenceOf: [...loadChanges, 'strong-unbalance', 'unbalance'],
    }),
    'day-burner': build.profile({
      ...unlessRemote,
      ...texts.dayBurner,
      version: 2,
      priority: 'medium',
      ...profileOf,
      watch: 'unexpected',
      period: minutes(5),
      consequenceOf: [...ofAll('contactor-welded', 'unexpected-load'), 'local-override', 'strong-unbalance', 'unbalance'],
    }),
    unlit: build.profile({
      ...unlessRemote,
      ...texts.unlit,
      version: 3,
      priority: 'high',
      ...profileOf,
      watch: 'missing',
      period: minutes(5),
      // Only what darkens every circuit explains a dark street; a lamp that waits for its repair must not hide it.
      consequenceOf: ['mains-lost'],
    }),
    'schedule-deviation': build.deviation({
      ...texts.scheduleDeviation,
      priority: 'high',
      point: 'active-power',
      expected: (level) => (level > 0 ? 1 : 0),
      actual: (power, _rated, { off }) => (power > off ? 1 : 0),
      parameters: { off: OFF_POWER },
      tolerance: 0.5,
      onDelay: minutes(15),
      // What says it first says it better; all of these carry current where none should be, or darken everything.
      consequenceOf: ['mains-lost', 'unlit', 'day-burner', 'local-override', ...ofAll('contactor-welded', 'unexpected-load')],
    }),
    'voltage-stuck': build.stuck({
      ...texts.voltageStuck,
      priority: 'low',
      point: 'voltage-a',
      period: hours(2),
      tolerance: 0,
      only: not(below('voltage-a', LOST_VOLTAGE)),
    }),
  }
}
