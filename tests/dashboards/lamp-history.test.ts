import { describe, expect, test } from 'vitest'
import { datesOf, isPlotted } from '../../dashboards/console/src/operations/lamps/days-range.ts'
import { energyRows, rateRows } from '../../dashboards/console/src/operations/lamps/lamp-csv.ts'
import { newestTarget, powerCurves, rateCurve, rateOfDays } from '../../dashboards/console/src/operations/lamps/lamp-curves.ts'
import type { LampDaysView, LampMomentsView, LightingEnergyView } from '../../src/edges/http/lamp-history-schemas.ts'
import { SLOT } from '../../src/operations/lamp-history.ts'

const rated = { rate: 0.975, least: 0.95, most: 0.98, target: 0.98, verdict: 'open' as const }
const none = { rate: null, least: null, most: null, target: null, verdict: 'none' as const }
const lamps = { due: 40, lit: 39, dark: 1, unknown: 0, power: 3900, fullPower: 4800, wasted: 0 }

describe('which days are shown', () => {
  const dates = (text: string) => datesOf(new URLSearchParams(text), '2026-03-01')

  test.each([
    ['', '2026-02-28', '2026-03-01', true],
    ['range=7d', '2026-02-23', '2026-03-01', true],
    ['range=30d', '2026-01-31', '2026-03-01', false],
    ['range=none', '2026-02-28', '2026-03-01', true],
    ['from=2026-01-01&to=2026-01-08', '2026-01-01', '2026-01-08', false],
  ])('%s', (text, from, to, isByMinutes) => {
    const found = dates(text)
    expect(found).toMatchObject({ from, to })
    expect(found && isPlotted(found)).toBe(isByMinutes)
  })

  test.each(['from=2026-03-02&to=2026-03-01', 'from=2020-01-01&to=2026-03-01', 'from=2026-02-30&to=soon'])('%s cannot be shown', (text) => {
    expect(dates(text)).toBeNull()
  })
})

describe('curves', () => {
  const moments: LampMomentsView = {
    length: SLOT,
    moments: [0, 1, 2, 40, 41].map((slot) => ({ at: slot * SLOT, late: false, ...(slot === 2 ? none : rated), ...lamps })),
  }

  test('the rate is in percent, with what it would be with the unknown lamps as its range, and broken by day and where nothing was seen', () => {
    const { times, curves } = rateCurve(moments)
    expect(times.filter((_, i) => curves[0]?.mean[i] !== null).map((time) => (time * 1000) / SLOT)).toEqual([0, 1, 40, 41])
    expect([curves[0]?.mean[0], curves[0]?.min[0], curves[0]?.max[0]]).toEqual([97.5, 95, 98])
    expect(curves[0]?.mean).toContain(null)
    expect(newestTarget(moments.moments)).toBe(98)
    expect(newestTarget([none])).toBeNull()
  })

  test('power is in kW; a day stands at its noon', () => {
    expect(powerCurves(moments).curves.map(({ mean }) => mean[0])).toEqual([3.9, 4.8])
    const days = rateOfDays([{ date: '2026-03-01', ...rated }], () => 1_000_000)
    expect(days.times).toEqual([1000 + 43_200])
  })
})

describe('files', () => {
  const day = {
    ...{ ...rated, date: '2026-03-01', integrity: { share: 0.9912, target: 0.95, isMet: true } },
    ...{ dueMinutes: 600, litMinutes: 585, darkMinutes: 15, unknownMinutes: 0, estimatedMinutes: 0 },
  }
  const { date: _, ...period } = day

  test('hold each day of all and of each row, in lamp-hours and percent', () => {
    const days: LampDaysView = {
      ...{ timeZone: 'UTC', from: day.date, to: day.date, total: period, days: [{ ...day, seen: 1 }], next: null },
      rows: [{ key: 'Yuhua Road', roadClass: 'main', ...period, days: [day] }],
    }
    const cells = ['2026-03-01', 97.5, 95, 98, 98, 'open', 10, 9.75, 0.25, 0, 0, 99.12, 95]
    expect(rateRows(days, ['name', 'date'], 'All', (key) => `<${key}>`)).toEqual([
      ['name', 'date'],
      ['All', ...cells],
      ['<Yuhua Road>', ...cells],
    ])
  })

  test('hold the meter of a cabinet beside what its lamps reported', () => {
    const kwh = {
      ...{ measured: 30, measuredFull: 40, estimated: 1, estimatedFull: 2, wholeNight: 50, savedByDimming: 11, savedByProgramme: 4 },
      ...{ notLit: 2, wasted: 0.5, savedShare: 0.3 },
    }
    const energy: LightingEnergyView = {
      ...{ timeZone: 'UTC', from: day.date, to: day.date, total: kwh, days: [{ date: day.date, ...kwh }], next: null },
      rows: [{ key: 'LC-1', ...kwh, metered: 33, days: [{ date: day.date, ...kwh, metered: 33 }] }],
    }
    const cells = ['2026-03-01', 30, 40, 1, 2, 50, 11, 4, 30, 2, 0.5]
    expect(energyRows(energy, ['name'], 'All', (key) => key)).toEqual([['name'], ['All', ...cells, null], ['LC-1', ...cells, 33]])
  })
})
