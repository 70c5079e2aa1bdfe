import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LamplighterError } from '../../src/errors.ts'
import { openMemoryJournal } from '../../src/storage/memory/journal.ts'
import { openMemoryTelemetryStore } from '../../src/storage/memory/telemetry-store.ts'
import { plainRow } from '../../src/storage/plain-row.ts'
import { type RefusedRows, RowsRefused, sliceRows } from '../../src/storage/refused-rows.ts'
import { createStoreWriter, type StoreWriterParts } from '../../src/storage/store-writer.ts'
import type { TelemetryRows } from '../../src/storage/telemetry-store.ts'
import type { Message } from '../../src/telemetry/message.ts'
import { analog, pointTable, text } from '../../src/telemetry/point.ts'
import type { Report } from '../../src/telemetry/report.ts'

const kind = {
  key: 'lamp',
  table: pointTable({ power: analog(text('x', 'x'), 'W', [0, 100]), volts: analog(text('x', 'x'), 'V', [0, 300]) }),
}

/** A message is the number of readings in it, spread over reports of two each. */
function decode({ position, payload }: Message): Report[] {
  return Array.from({ length: payload[0] as number }, (_, i) => ({
    facility: { id: `lamp-${i}`, number: i, kind, gateway: null },
    at: position * 1000,
    received: position * 1000,
    readings: [
      { point: 0, value: position, quality: 'good' as const },
      { point: 1, value: i, quality: i % 2 ? ('bad' as const) : ('good' as const) },
    ],
  }))
}

class Clock {
  at = 1_000_000
  #timers: { at: number; work: () => void }[] = []

  schedule = (work: () => void, delay: number) => {
    const timer = { at: this.at + delay, work }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.at + ms
    for (;;) {
      await turn()
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.at = Math.max(this.at, next.at)
      next.work()
    }
    this.at = end
  }
}

const unavailable = () => new LamplighterError('store-unavailable', 'away')

