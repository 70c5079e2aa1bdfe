import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { tableHistory } from '../../simulators/recorded-history.ts'
import { type FloodLimits, usualFloodLimits } from '../../src/alarms/flood.ts'
import { type BacktestOptions, type BacktestProgress, backtest } from '../../src/backtest/backtest.ts'
import { type History, messageHistory } from '../../src/backtest/history.ts'
import { journalHistory } from '../../src/backtest/journal-history.ts'
import { readLabels } from '../../src/backtest/labels.ts'
import { readRuleFile } from '../../src/backtest/rule-file.ts'
import { heldSpan, storedHistory } from '../../src/backtest/stored-history.ts'
import { openJournal } from '../../src/storage/embedded/segment-journal.ts'
import { openMemoryTelemetryStore } from '../../src/storage/memory/telemetry-store.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Message } from '../../src/telemetry/message.ts'
import { asTheyAre, levels, START, tankKinds, tanks, withChange } from './tanks.ts'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-backtest-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function historyOf(messages: readonly Message[], size = 3): History {
  return messageHistory(
    async function* ({ from, to }) {
      const wanted = messages.filter(({ received }) => received >= from && received < to)
      for (let i = 0; i < wanted.length; i += size) yield wanted.slice(i, i + size)
    },
    async () => ({ from: messages[0]?.received ?? 0, to: messages.at(-1)?.received ?? 0 }),
  )
}

/** A minute well, then ten minutes of `level`, then a minute well again. */
const spell = (level: number) => [...Array(6).fill(4), ...Array(60).fill(level), ...Array(6).fill(4)]
const messages = levels({ 'T-1': spell(6), 'T-2': spell(9), 'T-3': spell(4) })
const options: BacktestOptions = {
  history: historyOf(messages),
  kinds: tankKinds,
  facilities: tanks(3),
  before: asTheyAre,
  after: withChange({ parameters: { high: 5 } }),
}

