import { expect, test } from 'vitest'
import { loadDetection, saveDetection } from '../../src/detection/saved-state.ts'
import { Detection } from '../../src/detection/state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000

/** One limit; the level swings past it and back every `period` for `count` times. */
function swinging(rule: { onDelay?: number; offDelay?: number; shelvable?: boolean } = {}) {
  const made = detectorWith((build) => ({ high: build.limit({ ...options, ...rule, point: 'level', high: 5 }) }))
  let now = start
  return {
    ...made,
    now: () => now,
    swing(count: number, period: number) {
      for (let i = 0; i < 2 * count; i++) {
        made.report(now, { level: i % 2 === 0 ? 6 : 4 })
        now += period / 2
      }
    },
    calm(level: number, time: number) {
      for (const until = now + time; now < until; now += seconds(10)) made.report(now, { level })
    },
  }
}

test('three alarms in a minute are one alarm that stays while the fault keeps coming back', () => {
  const { swing, takeChanges } = swinging()
  swing(30, seconds(20))
  const changes = takeChanges()
  expect(changes.map(({ active, at }) => [active, (at - start) / 1000])).toEqual([
    [true, 0],
    [false, 10],
    [true, 20],
    [false, 30],
    [true, 40],
  ])
  expect(changes.map(({ chattering }) => chattering)).toEqual([null, null, null, null, { since: start + 40_000, onDelay: 60_000 }])
})

test('four in ten minutes wait for twice as long as they are apart', () => {
  const { swing, calm, takeChanges } = swinging()
  swing(8, seconds(200))
  expect(takeChanges()).toMatchObject([{}, {}, {}, {}, {}, {}, { active: true, chattering: { since: start + 600_000, onDelay: 400_000 } }])
  calm(4, minutes(10))
  // It goes when the fault was gone for so long, and comes when it was there for so long.
  expect(takeChanges()).toMatchObject([{ active: false, at: start + 1_500_000 + 400_000, chattering: { onDelay: 400_000 } }])
  calm(6, minutes(6))
  expect(takeChanges()).toEqual([])
  calm(6, minutes(2))
  expect(takeChanges()).toMatchObject([{ active: true, chattering: { onDelay: 400_000 } }])
})

test('half an hour after the fault last began the rule has its own delays again', () => {
  const { swing, calm, takeChanges, detector } = swinging({ onDelay: seconds(5) })
  swing(6, seconds(20))
  calm(4, minutes(31))
  expect(takeChanges().at(-1)).toMatchObject({
    ...{ active: false, chattering: null, late: false, at: start + seconds(100) + minutes(30) },
    ...{ facility: { id: 'T-1' }, rule: { key: 'high' }, setting: { priority: 'high' } },
  })
  expect((detector.state(1) as Detection).restless).toBeNull()
  swing(2, seconds(20))
  expect(takeChanges().map(({ active, chattering }) => [active, chattering])).toEqual([
    [true, null],
    [false, null],
    [true, null],
    [false, null],
  ])
})

test('what is slower, or protects lives, does not chatter', () => {
  const slow = swinging()
  slow.swing(10, seconds(201))
  expect(slow.takeChanges()).toHaveLength(20)
  const safety = swinging({ shelvable: false })
  safety.swing(10, seconds(20))
  expect(safety.takeChanges().filter(({ chattering }) => chattering)).toEqual([])
  expect((safety.detector.state(1) as Detection).restless).toBeNull()
})

test('costs no byte where nothing came lately, and goes on over a restart', () => {
  const { swing, calm, report, now, takeChanges, detector, facility } = swinging()
  report(start, { level: 1 })
  const bytes = saveDetection(detector.state(1) as Detection).length
  swing(5, seconds(20))
  takeChanges()
  const saved = saveDetection(detector.state(1) as Detection)
  expect(saved.length).toBeGreaterThan(bytes)
  const { name } = layoutOf(facility.kind)
  expect(saveDetection(loadDetection(new Detection(facility), saved, name))).toEqual(saved)
  detector.restore(facility, saved, name, { resumedAt: now() })
  swing(5, seconds(20))
  expect(takeChanges()).toEqual([])
  calm(4, minutes(45))
  expect(saveDetection(detector.state(1) as Detection)).toHaveLength(bytes)
})
