import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstEventTime, reportMessages } from '../../simulators/player.ts'
import { shiftTimes } from '../../simulators/raw-recording.ts'
import { type RecordingOptions, readRecording, zipTables } from '../../simulators/recording.ts'
import { parseEdit, parseFileMapping, parseMappings, parseRange, parseRanges, timeReader } from '../../simulators/recording-arguments.ts'
import { parseTable } from '../../simulators/table.ts'

describe('a table', () => {
  test.each([
    [
      'semicolons and a byte-order mark',
      '\ufefftime;Volume Flow RateRMS\r\n2020;1.5\r\n',
      ['time', 'Volume Flow RateRMS'],
      [['2020', '1.5']],
    ],
    ['commas and quotes', 'a,"b, ""c""",d\n1,"x\ny",3\n', ['a', 'b, "c"', 'd'], [['1', 'x\ny', '3']]],
    ['tabs', 'a\tb\n1\t\n', ['a', 'b'], [['1', '']]],
    [
      'blanks',
      '1  2.5\n 3 nan\n',
      ['1', '2'],
      [
        ['1', '2.5'],
        ['3', 'nan'],
      ],
    ],
    ['one column of numbers', '0\n222.6\nnan\n', ['1'], [['0'], ['222.6'], ['nan']]],
    ['one column that starts with a gap', 'nan\n2\n', ['1'], [['nan'], ['2']]],
    ['one column with a name', 'Power of the line\n1\n2\n', ['Power of the line'], [['1'], ['2']]],
    ['an index without a name', ',v\n0,5\n', ['', 'v'], [['0', '5']]],
    ['no line end at the end', 'a;b\n1;2', ['a', 'b'], [['1', '2']]],
    ['nothing', '', [], []],
  ])('%s', (_name, text, columns, cells) => {
    expect(parseTable(text)).toEqual({ columns, cells })
  })

  test('what is broken is named', () => {
    expect(() => parseTable('a;b\n1;2\n1;2;3\n')).toThrow('row 2 has 3 cells')
    expect(() => parseTable('a;b\n1;"2\n')).toThrow('never closed')
  })

  test('quoted cells survive a round trip', () => {
    const cell = fc.string({ maxLength: 8 }).map((s) => s.replaceAll('\r', ''))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        const quote = (s: string) => `"${s.replaceAll('"', '""')}"`
        const text = `"a","b"\n${rows.map((row) => row.map(quote).join(',')).join('\n')}\n`
        expect(parseTable(text).cells).toEqual(rows)
      }),
    )
  })
})