describe('a back-test', () => {
  test('tells what a lower limit adds', async () => {
    const { counts, changes } = (await backtest(options)).difference
    expect(counts).toMatchObject({ before: 1, after: 2, same: 1, added: 1, lost: 0 })
    expect(changes).toMatchObject([
      { type: 'added', before: null, after: { facility: 'T-1', rule: 'high', priority: 'high', started: START + minutes(1) } },
    ])
  })

  test.each([
    ['a delay', { onDelay: minutes(2) }, { later: 1, lost: 0 }, [{ type: 'moved', shifts: ['later'] }]],
    ['another priority', { priority: 'low' as const }, { otherPriority: 1 }, [{ type: 'moved', shifts: ['other-priority'] }]],
    [
      'an hour of the day',
      { hours: { from: 22 * 60, until: 6 * 60, weekdays: [1, 2, 3, 4, 5, 6, 7] } },
      { lost: 1, after: 0 },
      [{ type: 'lost' }],
    ],
    ['the hour it is', { hours: { from: 8 * 60, until: 9 * 60, weekdays: [7] } }, { same: 1, lost: 0 }, []],
    ['another mode', { modes: ['manual' as const] }, { lost: 1, after: 0 }, [{ type: 'lost' }]],
    ['its mode', { modes: ['manual' as const, 'auto' as const] }, { same: 1, lost: 0 }, []],
    ['another text', { texts: { title: { zh: '高', en: 'High' }, timeToAct: 1 } }, { same: 1, lost: 0, added: 0 }, []],
    ['switching off', { enabled: false }, { lost: 1, after: 0 }, [{ type: 'lost', after: null }]],
    ['nothing', { enabled: true }, { same: 1, lost: 0, added: 0 }, []],
  ])('tells what %s does', async (_, changes, counts, found) => {
    const { difference } = await backtest({ ...options, after: withChange(changes) })
    expect(difference.counts).toMatchObject(counts)
    expect(difference.changes).toMatchObject(found)
  })

  test('compares only the window and the subjects, and warms up before', async () => {
    const window = { from: START + minutes(2), to: START + minutes(9) }
    const { difference, readings, lead } = await backtest({ ...options, window, lead: seconds(30) })
    // Played from half a minute before the window, the fault is there at once.
    expect([lead, readings]).toEqual([seconds(30), 2 * 3 * 45])
    expect(difference.counts).toMatchObject({ before: 0, after: 0 })
    const one = await backtest({ ...options, subjects: new Set(['T-2']) })
    expect([one.facilities, one.difference.counts.added, one.difference.counts.same]).toEqual([1, 0, 1])
  })

  test('counts floods by the limits that are in force', async () => {
    const six = {
      ...options,
      history: historyOf(levels(Object.fromEntries(tanks(6).map(({ id }) => [id, spell(9)])))),
      facilities: tanks(6),
    }
    const floods = async (limits?: FloodLimits) => (await backtest({ ...six, ...(limits && { floods: limits }) })).before.load.floods
    expect(await floods()).toEqual([])
    expect(await floods({ ...usualFloodLimits, begin: 5 })).toMatchObject([{ alarms: 6 }])
    expect(await floods({ ...usualFloodLimits, begin: 5, operators: 2 })).toEqual([])
  })

  test('scores both against labels', async () => {
    const labels = [
      { facility: 'T-1', from: START + seconds(50), to: START + minutes(11), rules: ['high'] },
      { facility: 'T-2', from: START + seconds(50), to: START + minutes(11), rules: [] },
    ]
    const { before, after } = await backtest({ ...options, labels })
    expect([before.score?.recall, after.score?.recall, after.score?.precision]).toEqual([0.5, 1, 1])
    expect(after.score?.medianDelay).toBe(seconds(10))
  })

  test('scores only against labels of a time of which there is history', async () => {
    const label = (from: number, to: number) => ({ facility: 'T-2', from, to, rules: [] })
    const within = label(START + seconds(50), START + minutes(11))
    const labels = [label(START - hours(3), START - hours(2)), within, label(START + hours(2), START + hours(3))]
    const scoreOf = async (window?: BacktestOptions['window']) => {
      const { score } = (await backtest({ ...options, labels, ...(window && { window }) })).before
      return [score?.labels, score?.recall]
    }
    expect(await scoreOf({ from: START - hours(4), to: START + hours(4) })).toEqual([1, 1])
    expect(await scoreOf({ to: START + hours(4) })).toEqual([2, 0.5])
    // Without a window labels count whenever they are, for clocks of devices are wrong.
    expect(await scoreOf()).toEqual([3, 1 / 3])
  })

  test('says how far it is, and stops when told', async () => {
    const many = levels({ 'T-1': Array(20_000).fill(4) })
    const seen: BacktestProgress[] = []
    const slow = messageHistory(
      async function* () {
        for (let i = 0; i < many.length; i += 1000) {
          yield many.slice(i, i + 1000)
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
      },
      async () => ({ from: START, to: many.at(-1)?.received as number }),
    )
    await backtest({ ...options, history: slow, onProgress: (progress) => void seen.push(progress) })
    expect(seen.length).toBeGreaterThan(0)
    for (const { share } of seen) expect(share).toBeGreaterThan(0)
    const stop = new AbortController()
    const stopped = backtest({ ...options, history: slow, signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) })
    await expect(stopped).rejects.toThrow('enough')
  })

  test('says so when there is nothing in the time asked for', async () => {
    await expect(backtest({ ...options, window: { from: START + hours(2) } })).rejects.toThrow('no history in the time asked for')
    const empty = messageHistory(
      async function* () {},
      async () => null,
    )
    await expect(backtest({ ...options, history: empty })).rejects.toThrow('no history')
  })
})

