import { expect, test } from 'vitest'
import type { Activation, KeptPlan } from '../../src/operations/emergency-plan.ts'
import { emergencyTables } from '../../src/operations/emergency-plan-report.ts'

const MINUTE = 60_000
const plan: KeptPlan = {
  ...{ id: 'storm', name: '台风', nameEn: 'Typhoon', kind: 'extreme-weather', area: 'district=North', priorities: [], measuresWithin: 60 },
  ...{ light: null, rounds: null, duty: [], contacts: [], instructions: '', version: 1, changedBy: 'Anna', changedAt: 0 },
  checklist: [
    { key: 'pumps', text: 'Pumps', owner: '', within: 10 },
    { key: 'sand', text: 'Sand', owner: '', within: 20 },
    { key: 'tell', text: 'Tell', owner: '', within: null },
  ],
}
const activation = (more: Partial<Activation> = {}): Activation => ({
  ...{ id: 1, plan, area: plan.area, drill: false, reason: 'wind', by: 'Anna', at: 0, ended: null },
  ...{ done: {}, reached: {}, calls: [], told: [] },
  ...more,
})
const done = (at: number) => ({ at, by: 'Otto', note: '' })
const over = (at: number) => ({ ended: { at, by: 'Bert', note: 'calm' } })
const hour = { from: 0, to: 60 * MINUTE }

test('tells what was active, and how much of what was due was done in time', () => {
  const kept = activation({ done: { pumps: done(9 * MINUTE), sand: done(30 * MINUTE) }, ...over(50 * MINUTE) })
  const [table] = emergencyTables(hour, [kept])
  expect(table?.rows).toEqual([
    [
      ...[{ zh: '台风', en: 'Typhoon' }, { zh: '极端天气', en: 'Extreme weather' }, { zh: '实战', en: 'emergency' }, 'district=North'],
      ...[0, 50 * MINUTE, 'wind', 'Anna', 2, 3],
    ],
  ])
  expect(table?.columns).toHaveLength(10)
  expect(table?.figures?.[0]?.value).toBe(0.5)
})

test('what is due later counts later, what was over before is none of it, and a drill says so', () => {
  const [table] = emergencyTables({ from: 0, to: 5 * MINUTE }, [activation({ drill: true })])
  expect(table?.figures?.[0]?.value).toBeNull()
  expect(table?.rows[0]?.[2]).toEqual({ zh: '演练', en: 'drill' })
  expect(emergencyTables(hour, [activation({ at: -100, ...over(0) }), activation({ at: 60 * MINUTE })])).toEqual([])
})
