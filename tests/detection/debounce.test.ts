import { describe, expect, test } from 'vitest'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const

const high = (n: number, m: number, deadband = 0) =>
  detectorWith((build) => ({ high: build.limit({ ...options, point: 'level', high: 5, deadband, of: { n, m } }) }))

/** One report a second, each with one level (NaN: only another point, `x`: an impossible level); the changes it brings. */
function run({ report, take }: ReturnType<typeof high>, levels: readonly (number | 'x')[], from = 0) {
  for (const [i, level] of levels.entries()) {
    const at = (from + i + 1) * 1000
    if (level === 'x') report(at, { level: 99 })
    else report(at, Number.isNaN(level) ? { flow: i } : { level })
  }
  return take().filter((change) => change.startsWith('high'))
}

describe('n of m', () => {
  test.each<[string, number, number, number[], string[]]>([
    ['2 of 2: one is not enough', 2, 2, [6, 4, 6, 4], []],
    ['2 of 2: two in a row, and the first other one ends it', 2, 2, [6, 6, 4], ['high+ 2000', 'high- 3000']],
    ['2 of 3: with another one between', 2, 3, [6, 4, 6, 4, 4], ['high+ 3000', 'high- 4000']],
    ['2 of 3: too far apart', 2, 3, [6, 4, 4, 6], []],
    ['3 of 4: ends where two are left', 3, 4, [6, 6, 6, 4, 4], ['high+ 3000', 'high- 5000']],
    ['1 of 3: the first begins it, and it outlasts two others', 1, 3, [6, 4, 4, 4], ['high+ 1000', 'high- 4000']],
    ['31 of 31', 31, 31, Array.from({ length: 31 }, () => 6), ['high+ 31000']],
    ['31 of 31 with one that is not', 31, 31, [4, ...Array.from({ length: 30 }, () => 6)], []],
    ['1 of 31: remembers all of them', 1, 31, [6, ...Array.from({ length: 31 }, () => 4)], ['high+ 1000', 'high- 32000']],
  ])('%s', (_, n, m, levels, changes) => {
    expect(run(high(n, m), levels)).toEqual(changes)
  })

  test('a report that leaves the point unknown is none of them, one that says nothing of it is', () => {
    expect(run(high(2, 2), [6, 'x', 6])).toEqual(['high+ 3000'])
    expect(run(high(2, 2), [6, Number.NaN])).toEqual(['high+ 2000'])
  })

  test('the deadband is that of the latest report, not of the alarm', () => {
    // 4.9 is within the deadband of the report before, though there is no alarm yet.
    expect(run(high(3, 3, 0.2), [6, 4.9, 4.9])).toEqual(['high+ 3000'])
    expect(run(high(3, 3, 0.2), [6, 4.7, 4.9, 4.9])).toEqual([])
  })

  test('a late report and a word of the link are no new report', () => {
    const made = high(2, 2)
    made.report(2000, { level: 6 })
    made.report(1000, { level: 6 }, 2000)
    made.link(3500, false)
    made.link(4500, true)
    expect(made.take()).toEqual([])
    made.report(5000, { level: 6 })
    expect(made.take()).toEqual(['high+ 5000'])
  })

  test('the counts are parameters within what the memory holds, and the rule keeps the memory of its own', () => {
    const { facility } = detectorWith((build) => ({
      plain: build.stuck({ ...options, point: 'level', period: 1000, tolerance: 0 }),
      counted: build.stuck({ ...options, point: 'level', period: 1000, tolerance: 0, of: { n: 2, m: 3 } }),
    }))
    const [plain, counted] = facility.kind.rules
    expect(counted).toMatchObject({ parameters: { n: 2, m: 3, period: 1000 }, ranges: { n: [1, 31], m: [1, 31] }, of: { n: 2, m: 3 } })
    expect(counted?.slots).toBe((plain?.slots ?? 0) + 1)
    expect(plain).toMatchObject({ of: null, ranges: {} })
  })

  test('goes on from a saved state', async () => {
    const { saveDetection } = await import('../../src/detection/saved-state.ts')
    const made = high(3, 3)
    run(made, [6, 6])
    const state = made.detector.state(1)
    if (!state) throw new Error('no state')
    made.detector.restore(made.facility, saveDetection(state), state.layout.name)
    expect(run(made, [6], 2)).toEqual(['high+ 3000'])
  })

  test('an alarm whose reports are no longer known stays until reports say otherwise', () => {
    const made = high(2, 3)
    run(made, [6, 6])
    const state = made.detector.state(1)
    if (!state) throw new Error('no state')
    state.values[state.layout.memories[0] as number] = Number.NaN
    expect(run(made, [4, 4], 2)).toEqual(['high- 4000'])
  })
})
