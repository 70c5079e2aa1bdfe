import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SentMessage } from '../../simulators/city-day.ts'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { AlarmRegister } from '../../src/alarms/register.ts'
import { DEFAULT_TIME_ZONE } from '../../src/config.ts'
import { lightingProgrammes } from '../../src/control/lighting-programme.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { Detector } from '../../src/detection/detector.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { describeFacilities, type Registration } from '../../src/facilities/registration.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import type { RuleSet } from '../../src/facilities/rule-proposal.ts'
import { Ingest, recover } from '../../src/ingest.ts'
import { Pipeline } from '../../src/pipeline.ts'
import { admitFacility } from '../../src/services/admission.ts'
import { openJournal } from '../../src/storage/embedded/segment-journal.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { decodeNative } from '../../src/telemetry/codecs/native.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { RejectionLog } from '../../src/telemetry/rejection-log.ts'

export interface LivedDay {
  /** In order of their ids. */
  alarms: Alarm[]
  records: AlarmRecord[]
  /** Where the journal lies. */
  journal: string
  remove(): void
}

/** Puts the parts of the running server together with the clock in hand: the journal, the road, the state file, a tick each second. */
export async function liveThrough(
  facilities: readonly Registration[],
  sent: readonly SentMessage[],
  start: number,
  end: number,
  changed: RuleSet,
): Promise<LivedDay> {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-day-'))
  let time = start
  const now = () => time
  const state = openStateStore(':memory:')
  const plant = new Plant()
  const detector = new Detector({ programme: lightingProgrammes(), utcOffset: utcOffsets(DEFAULT_TIME_ZONE) })
  const rules = new RuleBook(changed.groups, changed.overrides)
  for (const description of describeFacilities(facilities, plant, kindByKey)) {
    admitFacility({ kinds: kindByKey, plant, detector, rules }, state.putFacility(description), description)
  }
  const journal = await openJournal({
    folder: join(folder, 'journal'),
    maxBytes: 4e9,
    maxAge: hours(1e6),
    commitInterval: 0,
    now,
    openFile: unsynced,
  })
  const pipeline = new Pipeline({
    plant,
    detector,
    register: new AlarmRegister(state),
    state,
    rejections: new RejectionLog(),
    decode: (message) => decodeNative(message, plant, { maxPayload: 65_536, maxFuture: minutes(5), maxAge: days(400) }),
    store: { append: () => {}, reached: () => {} },
    dispatch: () => {},
    onTrouble: rethrow,
    onMishap: rethrow,
  })
  await recover({ state, plant, pipeline, journal, now, onUnread: rethrow })
  const ingest = new Ingest({ journal, pipeline, now, onUnwritten: rethrow, onTrouble: rethrow })
  let next = 0
  // The timer of ticks is late by up to half a second now and then, and some messages wait for the disk while it fires.
  for (let second = 0; start + seconds(second) <= end; second++) {
    const tick = Math.min(end, start + seconds(second) + (second % 7) * 80)
    const written: Promise<void>[] = []
    for (let message = sent[next]; message && message.received <= tick; message = sent[++next]) {
      time = message.received
      written.push(
        new Promise((resolve, reject) => ingest.take(message.topic, message.payload, (error) => (error ? reject(error) : resolve()))),
      )
      if (next % 5 === 0) await Promise.all(written)
    }
    time = tick
    if (second % 3 === 0) ingest.tick()
    await Promise.all(written)
    ingest.tick()
    pipeline.save(100)
  }
  time = end
  ingest.tick()
  const alarms: Alarm[] = []
  for (let alarm = state.alarm(1); alarm; alarm = state.alarm(alarm.id + 1)) alarms.push(alarm)
  const records = [...state.alarmRecordsBetween(0, Number.MAX_SAFE_INTEGER)].map((record) => ({ ...record, id: undefined }))
  await journal.close()
  state.close()
  return { alarms, records, journal: join(folder, 'journal'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** A day has more commits than a disk can make durable in the time of a test, and nobody pulls the plug here. */
async function unsynced(path: string, flags: string) {
  const file = await open(path, flags)
  file.datasync = async () => {}
  return file
}

function rethrow(error: unknown): never {
  throw error
}
