import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { tableRule, unansweredTableRule } from '../programme-table.ts'
import * as texts from './cabinet-texts.ts'
import { type CabinetPoint, type CabinetRated, points } from './points.ts'

const MANUAL = points.mode.states.findIndex((mode) => mode.key === 'manual')
const MISSED_REPORTS = 3

export function cabinetRules(build: RuleBuilders<CabinetPoint, CabinetRated>) {
  const point = 'temperature'
  return {
    'door-open': build.condition({
      ...texts.doorOpen,
      priority: 'medium',
      when: is('door', 1),
      onDelay: seconds(30),
    }),
    water: build.condition({ ...texts.water, priority: 'high', when: is('water', 1) }),
    smoke: build.condition({ ...texts.smoke, priority: 'critical', shelvable: false, when: is('smoke', 1) }),
    'heating-fast': build.rate({
      ...texts.heatingFast,
      priority: 'high',
      point,
      perMinute: 2,
      window: minutes(6),
      consequenceOf: ['smoke'],
    }),
    overheated: build.limit({
      ...texts.overheated,
      priority: 'high',
      point,
      high: 65,
      deadband: 5,
      onDelay: seconds(30),
      consequenceOf: ['smoke'],
    }),
    'temperature-unusual': build.limit({
      ...texts.temperatureUnusual,
      priority: 'low',
      point,
      high: 55,
      low: -30,
      deadband: 3,
      onDelay: minutes(10),
      consequenceOf: ['smoke', 'heating-fast', 'overheated'],
    }),
    'local-override': build.condition({
      ...texts.override,
      priority: 'medium',
      when: is('mode', MANUAL),
      onDelay: hours(4),
    }),
    'battery-low': build.limit({
      ...texts.batteryLow,
      priority: 'medium',
      point: 'battery',
      low: 11.5,
      deadband: 0.3,
      onDelay: minutes(5),
    }),
    'battery-high': build.limit({
      ...texts.batteryHigh,
      priority: 'low',
      point: 'battery',
      high: 13.8,
      deadband: 0.2,
      onDelay: minutes(5),
    }),
    'clock-wrong': build.limit({ ...texts.clockWrong, priority: 'low', point: 'clock-drift', high: 60, low: -60, deadband: 10 }),
    'programme-differs': build.deviation(tableRule),
    'programme-unanswered': build.unsaid(unansweredTableRule),
    'communication-loss': build.silence({
      ...texts.silent,
      priority: 'high',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
    }),
  }
}
