import { describe, expect, test } from 'vitest'
import {
  dailyUse,
  demandForecast,
  forecastError,
  GAS_DENSITY,
  meanError,
  type PlannedDelivery,
  reserveCourse,
  weatherClassOf,
} from '../../src/operations/gas-figures.ts'
import { overflowForecast, trend } from '../../src/operations/overflow-forecast.ts'
import { dayMean, judge, limitOf, tankDays } from '../../src/operations/sewage-figures.ts'
import { clearanceForecast, countedSince } from '../../src/operations/waste-figures.ts'
import { hydraulicPower, passRate, pumpingOver } from '../../src/operations/water-figures.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'

const NO = Number.NaN
const all = (value: number, count: number) => Array.from({ length: count }, () => value)

describe('water', () => {
  test('checks that nobody knows are neither passed nor failed', () => {
    expect(passRate([0.14, 0.139, 0.2, NO])).toEqual({ passed: 2, checked: 3, due: 4, rate: 2 / 3 })
    expect(passRate([NO]).rate).toBeNaN()
  })
  test('efficiency is the power of the water over the power taken, while the pump runs through', () => {
    // 360 m³/h = 0.1 m³/s against 0.5 MPa = 50 kW.
    expect(hydraulicPower(0.5, 360)).toBeCloseTo(50)
    const slots = {
      ...{ flow: [360, 360, 90], inlet: [0.1, 0.1, 0.1], outlet: [0.6, 0.6, 0.6], power: [62.5, 62.5, 40] },
      ...{ running: [1, 1, 0.5], ranThrough: [1, 1, 0] },
    }
    const done = pumpingOver(slots, [0.25, 0.25, 0.25])
    expect(done).toMatchObject({ volume: 202.5, energy: 41.25, hours: 0.625, measured: 0.5 })
    expect(done.efficiency).toBeCloseTo(0.8)
    expect(pumpingOver({ ...slots, inlet: all(NO, 3) }, [1, 1, 1]).efficiency).toBeNaN()
  })
})

describe('drainage', () => {
  const rising = (from: number, perHour: number) =>
    Array.from({ length: 16 }, (_, i) => ({ at: minutes(i), value: from + (perHour * i) / 60 }))
  test('a trend is the slope of what was read since the pump was switched', () => {
    expect(trend(rising(1, 3))).toBeCloseTo(3)
    const switched = [...rising(1, -6).slice(0, 10), ...rising(2, 1.2).slice(10)]
    expect(trend(switched, minutes(10))).toBeCloseTo(1.2)
    expect(trend(switched, minutes(15))).toBeNaN()
    expect(trend([])).toBeNaN()
  })
  test('what comes in is what the well gains and what is pumped besides', () => {
    const well = { level: 3, overflowAt: 4.2, trend: 1.2, area: 20, pumped: 200, isRunning: true, capacity: 200 }
    const found = overflowForecast(well)
    expect(found.inflow).toBe(224)
    expect(found.load).toBe(1.12)
    expect(found.overflowIn).toBeCloseTo(hours(1))
    expect(found.withoutPumps).toBeCloseTo(hours((1.2 * 20) / 224))
    expect(overflowForecast({ ...well, trend: -2 })).toMatchObject({ inflow: 160, overflowIn: Number.POSITIVE_INFINITY })
    expect(overflowForecast({ ...well, level: 4.3 })).toMatchObject({ overflowIn: 0, withoutPumps: 0 })
    expect(overflowForecast({ ...well, trend: NO }).overflowIn).toBeNaN()
    const resting = { ...well, pumped: 0, isRunning: false }
    expect(overflowForecast(resting)).toMatchObject({ inflow: 24, overflowIn: Number.POSITIVE_INFINITY })
    expect(overflowForecast({ ...resting, trend: 16 }).overflowIn).toBeCloseTo(hours((1.2 * 20) / 120))
  })
})

describe('sewage', () => {
  const rated = { 'cod-limit': 40, 'nh3-n-limit': 3, 'nh3-n-limit-cold': 5, 'coliforms-limit': 500 }
  test('limits are those of GB 18918-2002, table 1, or the own ones', () => {
    const most = (quality: Parameters<typeof limitOf>[0], set: Parameters<typeof limitOf>[1], temperature = 20) =>
      limitOf(quality, set, rated, temperature).most
    expect(
      (['cod', 'bod5', 'ss', 'tn', 'nh3-n', 'tp', 'coliforms'] as const).map((quality) => [most(quality, '1a'), most(quality, '1b')]),
    ).toEqual([
      [50, 60],
      [10, 20],
      [10, 20],
      [15, 20],
      [5, 8],
      [0.5, 1],
      [1000, 10_000],
    ])
    expect([most('cod', 'own'), most('nh3-n', 'own'), most('nh3-n', 'own', 12)]).toEqual([40, 3, 5])
    expect([most('nh3-n', '1a', 12), most('nh3-n', '1a', 12.1), most('nh3-n', '1a', NO), most('nh3-n', '1b', 8)]).toEqual([8, 5, 5, 15])
    expect(limitOf('ph', '1b', rated, 20)).toEqual({ least: 6, most: 9 })
    expect([most('coliforms', 'own'), judge(501, limitOf('coliforms', 'own', rated, 20))]).toEqual([500, 'bad'])
    expect(limitOf('tn', 'own', { 'tn-limit': 150 }, 20).most).toBeNaN()
  })
  test('a value stands against both ends of what is allowed', () => {
    expect([39, 40, 50, 50.1, NO].map((value) => judge(value, { least: 0, most: 50 }))).toEqual(['good', 'near', 'near', 'bad', 'unknown'])
    expect([5.9, 6, 8.9, 9.1].map((value) => judge(value, { least: 6, most: 9 }))).toEqual(['bad', 'good', 'good', 'bad'])
  })
  test('the mean of a day is weighted by the flow of each hour, where that is known', () => {
    expect(dayMean([10, 20, NO], [100, 300, 500])).toEqual({ mean: 17.5, hours: 2, isWeighted: true })
    expect(dayMean([10, 20, 60], [100, NO, 500])).toEqual({ mean: 30, hours: 3, isWeighted: false })
    expect(dayMean([NO], [1]).mean).toBeNaN()
  })
  test('a tank lasts as long as it holds', () => expect(tankDays(50, 24_000, 100)).toBe(5))
})

