import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { TelemetryFormat } from '../../../../src/edges/exchange/telemetry/formats.ts'
import { importTelemetry } from '../../../../src/edges/exchange/telemetry/import.ts'
import { parseLine } from '../../../../src/edges/exchange/telemetry/line-reading.ts'
import { LamplighterError } from '../../../../src/errors.ts'
import { openMemoryTelemetryStore } from '../../../../src/storage/memory/telemetry-store.ts'
import { RowsRefused, sliceRows } from '../../../../src/storage/refused-rows.ts'
import type { TelemetryRows } from '../../../../src/storage/telemetry-store.ts'
import { days } from '../../../../src/telemetry/duration.ts'
import { contractKind, NOON } from '../../../storage/telemetry-store.contract.ts'
import { contentOf, never, ownFolder, takingOptions } from './fixtures.ts'

const folder = ownFolder()
const iso = (at: number) => new Date(at).toISOString()

async function imported(format: TelemetryFormat, content: string | Uint8Array, more = {}) {
  const path = join(folder, `file.${format}`)
  writeFileSync(path, content)
  const store = openMemoryTelemetryStore()
  const report = await importTelemetry({ path, format, encoding: 'utf-8' }, takingOptions(more), store, { signal: never })
  const problems = report.problems.map(({ row, column, value, reason }) => [row, reason, column, value])
  return { report, problems, content: await contentOf(store) }
}

test('CSV: each broken row is told with its number, the others are taken', async () => {
  const { report, problems, content } = await imported(
    'csv',
    [
      'time,facility,flow,running,mode,hue',
      `${iso(NOON)},a,1,true,auto,red`,
      'yesterday,a,1,,,',
      `2026-02-02 12:00:00,a,1,,,`,
      `${iso(NOON)},a b,1,,,`,
      `${iso(NOON)},a`,
      '',
      `${iso(NOON + 1)},a,one,yes,9,`,
      `${iso(NOON + 2)},a,101,,,`,
      `${NOON + 3},a,2.5,0,2,`,
      `${iso(NOON + days(200))},a,1,,,`,
      `${iso(NOON - days(200))},a,1,,,`,
      `${iso(NOON + 4)},a,,,,`,
    ].join('\r\n'),
  )
  expect(problems).toEqual([
    [2, 'point-unknown', 'hue', ''],
    [3, 'time-bad', '', 'yesterday'],
    [4, 'time-bad', '', '2026-02-02 12:00:00'],
    [5, 'facility-bad', '', 'a b'],
    [6, 'cell-count', '', `${iso(NOON)}, a`],
    [8, 'value-bad', 'flow', 'one'],
    [8, 'value-bad', 'running', 'yes'],
    [8, 'value-bad', 'mode', '9'],
    [8, 'row-empty', '', ''],
    [9, 'value-impossible', 'flow', '101'],
    [11, 'time-in-future', '', iso(NOON + days(200))],
    [12, 'time-too-old', '', iso(NOON - days(200))],
    [13, 'row-empty', '', ''],
  ])
  expect(content).toEqual([`${NOON} a flow=1 mode=1 running=1`, `${NOON + 2} a flow.bad=101`, `${NOON + 3} a flow=2.5 mode=2 running=0`])
  expect(report).toMatchObject({ rows: 11, taken: 3, errors: 7, warnings: 6 })
})

test('JSON lines: what is no row is told, the others are taken', async () => {
  const { problems, content } = await imported(
    'json-lines',
    `{"at":${NOON},"facility":"a","values":{"flow":1}}\n{"at":\n\n[1]\n{"at":${NOON},"facility":7,"values":{}}\n{"at":"${iso(NOON + 1)}","facility":"a","values":{"mode":"manual","hue":1,"flow":null},"bad":{"level":-3}}`,
  )
  expect(problems.map(([row, reason]) => [row, reason])).toEqual([
    [2, 'line-broken'],
    [4, 'line-broken'],
    [5, 'facility-bad'],
    [6, 'point-unknown'],
  ])
  expect(content).toEqual([`${NOON} a flow=1`, `${NOON + 1} a level.bad=-3 mode=2`])
})