describe('a recording', () => {
  const table = parseTable(
    't;p;q\n2020-01-01 00:00:00;1;10\n2020-01-01 00:00:02;nan;20\n2020-01-01 00:00:05;3;x\n2020-01-01 00:00:06;4;40\n',
  )
  const time: RecordingOptions['time'] = { column: 't', read: timeReader('local', 8) }
  const mappings = parseMappings('p=power:scale=2:offset=1,q=flow')

  test('maps columns, keeps gaps in time, leaves missing values out', () => {
    const recording = readRecording({ table, mappings, time })
    expect(recording.rows).toEqual([
      { offset: 0, values: { power: 3, flow: 10 } },
      { offset: 2000, values: { flow: 20 } },
      { offset: 5000, values: { power: 7 } },
      { offset: 6000, values: { power: 9, flow: 40 } },
    ])
    expect(recording).toMatchObject({ start: Date.parse('2019-12-31T16:00:00Z'), duration: 6000, skipped: { cells: 1, rows: 0 } })
  })

  test('a row without values is not played but keeps its time', () => {
    const { rows, skipped } = readRecording({ table, mappings: parseMappings('p=power'), time: { period: 1000 } })
    expect(rows.map(({ offset }) => offset)).toEqual([0, 2000, 3000])
    expect(skipped.rows).toBe(1)
    const all = readRecording({ table, mappings: parseMappings('p=power'), time: { period: 1000 }, keepEmpty: true })
    expect(all.rows[1]).toEqual({ offset: 1000, values: {} })
    expect(all.skipped.rows).toBe(0)
  })

  test('ranges follow each other by the usual step', () => {
    const options = { table, mappings: parseMappings('q=flow'), ranges: parseRanges('3-9,0-2') }
    expect(readRecording({ ...options, time }).rows).toEqual([
      { offset: 0, values: { flow: 40 } },
      { offset: 2000, values: { flow: 10 } },
      { offset: 4000, values: { flow: 20 } },
    ])
    expect(readRecording({ ...options, time: { period: 500 } }).rows.map(({ offset }) => offset)).toEqual([0, 500, 1000])
  })

  test('edits change points in rows of the file', () => {
    const numbers = parseTable(Array.from({ length: 10 }, (_, i) => i).join('\n'))
    const edited = (...edits: string[]) =>
      readRecording({ table: numbers, mappings: parseMappings('1=p'), time: { period: 1 }, edits: edits.map(parseEdit) }).rows.map(
        ({ values }) => values.p,
      )
    expect(edited('p:2..3:add=-600')).toEqual([0, 1, -598, -597, 4, 5, 6, 7, 8, 9])
    expect(edited('p:2-3:set=7', 'p:4-5:scale=10')).toEqual([0, 1, 7, 3, 40, 5, 6, 7, 8, 9])
    expect(edited('p:0..2:copy=7')).toEqual([7, 8, 9, 3, 4, 5, 6, 7, 8, 9])
    expect(edited('p:1..8:drop')).toEqual([0, 9])
    expect(() => edited('x:0..1:add=1')).toThrow('no column is mapped')
    expect(() => edited('p:0..10:add=1')).toThrow('last row is 9')
  })

  test('files stand beside each other row by row', () => {
    const { file, mapping } = parseFileMapping('a=b/v.txt=voltage:scale=0.5')
    expect({ file, mapping }).toEqual({ file: 'a=b/v.txt', mapping: { point: 'voltage', scale: 0.5, offset: 0 } })
    const zipped = zipTables(parseTable('1\n2\n'), [{ name: 'v', table: parseTable('10\nnan\n30\n') }])
    const { rows } = readRecording({ table: zipped, mappings: [...parseMappings('1=p'), { ...mapping, column: 'v' }], time: { period: 1 } })
    expect(rows.map(({ values }) => values)).toEqual([{ p: 1, voltage: 5 }, { p: 2 }, { voltage: 15 }])
  })

  test('booleans are booleans', () => {
    const { rows } = readRecording({
      table: parseTable('0\n1\n'),
      mappings: parseMappings('1=b'),
      time: { period: 1 },
      isBoolean: () => true,
    })
    expect(rows.map(({ values }) => values.b)).toEqual([false, true])
  })

  test('what cannot be read is refused', () => {
    for (const bad of ['x', '=p', 'a=', 'a=p:zoom=2', 'a=p:scale=x']) expect(() => parseMappings(bad), bad).toThrow()
    for (const bad of ['5', '5-5', 'a-b', '9..3']) expect(() => parseRange(bad), bad).toThrow()
    for (const bad of ['p', 'p:1-2', 'p:1-2:mul=3', 'p:1-2:add=', 'p:1-2:copy=x']) expect(() => parseEdit(bad), bad).toThrow()
    expect(() => readRecording({ table, mappings: parseMappings('z=p'), time })).toThrow('there is no column "z"; there are t, p, q')
  })

  test('times in several forms', () => {
    const at = Date.parse('2020-03-09T02:14:33Z')
    expect(timeReader('local', 8)('2020-03-09 10:14:33')).toBe(at)
    expect(timeReader('local', 0)('2020/03/09 02:14:33.500')).toBe(at + 500)
    expect(timeReader('iso', 0)('2020-03-09T02:14:33Z')).toBe(at)
    expect(timeReader('unix', 0)('1583720073')).toBe(at)
    expect(timeReader('unix-ms', 0)('1583720073000')).toBe(at)
    for (const format of ['local', 'iso', 'unix', 'unix-ms'] as const) expect(timeReader(format, 0)('')).toBeUndefined()
  })
})