describe('gas', () => {
  const day = (flow: number, temperature: number, isWorkday = true) => ({ flow: all(flow, 24), temperature, isWorkday })
  test('days are classed by their temperature', () =>
    expect([-3, 0, 7.9, 8, 17, 18, NO].map(weatherClassOf)).toEqual(['freezing', 'cold', 'cold', 'cool', 'cool', 'warm', undefined]))
  test('what is used is taken from days of that weather, else from all, else from the plan', () => {
    const past = [day(1000, 2), day(1100, 4), day(1200, 6), day(300, 22), day(NO, 3)]
    const cold = { weather: 'cold' } as const
    expect(demandForecast(past, cold, 10)).toMatchObject({ from: 'class', days: 3, hourly: all(1100, 24) })
    expect(demandForecast(past, { weather: 'warm' }, 10)).toMatchObject({ from: 'all-days', days: 4, hourly: all(900, 24) })
    expect(demandForecast(past, { weather: undefined }, 10)).toMatchObject({ from: 'all-days', days: 4 })
    const planned = demandForecast([], cold, 10)
    expect(planned).toMatchObject({ from: 'plan', days: 0 })
    expect(dailyUse(planned)).toBeCloseTo(10)
    const patchy = { flow: [2400, ...all(NO, 23)], temperature: 1, isWorkday: true }
    expect(demandForecast([patchy, patchy, patchy], cold, 24 * 1000 * GAS_DENSITY).hourly.map(Math.round)).toEqual([2400, ...all(1000, 23)])
  })
  test('a day off is like days off, where enough of them had its weather', () => {
    const free = [day(500, 2, false), day(600, 3, false), day(700, 4, false)]
    const past = [...free, day(1000, 2), day(1000, 3), day(1300, 4), day(90, 25, false)]
    const of = (isWorkday: boolean, from = past) => demandForecast(from, { weather: 'cold', isWorkday }, 10)
    expect(of(false)).toMatchObject({ from: 'like', days: 3, hourly: all(600, 24) })
    expect(of(true)).toMatchObject({ from: 'like', days: 3, hourly: all(1100, 24) })
    expect(of(false, past.slice(1))).toMatchObject({ from: 'class', days: 5 })
  })
  test('the error of forecasts is the mean of what each was wrong by, either way', () => {
    const days = [
      { forecast: 110, used: 100 },
      { forecast: 70, used: 100 },
      { forecast: 5, used: 0 },
    ]
    expect(days.map(forecastError)).toEqual([expect.closeTo(0.1), expect.closeTo(-0.3), NO])
    expect(meanError(days)).toBeCloseTo(0.2)
    expect(meanError([])).toBeNaN()
  })
  test('the course of the reserve knows deliveries, and what has no room', () => {
    const course = (deliveries: PlannedDelivery[], room = 1000) =>
      reserveCourse({ usable: 100, room, hourlyUse: () => 1 }, deliveries, { from: 0, hours: 168 })
    const alone = course([])
    expect([alone.warning, alone.alarm, alone.empty]).toEqual([0, hours(29), hours(100)])
    expect(alone.usable[10]).toBe(90)
    const fed = course([{ at: hours(20) + 5, tonnes: 60 }])
    expect([fed.usable[20], fed.usable[21], fed.alone[21], fed.alarm, fed.empty]).toEqual([80, 139, 79, hours(89), hours(160)])
    expect(course([{ at: 0, tonnes: 60 }], 20)).toMatchObject({ tooMuch: [0] })
    expect(course([{ at: 0, tonnes: 60 }], 20).usable[1]).toBe(120)
  })
})

describe('waste', () => {
  const plant = { received: 300, cleared: 200, expected: 500, clearingRate: 30, minutesLeft: 360 }
  test('what is left at closing time is what the present pace does not clear', () => {
    expect(clearanceForecast(plant)).toEqual({ byClosing: 380, shortfall: 120, paceNeeded: 50 })
    expect(clearanceForecast({ ...plant, clearingRate: 60 })).toMatchObject({ byClosing: 500, shortfall: 0 })
  })
  test('a plant that waits for lorries keeps up; closed, it has left what it has; before the first lorry nobody knows', () => {
    expect(clearanceForecast({ ...plant, received: 210, clearingRate: 1 }).shortfall).toBe(0)
    expect(clearanceForecast({ ...plant, minutesLeft: 0 }).shortfall).toBe(100)
    expect(clearanceForecast({ ...plant, received: 0, cleared: 0, minutesLeft: 0 }).shortfall).toBeNaN()
    expect(clearanceForecast({ ...plant, received: NO }).shortfall).toBeNaN()
  })
  test('a counter of the day counts from midnight, a part of the day from its first hour', () => {
    expect(countedSince([480, 10, NO, 60], true)).toBe(60)
    expect(countedSince([100, 140, NO, 180], false)).toBe(80)
    expect([countedSince([480], true), countedSince([NO], false)]).toEqual([NO, NO])
  })
})