test('line protocol: of this program, of earlier ones with booleans and strings, and as a server dumps it', async () => {
  const { problems, content } = await imported(
    'line-protocol',
    `# DDL
CREATE DATABASE lamplighter WITH NAME autogen
# CONTEXT-DATABASE:lamplighter
pump-station,facility=a flow=1,running=1,mode=2 ${NOON}
pump-station,facility=a,site=x\\ y flow=1i,running=true,mode="manual" ${NOON + 1}000000
pump-station,facility=a running=F ${(NOON + 1000) / 1000}
pump-station,facility=a flow=1
pump-station,facility=a flow= ${NOON}
windmill,facility=a flow=1 ${NOON + 2}
`,
    { kind: null },
  )
  expect(problems.map(([row, reason]) => [row, reason])).toEqual([
    [7, 'line-broken'],
    [8, 'line-broken'],
    [9, 'kind-unknown'],
  ])
  expect(content).toEqual([`${NOON} a flow=1 mode=2 running=1`, `${NOON + 1} a flow=1 mode=2 running=1`, `${NOON + 1000} a running=0`])
})

describe('who may have rows', () => {
  const csv = `time,facility,flow\n${NOON},known,1\n${NOON},stranger,2\n${NOON},lamp,3\n`
  const plant = new Map([
    ['known', contractKind.key],
    ['lamp', 'street-light'],
  ])

  test('facilities that are not registered are left out unless they are to be kept', async () => {
    const strict = await imported('csv', csv, { plant, keepUnknown: false, kind: null })
    expect(strict.problems.map(([row, reason, , value]) => [row, reason, value])).toEqual([
      [3, 'facility-unknown', 'stranger'],
      [4, 'kind-unknown', 'street-light'],
    ])
    const kept = await imported('csv', csv, { plant })
    expect(kept.content).toEqual([`${NOON} known flow=1`, `${NOON} stranger flow=2`])
    expect(kept.problems.map(([row, reason]) => [row, reason])).toEqual([[4, 'kind-other']])
  })
})

test('a mapping says what others call kinds, points, time and facility', async () => {
  const mapping = { kinds: { pumps: contractKind.key }, time: 'when', facility: 'where', points: { Q: 'flow', junk: null } }
  const csv = await imported('csv', `when;where;Q;junk\n${NOON};a;1;2\n`, { mapping })
  const lines = await imported('line-protocol', `pumps,where=a Q=1,junk=2 ${NOON}\n`, { mapping, kind: null })
  for (const { content, problems } of [csv, lines]) expect([content, problems]).toEqual([[`${NOON} a flow=1`], []])
})

test('a file without the columns, and bytes that are no text, are told', async () => {
  expect((await imported('csv', 'a,b\n1,2\n')).report.reasons).toEqual([{ reason: 'column-missing', severity: 'error', count: 2 }])
  const bytes = Buffer.concat([
    Buffer.from(`{"at":${NOON},"facility":"a","values":{"flow":1}}\n`.repeat(3000)),
    Buffer.from([0xff, 0xfe, 0xff]),
  ])
  const { report } = await imported('json-lines', bytes)
  expect(report.reasons).toEqual([{ reason: 'encoding-wrong', severity: 'error', count: 1 }])
})

test('more problems are counted than kept', async () => {
  const { report } = await imported('json-lines', 'x\n'.repeat(2000))
  expect([report.rows, report.errors, report.problems.length]).toEqual([2000, 2000, 500])
})

test('a store that is away for a while is waited for; what it refuses otherwise ends the import', async () => {
  const path = join(folder, 'away.csv')
  writeFileSync(path, `time,facility,flow\n${NOON},a,1\n`)
  const file = { path, format: 'csv', encoding: 'utf-8' } as const
  let calls = 0
  const store = openMemoryTelemetryStore()
  const away = {
    write: async (batches: Parameters<typeof store.write>[0]) => {
      if (++calls === 1) throw new LamplighterError('store-unavailable', 'away')
      await store.write(batches)
    },
  }
  await importTelemetry(file, takingOptions(), away, { signal: never })
  expect([calls, await contentOf(store)]).toEqual([2, [`${NOON} a flow=1`]])
  const broken = { write: () => Promise.reject(new Error('broken')) }
  await expect(importTelemetry(file, takingOptions(), broken, { signal: never })).rejects.toThrow('broken')
})

test('rows that the store refuses are told and counted out, and the import goes on', async () => {
  const path = join(folder, 'refused.jsonl')
  const lines = Array.from({ length: 12_000 }, (_, i) => JSON.stringify({ at: NOON + i, facility: 'a', values: { flow: 1, level: 2 } }))
  writeFileSync(path, lines.join('\n'))
  const store = openMemoryTelemetryStore()
  let writes = 0
  const refusing = {
    async write([batch]: Parameters<typeof store.write>[0]) {
      if (++writes > 1) return store.write([batch as TelemetryRows])
      await store.write([sliceRows(batch as TelemetryRows, 1, batch?.rows ?? 0)])
      throw new RowsRefused([{ batch: sliceRows(batch as TelemetryRows, 0, 1), reason: 'field type conflict' }])
    },
  }
  const report = await importTelemetry({ path, format: 'json-lines', encoding: 'utf-8' }, takingOptions(), refusing, { signal: never })
  expect(report).toMatchObject({ rows: 12_000, taken: 11_999, values: 23_998, errors: 1, isWhole: true })
  expect(report.problems).toEqual([{ row: 0, column: '', value: `a ${iso(NOON)}`, reason: 'store-refused', about: 'field type conflict' }])
  expect(await contentOf(store)).toHaveLength(11_999)
})

