import { expect, test } from 'vitest'
import type { HealthMeasure, HealthPart } from '../../../src/edges/health.ts'
import { type HealthFacts, healthOf, worst } from '../../../src/services/health/health.ts'
import type { OwnValues } from '../../../src/services/health/own-rules.ts'
import { figures } from '../../edges/city.ts'

const nobody = { connected: 0, most: 500, behind: 0, dropped: 0 }
const sound: OwnValues = {
  ...{ 'journal-writable': true, 'journal-fill': 1, 'given-up': 0, 'given-up-hour': 0, 'store-reachable': true, 'storage-lag': 1 },
  ...{ 'storage-backlog': 3, 'set-aside': 0, 'left-out-hour': 0, 'disk-free': 400, 'disk-free-share': 80, 'backup-age': 5 },
  ...{ 'certificate-days': 90, memory: 300, 'memory-share': 10, 'loop-delay': 4, cpu: 12, 'messages-rate': 50, 'rejected-rate': 0 },
  'mqtt-clients': 20,
}

/** With daily backups. */
const storage = { ...figures.storage, backup: { newest: 900_000, failed: null } }

function facts(own: OwnValues = {}, more: Partial<HealthFacts> = {}): HealthFacts {
  return {
    at: 1_000_000,
    own: { ...sound, ...own },
    parametersOf: ({ parameters }) => parameters,
    figures: { ...figures, storage },
    maxConnections: 1000,
    ...{ refusedConnects: 0, slowReaders: 0, notForwarded: 0, alarmDelays: null, stateBytes: 4096, diskDaysLeft: null },
    certificateProblems: [],
    isClockSynchronized: null,
    deviceClocks: { measured: 0, off: 0, median: null },
    brokers: [],
    codecs: [],
    deliveries: { channels: 0, waiting: 0, givenUp: [] },
    ...more,
  }
}

const find = (parts: readonly HealthPart[], key: string) => parts.find((part) => part.key === key) as HealthPart
const measure = (parts: readonly HealthPart[], key: string) =>
  parts.flatMap(({ measures }) => measures).find((one) => one.key === key) as HealthMeasure
const wrong = (parts: readonly HealthPart[]) => parts.filter(({ condition }) => condition === 'look' || condition === 'bad')

test('a service that is well has nothing to look at, and what it does not use is said to be unused', () => {
  const parts = healthOf(facts(), nobody)
  expect(wrong(parts)).toEqual([])
  expect(find(parts, 'brokers').condition).toBe('unused')
  expect(find(healthOf(facts({ 'certificate-days': null }), nobody), 'certificates').condition).toBe('unused')
  expect(worst(parts.map(({ condition }) => condition))).toBe('ok')
})

test.each<[part: string, own: OwnValues, condition: string, rule: string, limit: object | null]>([
  ['database', { 'store-reachable': false }, 'bad', 'store-away', null],
  ['journal', { 'journal-writable': false }, 'bad', 'journal-unwritable', null],
  ['journal', { 'journal-fill': 60 }, 'look', 'journal-filling', { high: 50 }],
  ['journal', { 'journal-fill': 90 }, 'bad', 'journal-nearly-full', { high: 80 }],
  ['disk', { 'disk-free-share': 3, 'disk-free': 2 }, 'bad', 'disk-nearly-full', { low: 5 }],
  ['disk', { 'disk-free-share': 12, 'disk-free': 30 }, 'look', 'disk-low', { low: 15 }],
  ['certificates', { 'certificate-days': 20 }, 'look', 'certificate-ends-soon', { low: 30 }],
  ['certificates', { 'certificate-days': -1 }, 'bad', 'certificate-ends', { low: 7 }],
  ['state', { 'backup-age': 31 }, 'look', 'backup-missed', { high: 30 }],
  ['process', { 'memory-share': 90 }, 'look', 'memory-high', { high: 85 }],
  ['detection', { 'loop-delay': 1500 }, 'bad', 'loop-stalled', { high: 1000 }],
])('%s with %o is %s', (key, own, condition, rule, limit) => {
  const parts = healthOf(facts(own), nobody)
  expect(wrong(parts).map((part) => [part.key, part.condition])).toEqual([[key, condition]])
  expect(find(parts, key).measures.filter((one) => one.rule)).toMatchObject([{ rule, condition, limit }])
})

test('a small share of a large disk is still much', () => {
  expect(wrong(healthOf(facts({ 'disk-free-share': 4, 'disk-free': 900 }), nobody))).toEqual([])
})

test('what engineers set for the rules holds here too, and a rule that is off finds nothing', () => {
  const parts = healthOf(
    facts(
      { 'memory-share': 60 },
      { parametersOf: ({ key, parameters }) => (key === 'memory-high' ? { ...parameters, high: 50 } : parameters) },
    ),
    nobody,
  )
  expect(measure(parts, 'memory-share')).toMatchObject({ condition: 'look', limit: { high: 50 } })
  expect(wrong(healthOf(facts({ 'memory-share': 99 }, { parametersOf: () => null }), nobody))).toEqual([])
})

test('what the service does not report of itself yet is unknown, and makes nothing worse', () => {
  const parts = healthOf(facts({ cpu: null }), nobody)
  expect(measure(parts, 'cpu').condition).toBe('unknown')
  expect(find(parts, 'process').condition).toBe('ok')
})

test('slow alarms, a slow disk, dropped readers and brokers that are away are looked at', () => {
  const late = { count: 12, p50: 800, p99: 40_000 }
  const brokers = [{ title: 'Waterworks', isAway: true, problem: 'connect ECONNREFUSED' }]
  const more = { alarmDelays: late, slowReaders: 2, brokers, codecs: [{ id: 'lamp', isSuspended: true }], diskDaysLeft: 12 }
  const parts = healthOf(facts({}, more), nobody)
  expect(wrong(parts).map(({ key, condition }) => [key, condition])).toEqual([
    ['broker', 'look'],
    ['detection', 'bad'],
    ['disk', 'look'],
    ['brokers', 'look'],
    ['codecs', 'look'],
  ])
  expect(find(parts, 'brokers').notes).toEqual(['Waterworks: connect ECONNREFUSED'])
})

test('when most clocks of devices are off in the same way it is our own', () => {
  const own = healthOf(facts({}, { deviceClocks: { measured: 100, off: 90, median: -300_000 } }), nobody)
  expect(find(own, 'clock').condition).toBe('bad')
  const theirs = healthOf(facts({}, { deviceClocks: { measured: 100, off: 20, median: 40 } }), nobody)
  expect(find(theirs, 'clock').condition).toBe('ok')
  expect(measure(theirs, 'device-clocks-off').value).toBe(20)
})

test('a disk that nothing fills has no last day, which JSON could not say', () => {
  const parts = healthOf(facts({}, { diskDaysLeft: Number.POSITIVE_INFINITY }), nobody)
  expect(measure(parts, 'days-left')).toMatchObject({ value: null, condition: 'ok' })
})