describe('event times', () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({ offset: i * 60_000, values: { p: i } }))
  const recording = { rows, start: 5000, duration: 49 * 60_000, skipped: { cells: 0, rows: 0 } }
  const times = (speed: number, mode: 'keep' | 'now' | number, now: number) => {
    const first = firstEventTime(mode, recording.start, recording.duration, speed, now)
    return [...reportMessages(recording, 'tank', 'T-1', first)].map(({ payload }) => (JSON.parse(payload as string) as { at: number }).at)
  }

  test('relative to the first they do not depend on the speed, and none lies in the future when it is sent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1000, noNaN: true }), (speed) => {
        const now = 1_800_000_000_000
        const at = times(speed, 'now', now)
        expect(at.map((t) => t - (at[0] as number))).toEqual(rows.map(({ offset }) => offset))
        at.forEach((t, i) => {
          expect(t).toBeLessThanOrEqual(now + (i * 60_000) / speed + 1)
        })
        expect(Math.abs((at.at(-1) as number) - (now + recording.duration / speed))).toBeLessThan(2)
      }),
    )
  })

  test('may be kept or started anywhere', () => {
    expect(times(1000, 'keep', 0)[0]).toBe(5000)
    expect(times(1000, 777, 0)[1]).toBe(60_777)
    expect(() => firstEventTime('keep', null, 1, 1, 0)).toThrow('no time column')
  })

  test('are shifted inside recorded payloads', () => {
    expect(shiftTimes('{"at":1000,"values":{}}', 500)).toBe('{"at":1500,"values":{}}')
    expect(shiftTimes('[{"at":"2020-01-01T00:00:00Z"},{"at":1},7]', 1000)).toBe('[{"at":"2020-01-01T00:00:01.000Z"},{"at":1001},7]')
    for (const same of ['online', '{"at":', '{"at":null}', '3']) expect(shiftTimes(same, 9)).toBe(same)
  })
})

const data = '../shared/data'

describe.skipIf(!existsSync(data))('real recordings', () => {
  const read = (file: string) => parseTable(readFileSync(`${data}/${file}`, 'utf8'))

  test('a pump run keeps its gaps', () => {
    const table = read('skab/valve1/0.csv')
    const mappings = parseMappings('Current=current,Volume Flow RateRMS=flow:scale=0.06')
    const { rows, duration, skipped, start } = readRecording({
      table,
      mappings,
      time: { column: 'datetime', read: timeReader('local', 8) },
    })
    expect(skipped).toEqual({ cells: 0, rows: 0 })
    expect(rows).toHaveLength(table.cells.length)
    expect(rows[0]?.values).toEqual({ current: 1.3302, flow: 1.92 })
    expect(new Date(start as number).toISOString()).toBe('2020-03-09T02:14:33.000Z')
    expect(duration).toBeGreaterThan((rows.length - 1) * 1000)
  })

  test('six nights of a lighting line, reference days first, with lamps out', () => {
    const table = zipTables(read('light-cabinet/w-data-test.txt'), [{ name: 'v', table: read('light-cabinet/v-data-test.txt') }])
    const options = {
      table,
      mappings: parseMappings('1=power,v=voltage'),
      time: { period: 60_000 },
      ranges: parseRanges('1440-8640,0-1440'),
    }
    const healthy = readRecording(options)
    const faulty = readRecording({ ...options, edits: [parseEdit('power:900..1099:add=-600')] })
    expect(healthy.skipped).toEqual({ cells: 0, rows: 59 })
    expect(healthy.duration).toBe(8639 * 60_000)
    const changed = faulty.rows.filter(({ values }, i) => values.power !== healthy.rows[i]?.values.power)
    expect(changed).toHaveLength(200)
    expect(changed[0]?.offset).toBe((7200 + 900) * 60_000)
  })
})