test.each<[TelemetryFormat, string]>([
  ['json-lines', '{"at":1\n'],
  ['json-lines', '\n'],
  ['line-protocol', '# nothing\n'],
  ['line-protocol', 'x'],
  ['csv', '\n'],
])('%s of nothing but %j shows its progress and is cancelled in the midst of it', async (format, piece) => {
  const path = join(folder, `endless.${format}`)
  writeFileSync(path, piece.repeat(Math.ceil(3_000_000 / piece.length)))
  const stop = new AbortController()
  const shares: number[] = []
  const onProgress = ({ share }: { share: number }) => {
    shares.push(share)
    if (share > 0.3) stop.abort(new Error('enough'))
  }
  const file = { path, format, encoding: 'utf-8' } as const
  await expect(importTelemetry(file, takingOptions(), null, { signal: stop.signal, onProgress })).rejects.toThrow('enough')
  expect(shares.at(-1)).toBeLessThan(0.7)
})

test('numbers of times have the unit that their size tells; a day that a month does not have is none', async () => {
  const { content, problems } = await imported(
    'csv',
    ['time,facility,flow', `${NOON / 1000},s,1`, `${NOON},ms,1`, `${NOON}000,us,1`, `${NOON}000000,ns,1`, '2026-02-30T00:00:00Z,a,1'].join(
      '\n',
    ),
  )
  expect(content).toEqual(['ms', 'ns', 's', 'us'].map((facility) => `${NOON} ${facility} flow=1`))
  expect(problems).toEqual([[6, 'time-bad', '', '2026-02-30T00:00:00Z']])
  const lines = await imported('json-lines', `{"at":${NOON / 1000},"facility":"a","values":{"flow":1}}`)
  expect(lines.content).toEqual([`${NOON} a flow=1`])
})

test('a file of ever new names is given up instead of filling the memory', async () => {
  const lines = Array.from({ length: 10_100 }, (_, i) => JSON.stringify({ at: NOON, facility: 'a', values: { [`n${i}`]: 1 } }))
  const { report } = await imported('json-lines', lines.join('\n'))
  expect(report).toMatchObject({ rows: 10_001, isWhole: false, errors: 1 })
  expect(report.problems.find(({ reason }) => reason === 'format-broken')?.about).toBe('> 10000 names of points')
})

test('a file that cannot be read to its end is not taken for whole', async () => {
  const row = `${NOON},a,1\n`
  const cut = await imported('csv', `time,facility,flow\n${row.repeat(40_000)}${NOON},a,"${'x'.repeat(200_000)}"\n${row}`)
  expect(cut.report).toMatchObject({ isWhole: false, errors: 1 })
  expect(cut.report.taken).toBeGreaterThan(0)
  expect((await imported('csv', `time,facility,flow\n${row}broken\n`)).report).toMatchObject({ taken: 1, isWhole: true, errors: 1 })
})

test.each<[string, ReturnType<typeof parseLine>]>([
  [
    'a\\ b,x\\,y=1\\=2 f\\ 1="q \\" , = \\\\",g=-1.5e3,h=7i,i=3u 1700000000000',
    {
      measurement: 'a b',
      tags: new Map([['x,y', '1=2']]),
      fields: [
        ['f 1', 'q " , = \\'],
        ['g', -1500],
        ['h', 7],
        ['i', 3],
      ],
      at: 1_700_000_000_000,
    },
  ],
  ['m v=T 1700000000123456', { measurement: 'm', tags: new Map(), fields: [['v', true]], at: 1_700_000_000_123 }],
  ['m v=1', 'no time'],
  ['m 1700000000000', 'no field'],
  ['m,t v=1 1700000000000', 'tag t'],
  [',t=1 v=1 1700000000000', 'no measurement'],
  ['m v="open 1700000000000', 'field v'],
  ['m v=1e 1700000000000', 'field v'],
])('the line %s', (line, parsed) => {
  expect(parseLine(line)).toEqual(parsed)
})
