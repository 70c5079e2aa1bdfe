import type { RuleBuilders } from '../../detection/builders.ts'
import { below, is } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import type { ServerPoint } from './points.ts'
import * as texts from './texts.ts'

/** On a large disk a small share is still much, GB. */
const SCARCE = 50
const NEARLY_NOTHING = 10

/** There is no rule of silence: a service that is dead cannot tell, and each console sees within seconds that it hears nothing of it. */
export function rules(build: RuleBuilders<ServerPoint, never>) {
  return {
    ...storageRules(build),
    ...diskRules(build),
    // It is made each day and takes its time; one that failed is tried again each hour.
    'backup-missed': build.limit({
      ...texts.backupMissed,
      priority: 'medium',
      point: 'backup-age',
      high: 30,
      deadband: 1,
      onDelay: minutes(30),
    }),
    ...build.levels({
      point: 'certificate-days',
      low: { key: 'certificate-ends-soon', ...texts.certificateEndsSoon, priority: 'medium', limit: 30 },
      lowLow: { key: 'certificate-ends', ...texts.certificateEnds, priority: 'high', limit: 7 },
      deadband: 0.5,
      onDelay: minutes(1),
    }),
    'memory-high': build.limit({
      ...texts.memoryHigh,
      priority: 'medium',
      point: 'memory-share',
      high: 85,
      deadband: 5,
      onDelay: minutes(5),
    }),
    ...build.levels({
      point: 'loop-delay',
      highHigh: { key: 'loop-stalled', ...texts.loopStalled, priority: 'high', limit: 1000, deadband: 500, onDelay: seconds(30) },
      high: { key: 'loop-slow', ...texts.loopSlow, priority: 'medium', limit: 250, deadband: 100, onDelay: minutes(3) },
      offDelay: minutes(1),
    }),
    'messages-refused': build.limit({
      ...texts.messagesRefused,
      priority: 'low',
      point: 'rejected-rate',
      high: 5,
      deadband: 2,
      onDelay: minutes(10),
      offDelay: minutes(5),
    }),
  }
}

function storageRules(build: RuleBuilders<ServerPoint, never>) {
  return {
    'journal-unwritable': build.condition({
      ...texts.journalUnwritable,
      priority: 'critical',
      shelvable: false,
      when: is('journal-writable', 0),
      onDelay: seconds(5),
      offDelay: seconds(30),
    }),
    'telemetry-given-up': build.limit({ ...texts.telemetryGivenUp, priority: 'high', point: 'given-up-hour', high: 0 }),
    ...build.levels({
      point: 'journal-fill',
      highHigh: {
        key: 'journal-nearly-full',
        ...texts.journalNearlyFull,
        priority: 'high',
        limit: 80,
        consequenceOf: ['telemetry-given-up'],
      },
      high: {
        key: 'journal-filling',
        ...texts.journalFilling,
        priority: 'medium',
        limit: 50,
        consequenceOf: ['telemetry-given-up', 'store-away'],
      },
      deadband: 5,
      onDelay: minutes(1),
    }),
    'store-away': build.condition({
      ...texts.storeAway,
      priority: 'high',
      when: is('store-reachable', 0),
      onDelay: minutes(2),
      offDelay: seconds(30),
    }),
    // What waited during an outage takes its time: that is no fault of its own.
    'storage-behind': build.limit({
      ...texts.storageBehind,
      priority: 'medium',
      point: 'storage-lag',
      high: 600,
      deadband: 300,
      onDelay: minutes(30),
      only: is('store-reachable', 1),
    }),
    'readings-left-out': build.limit({ ...texts.readingsLeftOut, priority: 'high', point: 'left-out-hour', high: 0 }),
    'set-aside': build.limit({ ...texts.setAside, priority: 'medium', point: 'set-aside', high: 0 }),
  }
}

function diskRules(build: RuleBuilders<ServerPoint, never>) {
  const shared = { point: 'disk-free-share', onDelay: seconds(15), offDelay: minutes(1) } as const
  return {
    'disk-nearly-full': build.limit({
      ...texts.diskNearlyFull,
      ...shared,
      priority: 'critical',
      low: 5,
      deadband: 1,
      only: below('disk-free', NEARLY_NOTHING),
    }),
    'disk-low': build.limit({
      ...texts.diskLow,
      ...shared,
      priority: 'medium',
      low: 15,
      deadband: 2,
      only: below('disk-free', SCARCE),
      consequenceOf: ['disk-nearly-full'],
    }),
  }
}
