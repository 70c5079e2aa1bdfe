import { describe, expect, test } from 'vitest'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { Detector } from '../../src/detection/detector.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { describeFacilities } from '../../src/facilities/registration.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import type { ServerFigures } from '../../src/facilities/server/sampler.ts'
import { Ingest } from '../../src/ingest.ts'
import { Pipeline } from '../../src/pipeline.ts'
import { replay } from '../../src/replay.ts'
import { admitFacility } from '../../src/services/admission.ts'
import { checkServerId, SELF_REPORT_PERIOD, SelfReporting, serverRegistration } from '../../src/services/self-reporting.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import type { Journal } from '../../src/storage/journal.ts'
import { decodeNative } from '../../src/telemetry/codecs/native.ts'
import { days, minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Message } from '../../src/telemetry/message.ts'
import { RejectionLog } from '../../src/telemetry/rejection-log.ts'
import type { Report } from '../../src/telemetry/report.ts'

const start = Date.parse('2026-03-01T00:00:00Z')
const registration = serverRegistration('lamplighter')

/** A journal whose disk takes messages, refuses them, or does not answer. */
function journalOn(disk: { state: 'sound' | 'broken' | 'hangs' | 'full' }) {
  const kept: Message[] = []
  const waiting: Message[] = []
  let committed: Parameters<Journal['onCommit']>[0] = () => {}
  let position = 0
  const commit = () => {
    if (disk.state === 'hangs') return
    const group = waiting.splice(0)
    if (disk.state === 'broken') committed(group, new Error('EIO'))
    else {
      kept.push(...group)
      committed(group, null)
    }
  }
  return {
    kept,
    onCommit: (listener: typeof committed) => {
      committed = listener
    },
    append(topic: string, payload: Uint8Array, received: number) {
      waiting.push({ position: ++position, topic, payload: new Uint8Array(payload), received })
      return position
    },
    commit,
  }
}

/** The road with the service as its only facility, and a clock that goes on from report to report with a tick each second. */
function openRoad(id = 'lamplighter') {
  const plant = new Plant()
  const detector = new Detector()
  const state = openStateStore(':memory:')
  const [description] = describeFacilities([registration], plant, kindByKey)
  admitFacility({ kinds: kindByKey, plant, detector, rules: new RuleBook() }, state.putFacility(description!), description!)
  const register = new AlarmRegister(state)
  const stored: Report[] = []
  const rethrow = (error: unknown) => {
    throw error
  }
  const pipeline = new Pipeline({
    ...{ plant, detector, register, state, rejections: new RejectionLog() },
    decode: (message) => decodeNative(message, plant, { maxPayload: 65_536, maxFuture: minutes(5), maxAge: days(400) }),
    store: { append: (report) => void stored.push(report), reached: () => {} },
    dispatch: () => {},
    onTrouble: rethrow,
    onMishap: rethrow,
  })
  pipeline.recovered(start)
  const disk: Parameters<typeof journalOn>[0] = { state: 'sound' }
  const journal = journalOn(disk)
  let now = start
  const ingest = new Ingest({
    journal: journal as unknown as Journal,
    pipeline,
    now: () => now,
    hasSpace: () => disk.state !== 'full',
    onUnwritten: () => {},
    onTrouble: rethrow,
  })
  const figures = {
    ...{ waitingBytes: 0, storageBacklog: 0, storageLag: 0, givenUp: 0, setAside: 0, leftOut: 0, disk: null, backupAge: null },
    certificateDays: null,
    isStoreReachable: true as boolean,
    ...{ memory: 1e9, memoryLimit: 8e9, loopDelay: 1, processor: 0, messages: 0, rejected: 0, mqttClients: 0 },
  } satisfies Omit<ServerFigures, 'isJournalWritable'>
  const reporting = new SelfReporting({
    id,
    ...{ plant, ingest, bounds: { maxBytes: 1e9, maxAge: days(3) }, read: () => figures, now: () => now },
  })
  return {
    ...{ plant, disk, journal, stored, figures, state, reporting },
    alarms: () => [...register.live()].filter(({ active }) => active).map(({ rule }) => rule),
    last: (point: string) => detector.state(0)?.values[plant.get('lamplighter')!.kind.table.index.get(point)!],
    pass(length: number) {
      for (const end = now + length; now < end; ) {
        if ((now - start) % SELF_REPORT_PERIOD === 0) reporting.report()
        now += seconds(1)
        journal.commit()
        ingest.tick()
      }
    },
    now: () => now,
  }
}

describe('the service', () => {
  test('reports itself by the journal, so that a replay has its alarms', async () => {
    const { pass, figures, alarms, journal, stored, state, now } = openRoad()
    pass(minutes(1))
    figures.isStoreReachable = false
    pass(minutes(3))
    expect(alarms()).toEqual(['store-away'])
    figures.isStoreReachable = true
    pass(minutes(2))
    expect(alarms()).toEqual([])
    expect(stored).toHaveLength(36)
    const again = await replay(journal.kept, { kinds: kindByKey, facilities: [registration], until: now() })
    const seen = again.alarms.map(({ rule, raised, occurrences }) => ({ rule, raised, occurrences }))
    const lived = state.alarmHistory({ limit: 10 }).items.map(({ rule, raised, occurrences }) => ({ rule, raised, occurrences }))
    expect(seen).toEqual(lived)
    expect(seen).toMatchObject([{ rule: 'store-away', raised: start + minutes(3) }])
  })

  test.each(['broken', 'hangs', 'full'] as const)(
    'raises its alarm on a disk that is %s, without the journal, and ends it after',
    (fault) => {
      const { pass, disk, journal, alarms, now } = openRoad()
      pass(minutes(1))
      const kept = journal.kept.length
      disk.state = fault
      pass(seconds(40))
      expect(alarms()).toEqual(['journal-unwritable'])
      expect(journal.kept).toHaveLength(kept)
      disk.state = 'sound'
      pass(minutes(2))
      expect(alarms()).toEqual([])
      expect(journal.kept.at(-1)?.received).toBeGreaterThan(now() - seconds(11))
    },
  )

  test('says nothing while nobody has it registered', () => {
    const { pass, plant, journal } = openRoad()
    plant.remove('lamplighter')
    pass(minutes(1))
    expect(journal.kept).toEqual([])
  })
})

test('an id that belongs to something else is refused', () => {
  const plant = new Plant()
  const [description] = describeFacilities([{ id: 'PS-1', kind: 'pump-station' }], plant, kindByKey)
  plant.put({ ...description!, number: 1, kind: kindByKey.get('pump-station')! })
  expect(() => checkServerId('PS-1', plant)).toThrow(/PS-1 is a pump-station already/)
  expect(() => checkServerId('lamplighter', plant)).not.toThrow()
})

test('what it measured last is known without an id too, and then nobody is told', () => {
  const { reporting, journal } = openRoad('')
  expect(reporting.latest).toEqual({})
  reporting.report()
  expect(reporting.latest).toMatchObject({ 'store-reachable': true, 'mqtt-clients': 0 })
  journal.commit()
  expect(journal.kept).toEqual([])
})
