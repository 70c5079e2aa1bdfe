import { describe, expect, test } from 'vitest'
import { type ControlStep, duskAndDawn, nightChanges, nightOf } from '../../src/control/control-programme.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'

const city = [114.6, 37.9] as const
const beijing = utcOffsets('Asia/Shanghai')
const at = (text: string) => Date.parse(`${text}+08:00`)
const dusk = (count: number, level: number): ControlStep => ({ anchor: 'dusk', minutes: count, level })
const dawn = (count: number, level: number): ControlStep => ({ anchor: 'dawn', minutes: count, level })
const clock = (time: string, level: number): ControlStep => {
  const [hour, minute] = time.split(':').map(Number) as [number, number]
  return { anchor: 'clock', minutes: hour * 60 + minute, level }
}
const winter = nightOf(at('2026-12-21T20:00'), beijing)
const summer = nightOf(at('2026-06-21T20:00'), beijing)

describe('a night', () => {
  test('lasts from noon to noon of the city and is named by the day it begins on', () => {
    expect(winter).toEqual({ date: '2026-12-21', from: at('2026-12-21T12:00'), until: at('2026-12-22T12:00') })
    expect(nightOf(at('2026-12-22T11:59'), beijing)).toEqual(winter)
    expect(nightOf(at('2026-12-22T12:00'), beijing).date).toBe('2026-12-22')
  })

  test('is an hour longer or shorter where clocks are set in it', () => {
    const berlin = utcOffsets('Europe/Berlin')
    const spring = nightOf(Date.parse('2026-03-29T00:00Z'), berlin)
    expect(spring.until - spring.from).toBe(hours(23))
    const changes = nightChanges({ steps: [dusk(0, 100), clock('05:00', 50), dawn(0, 0)] }, spring, [13.4, 52.5], berlin)
    expect(changes.map((change) => change.level)).toEqual([0, 1, 0.5, 0])
    expect(new Date(changes[2]?.at as number).toISOString()).toBe('2026-03-29T03:00:00.000Z')
  })

  test('has its dusk in the evening and its dawn in the morning', () => {
    const sun = duskAndDawn(winter, city)
    expect(sun.dusk).toBeGreaterThan(at('2026-12-21T17:00'))
    expect(sun.dusk).toBeLessThan(at('2026-12-21T17:45'))
    expect(sun.dawn).toBeGreaterThan(at('2026-12-22T06:45'))
    expect(sun.dawn).toBeLessThan(at('2026-12-22T07:30'))
  })

  test('beyond the polar circle is all dark or never dark', () => {
    const steps = [dusk(0, 100), dawn(0, 0)]
    const lights = (date: string) =>
      nightChanges(
        { steps },
        nightOf(Date.parse(`${date}T20:00Z`), () => 0),
        [20, 78],
        () => 0,
      )
    expect(lights('2026-12-21').map(({ level }) => level)).toEqual([1])
    expect(lights('2026-06-21').map(({ level }) => level)).toEqual([0])
  })
})

describe('the steps of a control programme', () => {
  test('follow dusk, dawn and the clock', () => {
    const sun = duskAndDawn(winter, city)
    const changes = nightChanges({ steps: [dusk(-10, 100), clock('23:00', 60), clock('05:30', 100), dawn(15, 0)] }, winter, city, beijing)
    expect(changes).toEqual([
      { at: winter.from, level: 0 },
      { at: sun.dusk - minutes(10), level: 1 },
      { at: at('2026-12-21T23:00'), level: 0.6 },
      { at: at('2026-12-22T05:30'), level: 1 },
      { at: sun.dawn + minutes(15), level: 0 },
    ])
  })

  test('a step for the morning does not light the day where dawn comes before it', () => {
    const sun = duskAndDawn(summer, city)
    const changes = nightChanges({ steps: [dusk(0, 100), clock('06:30', 100), dawn(0, 0)] }, summer, city, beijing)
    expect(sun.dawn).toBeLessThan(at('2026-06-22T06:30'))
    expect(changes.at(-1)).toEqual({ at: sun.dawn, level: 0 })
  })

  test('nothing comes before the first step', () => {
    const sun = duskAndDawn(summer, city)
    const changes = nightChanges({ steps: [dusk(0, 100), clock('18:00', 50), dawn(0, 0)] }, summer, city, beijing)
    expect(changes.map(({ at: begin, level }) => [begin, level])).toEqual([
      [summer.from, 0],
      [sun.dusk, 0.5],
      [sun.dawn, 0],
    ])
  })

  test('one that is lit at noon begins lit', () => {
    expect(nightChanges({ steps: [clock('12:00', 80)] }, winter, city, beijing)).toEqual([{ at: winter.from, level: 0.8 }])
  })
})
