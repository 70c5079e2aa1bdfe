import { expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts, type Values } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000

function watched() {
  const made = detectorWith((build) => ({
    high: build.limit({ ...options, point: 'level', high: 5 }),
    low: build.limit({ ...options, point: 'flow', low: 5, onDelay: minutes(10) }),
    silence: build.silence({ ...options, period: minutes(3) }),
  }))
  const { table } = made.facility.kind
  return {
    ...made,
    enter(at: number, received: number, values: Values) {
      made.tick(received)
      const readings = Object.entries(values).map(([key, value]) => ({
        ...{ point: table.index.get(key) as number, value: Number(value), quality: 'good' as const },
      }))
      return made.detector.report({ facility: made.facility, at, received, readings, entered: true }, made.emit)
    },
    state: () => made.detector.state(1),
  }
}

test('what was taken days ago is judged when it is entered, and is no late report', () => {
  const { report, enter, takeChanges, state } = watched()
  report(start, { flow: 20 })
  report(start + minutes(1), { flow: 20 })
  enter(start - hours(100), start + minutes(2), { level: 7 })
  expect(takeChanges().map(({ rule, active, at, late }) => [rule.key, active, at, late])).toEqual([
    ['high', true, start + minutes(2), false],
  ])
  expect(state()?.isBehind).toBe(false)
  enter(start - hours(90), start + minutes(2) + seconds(1), { level: 4 })
  expect(takeChanges().map(({ rule, active }) => [rule.key, active])).toEqual([['high', false]])
  expect([state()?.times[0], state()?.lastReport]).toEqual([start - hours(90), start + minutes(1)])
})

test('it is no sign of life, and tells nothing of the clock', () => {
  const { report, enter, tick, take, state } = watched()
  for (let minute = 0; minute <= 5; minute++) report(start + minutes(minute), { flow: 20 }, seconds(90))
  const offset = state()?.clockOffset
  const lastHeard = start + minutes(5)
  // Its clock is 90 s behind: one that is right would seem to have been set.
  enter(lastHeard + seconds(100), lastHeard + seconds(100), { level: 3 })
  expect([state()?.clockOffset, state()?.lastReport]).toEqual([offset, lastHeard])
  for (let minute = 1; minute <= 5; minute++) enter(lastHeard + minutes(minute), lastHeard + minutes(minute) + seconds(90), { level: 3 })
  tick(lastHeard + minutes(6))
  expect(take()).toEqual([`silence+ ${lastHeard + minutes(3)}`])
})

test('only rules over what was entered are judged by it', () => {
  const { report, enter, take, tick } = watched()
  report(start, { flow: 3 })
  enter(start + minutes(1), start + minutes(1), { level: 9 })
  expect(take()).toEqual([`high+ ${start + minutes(1)}`])
  // Of the flow nobody has said anything since, for longer than a silence takes.
  tick(start + minutes(30))
  expect(take()).toEqual([`silence+ ${start + minutes(3)}`])
})

test('a facility that never reports is judged by what is entered of it', () => {
  const { enter, take, tick } = watched()
  enter(start, start + minutes(1), { level: 8 })
  expect(take()).toEqual([`high+ ${start + minutes(1)}`])
  tick(start + hours(10))
  expect(take()).toEqual([])
  enter(start + hours(9), start + hours(11), { level: 2 })
  expect(take()).toEqual([`high- ${start + hours(11)}`])
})
