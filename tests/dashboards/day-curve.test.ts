import { expect, test } from 'vitest'
import { curvePath, fullHours, hourMarks, stretchesOf } from '../../dashboards/console/src/programmes/curve.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { hours } from '../../src/telemetry/duration.ts'

const from = Date.parse('2026-03-01T12:00:00+08:00')
const at = (hour: number) => from + hours(hour)
const night = { from, until: at(24) }

test('the stretches of a night begin with what was there before, and join what is alike', () => {
  const changes = [
    { at: at(-6), level: 0.2 },
    { at: at(6), level: 1 },
    { at: at(8), level: 1 },
    { at: at(11), level: 0.5 },
    { at: at(18), level: 0 },
    { at: at(30), level: 1 },
  ]
  expect(stretchesOf(changes, night)).toEqual([
    { from, until: at(6), level: 0.2 },
    { from: at(6), until: at(11), level: 1 },
    { from: at(11), until: at(18), level: 0.5 },
    { from: at(18), until: at(24), level: 0 },
  ])
  expect(stretchesOf([], night)).toEqual([{ from, until: at(24), level: 0 }])
})

test('the curve goes from foot to foot over the whole box', () => {
  const stretches = stretchesOf(
    [
      { at: at(6), level: 1 },
      { at: at(18), level: 0.25 },
    ],
    night,
  )
  expect(curvePath(stretches, night, 1000, 100)).toBe('M0 100L0 100L250 100L250 0L750 0L750 75L1000 75L1000 100Z')
})

test('a night is worth the hours of full light that its steps add up to', () => {
  expect(
    fullHours(
      stretchesOf(
        [
          { at: at(6), level: 1 },
          { at: at(8), level: 0.5 },
          { at: at(16), level: 0 },
        ],
        night,
      ),
    ),
  ).toBe(6)
})

test('marks are full hours of the city, also over the hour that is left out in spring', () => {
  const shanghai = utcOffsets('Asia/Shanghai')
  expect(hourMarks(night, 6, shanghai)).toEqual([from, at(6), at(12), at(18), at(24)])
  const berlin = utcOffsets('Europe/Berlin')
  const spring = { from: Date.parse('2026-03-28T12:00:00+01:00'), until: Date.parse('2026-03-29T12:00:00+02:00') }
  const wall = hourMarks(spring, 3, berlin).map((mark) => new Date(mark + berlin(mark)).toISOString().slice(11, 16))
  expect(wall).toEqual(['12:00', '15:00', '18:00', '21:00', '00:00', '03:00', '06:00', '09:00', '12:00'])
})