function setUp(more: Partial<StoreWriterParts> = {}, storedThrough = -1, journal = openMemoryJournal()) {
  const clock = new Clock()
  const memory = openMemoryTelemetryStore()
  const writes: number[] = []
  /** Answers of the coming writes; written when there is none. */
  const faults: ((batches: readonly TelemetryRows[]) => Promise<void>)[] = []
  const aside: RefusedRows[] = []
  const store = {
    async write(batches: readonly TelemetryRows[]) {
      writes.push(batches.reduce((sum, { rows }) => sum + rows, 0))
      await faults.shift()?.(batches)
      await memory.write(batches)
    },
  }
  const noted: number[] = []
  const state = { storedThrough: () => noted.at(-1) ?? storedThrough, setStoredThrough: (position: number) => void noted.push(position) }
  const make = () =>
    createStoreWriter({
      store,
      journal,
      decode,
      kinds: [kind],
      state,
      now: () => clock.at,
      schedule: clock.schedule,
      random: () => 1,
      setAside: async (refused) => void aside.push(...refused),
      ...more,
    })
  const box = { writer: make() }
  let isBroken = false
  journal.onCommit((messages) => {
    for (const message of messages) {
      const reports = decode(message)
      if (isBroken) box.writer.append(reports[0] as Report, message.position)
      else {
        for (const report of reports) box.writer.append(report, message.position)
        box.writer.reached(message.position)
      }
      isBroken = false
    }
  })
  const send = (reports: number, count = 1) => {
    for (let i = 0; i < count; i++) journal.append('t', Uint8Array.of(reports), clock.at)
  }
  const stored = async (lamp = 0) =>
    (await memory.range({ facilities: [`lamp-${lamp}`], kind: 'lamp', points: ['power'], from: 0, to: Number.MAX_SAFE_INTEGER }, 1e9))[0]
      ?.value ?? []
  return {
    clock,
    box,
    make,
    journal,
    memory,
    writes,
    faults,
    aside,
    noted,
    send,
    stored,
    breakNext: () => {
      isBroken = true
    },
    get writer() {
      return box.writer
    },
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('store writer', () => {
  test('a few readings wait a second for company; the progress is noted', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(2, 3)
    await it.clock.advance(999)
    expect(it.writes).toEqual([])
    await it.clock.advance(1)
    await turn()
    expect(it.writes).toEqual([6])
    expect(await it.stored()).toEqual([1, 2, 3])
    await it.clock.advance(1000)
    expect(it.writer.storedThrough()).toBe(3)
    expect(it.writer.stats()).toMatchObject({ written: 12, buffered: 0, failures: 0, lastError: null })
  })

  test('many readings are written at once, and what comes meanwhile goes with the next write', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(1)
    await it.clock.advance(0)
    expect(it.writer.stats().catchingUp).toBe(false)
    const gate = Promise.withResolvers<void>()
    it.faults.push(() => gate.promise)
    it.send(100, 26)
    await turn()
    it.send(100, 60)
    await turn()
    expect(it.writes).toHaveLength(1)
    gate.resolve()
    await it.clock.advance(0)
    expect(it.writes).toHaveLength(2)
    expect(it.writes[0]! + it.writes[1]!).toBe(8601)
    expect(await it.stored(7)).toHaveLength(86)
  })

  test('messages without readings move the progress on', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(0, 5)
    await it.clock.advance(2000)
    expect(it.writer.storedThrough()).toBe(5)
    expect(it.writes).toEqual([])
    it.send(1)
    it.send(0, 3)
    await it.clock.advance(3000)
    expect(it.writer.storedThrough()).toBe(9)
  })

  test('progress is noted at most once a second', async () => {
    const it = setUp()
    await it.clock.advance(0)
    for (let i = 0; i < 50; i++) {
      it.send(0)
      await it.clock.advance(100)
    }
    expect(it.noted.length).toBeLessThanOrEqual(7)
  })

  test('an unavailable store is tried again with growing pauses, and nothing is lost', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(1)
    for (let i = 0; i < 9; i++) it.faults.push(() => Promise.reject(unavailable()))
    await it.clock.advance(1000)
    await turn()
    expect(it.writer.problems()).toEqual(['Readings cannot be stored: away'])
    await it.clock.advance(200 + 400 + 800)
    expect(it.writes).toHaveLength(4)
    it.send(1, 5)
    await it.clock.advance(60_000)
    expect(await it.stored()).toEqual(upTo(6))
    expect(it.writer.stats()).toMatchObject({ failures: 9, setAside: 0, written: 12 })
    expect(it.writer.problems()).toEqual([])
  })

  test('what the store refuses for another reason is set aside after five tries, row by row, and holds nothing else up', async () => {
    const it = setUp()
    const refuse = async (batches: readonly TelemetryRows[]) => {
      if (batches.some(({ at }) => at.includes(1000))) throw new Error('refused')
    }
    await it.clock.advance(0)
    for (let i = 0; i < 50; i++) it.faults.push(refuse)
    it.send(3)
    it.send(1)
    await it.clock.advance(1000)
    it.send(1)
    await it.clock.advance(1000)
    expect(await it.stored()).toEqual([3])
    expect(it.writer.stats()).toMatchObject({ catchingUp: true, backlog: 2 })
    expect(it.noted.at(-1) ?? -1).toBeLessThan(1)
    await it.clock.advance(10_000)
    expect(await it.stored()).toEqual([2, 3])
    expect(it.aside.map(({ batch, reason }) => [batch.rows, batch.at[0], reason])).toEqual([
      [1, 1000, 'refused'],
      [1, 1000, 'refused'],
      [1, 1000, 'refused'],
    ])
    expect(it.writer.stats()).toMatchObject({ setAside: 6, written: 4, storedThrough: 3, catchingUp: false })
    await it.memory.write(it.aside.map(({ batch }) => batch))
    expect(await it.stored()).toEqual([1, 2, 3])
  })

  test('what cannot be set aside is neither lost nor claimed', async () => {
    let full = 2
    const aside: number[] = []
    const it = setUp({
      setAside: async (refused) => {
        if (full-- > 0) throw new Error('ENOSPC')
        aside.push(...refused.map(({ batch }) => batch.rows))
      },
    })
    await it.clock.advance(0)
    for (let i = 0; i < 10; i++) it.faults.push(() => Promise.reject(new Error('refused')))
    it.send(1)
    await it.clock.advance(7300)
    expect(it.writer.problems()).toEqual(['Readings cannot be stored: ENOSPC'])
    expect(it.noted.at(-1) ?? -1).toBeLessThan(1)
    await it.clock.advance(10_000)
    expect(aside).toEqual([1])
    expect(it.writer.stats()).toMatchObject({ storedThrough: 1, setAside: 2 })
  })

  test('a store that refuses everything makes all wait, and little is set aside', async () => {
    const it = setUp()
    await it.clock.advance(0)
    for (let i = 0; i < 1e4; i++) it.faults.push(() => Promise.reject(new Error('no')))
    for (let i = 0; i < 60; i++) {
      it.send(1)
      await it.clock.advance(1000)
    }
    expect(it.aside.length).toBeLessThan(20)
    expect(it.writer.problems()).toEqual(['Readings cannot be stored: no'])
    it.faults.length = 0
    await it.clock.advance(60_000)
    await it.memory.write(it.aside.map(({ batch }) => batch))
    expect(await it.stored()).toEqual(upTo(60))
    expect(it.writer.stats()).toMatchObject({ storedThrough: 60, catchingUp: false })
  })

  test('a store that is away too long makes it read from the journal again, in order, and then live once more', async () => {
    const it = setUp({ maxBuffered: 400 })
    await it.clock.advance(0)
    it.send(1)
    await it.clock.advance(2000)
    for (let i = 0; i < 6; i++) it.faults.push(() => Promise.reject(unavailable()))
    for (let i = 0; i < 50; i++) {
      it.send(10, 20)
      await it.clock.advance(100)
    }
    expect(it.writer.stats().catchingUp).toBe(true)
    expect(it.writer.stats().buffered).toBeLessThan(700_000)
    await it.clock.advance(60_000)
    expect(it.writer.stats()).toMatchObject({ catchingUp: false, storedThrough: 1001, buffered: 0 })
    expect(await it.stored()).toEqual(upTo(1001))
    expect(it.writes.filter((_, i) => i > 0).at(-1)).toBeGreaterThan(0)
  })

  test('after a restart it begins where the store had confirmed everything', async () => {
    const journal = openMemoryJournal()
    for (let i = 0; i < 10; i++) journal.append('t', Uint8Array.of(1), 0)
    await turn()
    const it = setUp({}, 4, journal)
    it.send(1)
    await it.clock.advance(3000)
    expect(await it.stored()).toEqual([5, 6, 7, 8, 9, 10, 11])
    expect(it.writer.storedThrough()).toBe(11)
  })

  test('a journal that cannot be read for a while is read again, with growing pauses, and that is logged once', async () => {
    const logged: string[] = []
    const log = { warn: () => {}, error: (_: object, message: string) => void logged.push(message) }
    let broken = 3
    const inner = openMemoryJournal()
    const journal = {
      ...inner,
      read: (position: number, bytes: number) => (broken-- > 0 ? Promise.reject(new Error('EIO')) : inner.read(position, bytes)),
    }
    const it = setUp({ log }, -1, journal)
    it.send(1, 3)
    await it.clock.advance(100)
    expect(it.writer.stats()).toMatchObject({ catchingUp: true, lastError: 'EIO' })
    await it.clock.advance(3000)
    expect(await it.stored()).toEqual([1, 2, 3])
    expect(it.writer.stats().catchingUp).toBe(false)
    expect(logged).toEqual(['the journal cannot be read for storing'])
  })

  test('a place of the journal that cannot be read is told, holds the rest up for a minute, and is passed over then', async () => {
    const inner = openMemoryJournal()
    for (let i = 0; i < 10; i++) inner.append('t', Uint8Array.of(1), 0)
    await turn()
    const read: typeof inner.read = (position, bytes, passOver) =>
      position > 2 ? inner.read(position, bytes) : passOver ? inner.read(3, bytes) : Promise.reject(new Error('EIO'))
    const it = setUp({}, -1, { ...inner, read })
    await it.clock.advance(50_000)
    expect(await it.stored()).toEqual([])
    expect(it.writer.problems()).toEqual(['What waits to be stored cannot be read: EIO'])
    expect(it.writer.isStoreAway()).toBe(false)
    await it.clock.advance(30_000)
    expect(await it.stored()).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
    expect(it.writer.problems()).toEqual([])
  })

  test('closing writes what is buffered; a store that does not answer ends it by the timeout', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(1, 2)
    await turn()
    await it.writer.close(1000)
    expect(await it.stored()).toEqual([1, 2])
    expect(it.noted.at(-1)).toBe(2)

    const stuck = setUp()
    await stuck.clock.advance(0)
    stuck.faults.push(() => new Promise(() => {}))
    stuck.send(1, 2)
    await turn()
    const closed = stuck.writer.close(1000)
    await stuck.clock.advance(1000)
    await closed
    expect(stuck.noted.at(-1) ?? -1).toBeLessThan(2)
  })

  test('a restart takes up what comes now at once, beside what was not stored before', async () => {
    const journal = openMemoryJournal()
    for (let i = 0; i < 2000; i++) journal.append('t', Uint8Array.of(10), 0)
    await turn()
    const it = setUp({}, 4, journal)
    const gate = Promise.withResolvers<void>()
    it.faults.push(() => gate.promise)
    await it.clock.advance(0)
    it.send(1)
    await it.clock.advance(1000)
    await turn()
    // The first backlog write hangs; the live one has gone past it.
    expect(await it.stored()).toEqual([2001])
    expect(it.writer.stats()).toMatchObject({ catchingUp: true, liveLag: 0 })
    expect(it.writer.storedThrough()).toBe(4)
    gate.resolve()
    await it.clock.advance(10_000)
    expect(await it.stored()).toEqual(upTo(2001).slice(4))
    expect(it.writer.stats()).toMatchObject({ storedThrough: 2001, backlog: 0, gaps: 0, oldestGap: null, liveLag: 0 })
  })

  test('after an outage live readings stay less than two seconds behind while the backlog is stored, in order', async () => {
    const it = setUp({ maxBuffered: 20_000 })
    const order: number[] = []
    let away = true
    // A store that takes 20 ms a write and 100 values a ms, with five times the room that the live readings need.
    const write = async (batches: readonly TelemetryRows[]) => {
      if (away) throw unavailable()
      const values = batches.reduce((sum, { rows }) => sum + 2 * rows, 0)
      await new Promise<void>((resolve) => it.clock.schedule(resolve, 20 + values / 100))
      for (const { at } of batches) for (const time of new Set(at)) order.push(time / 1000)
    }
    const pass = async (ms: number) => {
      for (let i = 0; i < ms / 100; i++) {
        while (it.faults.length < 100) it.faults.push(write)
        it.send(100, 10)
        await it.clock.advance(100)
      }
    }
    await pass(60_000)
    expect(it.writer.stats()).toMatchObject({ written: 0, gaps: 1 })
    expect(it.writer.stats().liveLag).toBeGreaterThan(50_000)
    expect(it.writer.stats().buffered).toBeLessThan(60_000)
    const missed = it.writer.stats().backlog
    away = false
    await pass(10_000)
    const lags: number[] = []
    while (it.writer.stats().catchingUp) {
      await pass(100)
      lags.push(it.writer.stats().liveLag)
      expect(lags.length).toBeLessThan(600)
    }
    expect(Math.max(...lags)).toBeLessThan(2000)
    const sent = it.journal.stats().next - 1
    const backlog = order.filter((position) => position <= missed)
    expect(backlog).toEqual([...backlog].sort((a, b) => a - b))
    expect(order.indexOf(missed)).toBeGreaterThan(order.findIndex((position) => position > 6500))
    await it.clock.advance(5000)
    expect(it.writer.stats()).toMatchObject({ storedThrough: sent, buffered: 0, setAside: 0 })
    expect(new Set(order).size).toBe(sent)
  }, 60_000)

  test('after a write that hung, the newest readings are stored before those that waited behind it', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.faults.push(() => new Promise<void>((resolve) => it.clock.schedule(resolve, 30_000)))
    for (let i = 0; i < 300; i++) {
      it.send(1000, 2)
      await it.clock.advance(100)
    }
    expect(it.writer.stats().liveLag).toBeGreaterThan(25_000)
    expect(it.writes).toHaveLength(1)
    await it.clock.advance(3000)
    const [, second = 0] = it.writes
    expect(second).toBeLessThan(200_000)
    expect(it.writer.stats()).toMatchObject({ catchingUp: false, storedThrough: 600, liveLag: 0 })
    expect(await it.stored()).toHaveLength(600)
  })

  test.each([
    [1.25, 2_000],
    [1.03, 3_000],
  ])('a store that drops to %f times what comes in while it catches up keeps live readings within %i ms', async (spare, most) => {
    /** Values that come in per ms. */
    const rate = 64
    const reports = 100
    const journal = openMemoryJournal()
    // As large as what it stands for, or all would be read at once.
    const payload = Object.assign(new Uint8Array(2500), { 0: reports })
    for (let i = 0; i < 12_000; i++) journal.append('t', payload, 0)
    await turn()
    /** All it can do, values per ms, is shared by its writes. */
    let capacity = 600
    const kept = new Set<number>()
    const writes = new Set<{ left: number; done: () => void }>()
    const it = setUp(
      {
        store: {
          async write(batches) {
            const left = batches.reduce((sum, { rows }) => sum + rows * 2, 0)
            await new Promise<void>((resolve) => writes.add({ left, done: resolve }))
            for (const { at } of batches) for (const time of at) kept.add(time / 1000)
          },
        },
      },
      -1,
      journal,
    )
    const work = () => {
      for (const write of [...writes]) {
        write.left -= (capacity * 5) / writes.size
        if (write.left > 0) continue
        writes.delete(write)
        write.done()
      }
      it.clock.schedule(work, 5)
    }
    work()
    let behind = 0
    for (let ms = 0; ms < 50_000 || it.writer.stats().catchingUp; ms += 100) {
      capacity = ms > 2_000 && ms < 40_000 ? rate * spare : 600
      it.send(reports, (rate * 100) / (reports * 2))
      await it.clock.advance(100)
      behind = Math.max(behind, it.writer.stats().liveLag)
    }
    expect(behind).toBeLessThan(most)
    await it.clock.advance(3_000)
    const { next } = journal.stats()
    expect(kept.size).toBe(next - 1)
    expect(it.writer.storedThrough()).toBe(next - 1)
  })

  test('a slow store does not let the backlog starve', async () => {
    const journal = openMemoryJournal()
    for (let i = 0; i < 1000; i++) journal.append('t', Uint8Array.of(20), 0)
    await turn()
    const it = setUp({}, -1, journal)
    // Longer than live readings are to wait, whatever is written.
    for (let i = 0; i < 1000; i++) it.faults.push(() => new Promise<void>((resolve) => it.clock.schedule(resolve, 4000)))
    for (let i = 0; i < 1200; i++) {
      it.send(1)
      await it.clock.advance(100)
    }
    expect(it.writer.stats()).toMatchObject({ catchingUp: false, gaps: 0 })
    expect(it.writer.storedThrough()).toBeGreaterThan(2000)
    expect(it.writer.stats().liveLag).toBeLessThan(10_000)
  })

  test('random failures, refusals, slow answers, crashes and bursts: every row is stored once, and the noted progress is never ahead', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('send' as const), reports: fc.integer({ min: 0, max: 4 }), count: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({
        type: fc.constant('fault' as const),
        times: fc.integer({ min: 1, max: 12 }),
        late: fc.boolean(),
        slow: fc.integer({ min: 0, max: 3000 }),
        error: fc.constantFrom('away' as const, 'refused' as const, 'named' as const, null),
      }),
      fc.record({ type: fc.constant('break' as const), reports: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ type: fc.constant('restart' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 10, max: 500 }), async (steps, maxBuffered) => {
        const it = setUp({ maxBuffered })
        const expected = new Map<string, number>()
        const keep = (count: number, reports: number) => {
          const { next } = it.journal.stats()
          for (let position = next - count; position < next; position++)
            for (let i = 0; i < reports; i++) expected.set(`lamp-${i} ${position}`, position)
        }
        const faultOf =
          ({ late, slow, error }: { late: boolean; slow: number; error: 'away' | 'refused' | 'named' | null }) =>
          async (batches: readonly TelemetryRows[]) => {
            if (slow > 0) await new Promise<void>((resolve) => it.clock.schedule(resolve, slow))
            if (late) await it.memory.write(batches)
            if (error === 'away') throw unavailable()
            if (error === 'refused') throw new Error('no')
            if (error !== 'named') return
            const [batch] = batches as [TelemetryRows]
            await it.memory.write([sliceRows(batch, 1, batch.rows), ...batches.slice(1)])
            throw new RowsRefused([{ batch: sliceRows(batch, 0, 1), reason: 'type' }])
          }
        const there = async () => {
          const { rows, at, facility, facilities } = await it.memory.scan({ kind: 'lamp', from: 0, to: Number.MAX_SAFE_INTEGER })
          const stored = Array.from({ length: rows }, (_, row) => `${facilities[facility[row] as number]} ${(at[row] as number) / 1000}`)
          const aside = it.aside.flatMap(({ batch }) => Array.from({ length: batch.rows }, (_, row) => plainRow(batch, row)))
          return { stored, aside: aside.map(({ facility, at }) => `${facility} ${Number(at) / 1000}`) }
        }
        for (const action of steps) {
          if (action.type === 'send') {
            it.send(action.reports, action.count)
            await turn()
            keep(action.count, action.reports)
          } else if (action.type === 'break') {
            // The road breaks at this message when the first of its reports has been handed over.
            it.breakNext()
            it.send(action.reports)
            await turn()
            keep(1, action.reports)
          } else if (action.type === 'wait') await it.clock.advance(action.ms)
          else if (action.type === 'fault') for (let i = 0; i < action.times; i++) it.faults.push(faultOf(action))
          else {
            // As after kill -9: whatever was under way may or may not have reached the store.
            it.box.writer.close(0).catch(() => {})
            await it.clock.advance(0)
            it.box.writer = it.make()
          }
          const noted = it.noted.at(-1) ?? -1
          const { stored, aside } = await there()
          const kept = new Set([...stored, ...aside])
          expect([...expected].filter(([row, position]) => position <= noted && !kept.has(row))).toEqual([])
        }
        it.faults.length = 0
        it.send(0)
        await it.clock.advance(120_000)
        await it.memory.write(it.aside.map(({ batch }) => batch))
        expect((await there()).stored.sort()).toEqual([...expected.keys()].sort())
        expect(it.writer.stats()).toMatchObject({ buffered: 0, catchingUp: false, backlog: 0, liveLag: 0 })
        expect(it.writer.storedThrough()).toBe(it.journal.stats().next - 1)
      }),
      { numRuns: 300, seed: 11 },
    )
  }, 60_000)

  test('a live write that hangs beside a failing backlog: what is read again behind younger readings is not claimed', async () => {
    const it = setUp()
    await it.clock.advance(0)
    it.send(1)
    await it.clock.advance(2000)
    const hung = Promise.withResolvers<void>()
    it.faults.push(() => hung.promise)
    it.send(1, 5)
    await it.clock.advance(1000)
    for (let i = 0; i < 100; i++) it.faults.push(() => Promise.reject(unavailable()))
    it.breakNext()
    it.send(1)
    await it.clock.advance(100)
    it.send(1)
    await it.clock.advance(1500)
    it.send(1)
    await it.clock.advance(3000)
    hung.reject(unavailable())
    await it.clock.advance(20_000)
    const kept = await it.stored()
    expect(upTo(it.noted.at(-1) as number).filter((position) => !kept.includes(position))).toEqual([])
    it.faults.length = 0
    await it.clock.advance(60_000)
    expect((await it.stored()).toSorted((a, b) => a - b)).toEqual(upTo(9))
  })

  test('writes that hang and fail later, outages, refusals, broken messages and a disk that sets nothing aside: no note is ahead, and all gets there', async () => {
    const reports = fc.integer({ min: 0, max: 3 })
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('send' as const), reports }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('break' as const), reports: fc.integer({ min: 1, max: 3 }) }) },
      {
        weight: 1,
        arbitrary: fc.record({ type: fc.constant('store' as const), does: fc.constantFrom('take', 'take', 'fail', 'hang', 'refuse') }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('answer' as const), fails: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(0, 100, 700, 3000, 12_000) }) },
    )
    const steps = fc.array(step, { minLength: 40, maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(60, 2_000_000), fc.array(fc.boolean()), async (taken, maxBuffered, asideFails) => {
        let does = 'take'
        const hanging: ((error?: Error) => void)[] = []
        const sent = new Set<number>()
        const kept = new Set<number>()
        const keep = ({ at }: TelemetryRows) => {
          for (const time of at) kept.add(time / 1000)
        }
        let noted = -1
        const missing = () => [...sent].filter((position) => position <= noted && !kept.has(position))
        const ahead: number[] = []
        const it = setUp({
          maxBuffered,
          store: {
            async write(batches) {
              if (does === 'fail') throw unavailable()
              if (does === 'refuse') throw new Error('refused')
              if (does === 'hang')
                await new Promise<void>((resolve, reject) => hanging.push((error) => (error ? reject(error) : resolve())))
              for (const batch of batches) keep(batch)
            },
          },
          setAside: async (refused) => {
            if (asideFails.shift()) throw new Error('the disk is full')
            for (const { batch } of refused) keep(batch)
          },
          state: {
            storedThrough: () => -1,
            setStoredThrough: (position) => {
              noted = position
              ahead.push(...missing())
            },
          },
        })
        const send = (count: number) => {
          it.send(count)
          if (count > 0) sent.add(it.journal.stats().next - 1)
        }
        for (const one of taken) {
          if (one.type === 'break') it.breakNext()
          if (one.type === 'break' || one.type === 'send') send(one.reports)
          if (one.type === 'store') does = one.does
          if (one.type === 'answer') hanging.shift()?.(one.fails ? unavailable() : undefined)
          if (one.type === 'wait') await it.clock.advance(one.ms)
          await turn()
        }
        does = 'take'
        for (let i = 0; i < 60; i++) {
          for (const answer of hanging.splice(0)) answer()
          send(1)
          await it.clock.advance(2000)
        }
        expect(ahead).toEqual([])
        expect([...sent].filter((position) => !kept.has(position))).toEqual([])
        expect(it.writer.stats()).toMatchObject({ catchingUp: false })
        expect(noted).toBeGreaterThanOrEqual(Math.max(...sent) - 1)
      }),
      { numRuns: 200, seed: 5 },
    )
  }, 60_000)
})