describe('histories', () => {
  const ofT1 = { counts: { added: 1, same: 1 } }

  test('the journal of a folder gives what its messages gave, while it is in use', async () => {
    const journal = await openJournal({
      folder: join(folder, 'journal'),
      maxBytes: 1e8,
      maxAge: hours(1e6),
      segmentBytes: 4000,
      now: () => START,
    })
    for (const { topic, payload, received } of messages) journal.append(topic, payload, received)
    await new Promise<void>((resolve) => journal.onCommit(() => resolve()))
    const history = journalHistory(join(folder, 'journal'))
    expect(await history.span()).toEqual({ from: START, to: messages.at(-1)?.received })
    const result = await backtest({ ...options, history })
    expect(result).toEqual(await backtest(options))
    await journal.close()
    expect(await journalHistory(join(folder, 'nowhere')).span()).toBeNull()
  })

  test('the time-series store gives the same alarms where nothing came late', async () => {
    const store = openMemoryTelemetryStore()
    const rows = messages.map(({ topic, received, payload }) => ({
      facility: topic.split('/')[2] as string,
      at: received,
      level: JSON.parse(new TextDecoder().decode(payload)).values.level as number,
    }))
    const facilities = ['T-1', 'T-2', 'T-3']
    await store.write([
      {
        kind: 'tank',
        facilities,
        facility: Uint32Array.from(rows, ({ facility }) => facilities.indexOf(facility)),
        at: Float64Array.from(rows, ({ at }) => at),
        columns: ['level'],
        values: [Float64Array.from(rows, ({ level }) => level)],
        rows: rows.length,
      },
    ])
    const span = { from: START, to: messages.at(-1)?.received as number }
    const result = await backtest({ ...options, history: storedHistory({ store, kinds: tankKinds, span }) })
    expect(result.difference).toMatchObject(ofT1)
    expect(result.difference.changes).toEqual((await backtest(options)).difference.changes)
  })

  test('of the time-series store only the time is played for which it may have something', async () => {
    const asked = { from: 10, to: 90 }
    expect(await heldSpan({}, asked)).toEqual(asked)
    expect(await heldSpan({ oldest: async () => 40 }, asked)).toEqual({ from: 40, to: 90 })
    expect(await heldSpan({ oldest: async () => 5 }, asked)).toEqual(asked)
    await expect(heldSpan({ oldest: async () => null }, asked)).rejects.toThrow('no history')
  })

  test('a table is played as its facility', async () => {
    const rows = spell(6).map((level, i) => ({ offset: seconds(10 * i), values: { level } }))
    const recording = { rows, start: null, duration: seconds(10 * 71), skipped: { cells: 0, rows: 0 } }
    const history = tableHistory(recording, 'tank', 'T-1', START)
    expect((await backtest({ ...options, history })).difference.counts).toMatchObject({ before: 0, added: 1 })
  })
})

describe('files', () => {
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }

  test('labels of people and of the simulator', () => {
    const file = write(
      'labels.jsonl',
      [
        { facility: 'T-1', from: START, to: null, rule: 'high' },
        { id: 7, facility: 'T-2', start: '2026-03-01T00:00:00Z', end: null, alarm: 'low', following: ['high'] },
        { id: 7, facility: 'T-2', start: '2026-03-01T00:00:00Z', end: '2026-03-01T01:00:00Z', alarm: 'low', following: ['high'] },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    )
    expect(readLabels(file)).toEqual([
      { facility: 'T-1', from: START, to: null, rules: ['high'] },
      { facility: 'T-2', from: START, to: START + hours(1), rules: ['low', 'high'] },
    ])
    expect(() => readLabels(write('bad.jsonl', '\n{"facility": "T-1"}'))).toThrow('bad.jsonl line 2')
  })

  test('rules, with all that is wrong with them', () => {
    const override = { kind: 'tank', rule: 'high', changes: { parameters: { high: 5 } } }
    const file = write('rules.json', JSON.stringify({ overrides: [override] }))
    expect(readRuleFile(file, tankKinds).overrides).toMatchObject([{ ...override, group: null, facility: null }])
    const said = { modes: ['auto'], hours: { from: 0, until: 60, weekdays: [1] }, texts: { title: { zh: '高', en: 'High' } } }
    const all = write('all.json', JSON.stringify({ overrides: [{ ...override, changes: said }] }))
    expect(readRuleFile(all, tankKinds).overrides).toMatchObject([{ changes: said, version: null }])
    const blank = { ...override, changes: { texts: { title: { zh: ' ', en: 'High' } } } }
    expect(() => readRuleFile(write('blank.json', JSON.stringify({ overrides: [blank] })), tankKinds)).toThrow(/title says nothing in zh/)
    const wrong = {
      overrides: [
        { ...override, rule: 'nope' },
        { ...override, group: 'none' },
      ],
    }
    expect(() => readRuleFile(write('wrong.json', JSON.stringify(wrong)), tankKinds)).toThrow(/no rule nope.*no group "none"/s)
    expect(() => readRuleFile(write('shape.json', '{"overrides": [{}]}'), tankKinds)).toThrow('/overrides/0')
    expect(() => readRuleFile(join(folder, 'absent.json'), tankKinds)).toThrow('cannot be read')
  })
})
