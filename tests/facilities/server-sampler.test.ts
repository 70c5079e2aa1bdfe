import { expect, test } from 'vitest'
import { server } from '../../src/facilities/server/index.ts'
import { type ServerFigures, ServerSampler } from '../../src/facilities/server/sampler.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'

const start = Date.parse('2026-03-01T00:00:00Z')
const bounds = { maxBytes: 1000, maxAge: hours(10) }
const idle: ServerFigures = {
  isJournalWritable: true,
  waitingBytes: 100,
  storageBacklog: 0,
  storageLag: 0,
  givenUp: 0,
  isStoreReachable: true,
  setAside: 0,
  leftOut: 0,
  disk: { free: 30e9, size: 120e9 },
  backupAge: hours(25.04),
  certificateDays: 29.96,
  memory: 512e6,
  memoryLimit: 2048e6,
  loopDelay: 3.06,
  processor: 0,
  messages: 0,
  rejected: 0,
  mqttClients: 7,
}

/** Samples of the figures that change, each at its time after the start, ms. */
function samples(...changes: [after: number, changed: Partial<ServerFigures>][]) {
  const sampler = new ServerSampler(bounds, start, idle)
  return changes.map(([after, changed]) => sampler.sample(start + after, { ...idle, ...changed }))
}

test('gives a value to every point, in its unit', () => {
  const [sample] = samples([seconds(10), { messages: 4200, rejected: 5, processor: 2500 }])
  expect(sample).toEqual({
    'journal-writable': true,
    'journal-fill': 10,
    'given-up': 0,
    'given-up-hour': 0,
    'store-reachable': true,
    'storage-lag': 0,
    'storage-backlog': 0,
    'set-aside': 0,
    'left-out-hour': 0,
    'disk-free': 30,
    'disk-free-share': 25,
    'backup-age': 25,
    'certificate-days': 30,
    memory: 512,
    'memory-share': 25,
    'loop-delay': 3.1,
    cpu: 25,
    'messages-rate': 420,
    'rejected-rate': 0.5,
    'mqtt-clients': 7,
  })
  expect(Object.keys(sample!).sort()).toEqual([...server.table.keys].sort())
})

test('says no rate where no time has passed or the clock was set back, and nothing of a disk that cannot be asked or of backups where none are made', () => {
  const none = { 'messages-rate': null, 'rejected-rate': null, cpu: null }
  expect(samples([0, { messages: 5 }], [-seconds(1), { messages: 9, disk: null, backupAge: null, certificateDays: null }])).toMatchObject([
    none,
    { ...none, 'disk-free': null, 'disk-free-share': null, 'backup-age': null, 'certificate-days': null },
  ])
})

test('what waits for the store fills the journal by its age as by its size', () => {
  const seen = samples(
    [seconds(10), { storageBacklog: 7, storageLag: 1499 }],
    [seconds(20), { storageBacklog: 8, storageLag: hours(5) }],
    [seconds(30), { storageBacklog: 9, storageLag: hours(5), waitingBytes: 900 }],
  )
  expect(seen.map((values) => [values['storage-backlog'], values['storage-lag'], values['journal-fill']])).toEqual([
    [7, 1, 10],
    [8, 18_000, 50],
    [9, 18_000, 90],
  ])
})

test('what was given up is told for an hour, what was given up before the start of the samples not at all', () => {
  const sampler = new ServerSampler(bounds, start, { ...idle, givenUp: 1000 })
  const seen = [
    [10, 1000],
    [20, 1200],
    [30, 1250],
    [80, 1250],
    [90.1, 1250],
  ].map(([after, givenUp]) => sampler.sample(start + minutes(after!), { ...idle, givenUp: givenUp! }))
  expect(seen.map((values) => [values['given-up'], values['given-up-hour']])).toEqual([
    [1000, 0],
    [1200, 200],
    [1250, 250],
    [1250, 50],
    [1250, 0],
  ])
})
