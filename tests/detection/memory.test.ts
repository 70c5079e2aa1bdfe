import { expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { RuleDraft } from '../../src/detection/rule.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { analog, digital, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const points = {
  flow: analog(text('Flow', '流量'), 'm3/h', [0, 100]),
  running: digital(text('Pump', '泵'), text('stands', '停'), text('runs', '运行')),
}
const build = ruleBuilders<keyof typeof points, never>()
const options = { ...texts, priority: 'low', point: 'flow' } as const
const only = { points: ['running'], when: ([on]: readonly number[]) => on === 1 } as const
const profile = (watch: 'deviation' | 'missing') =>
  build.profile({ ...options, watch, off: 1, period: minutes(30), shift: minutes(20), days: 1 })

const remembering: Record<string, RuleDraft> = {
  rate: build.rate({ ...options, perMinute: 1, window: minutes(40) }),
  stuck: build.stuck({ ...options, period: hours(2), tolerance: 5, only }),
  drift: build.drift({ ...options, short: hours(1), long: hours(20), samples: 5, atLeast: 0.1, spreads: 2, only }),
  mean: build.mean({ ...options, window: hours(3), parameters: {}, limit: () => 40 }),
  profile: profile('missing'),
  counter: build.counter({ ...options, point: 'running', counts: 'rises', most: 0, window: hours(12) }),
  debounced: build.condition({ ...options, points: ['flow'], when: ([flow]) => (flow as number) > 50, of: { n: 2, m: 3 } }),
  reference: build.reference({
    ...options,
    only,
    lamp: () => 1,
    share: 0.1,
    lamps: 1,
    period: minutes(20),
    nights: 1,
    settling: minutes(15),
  }),
}

test.each(Object.entries(remembering))('%s remembers in its own place only', (_, draft) => {
  // Two rules that remember much and are switched off, so that whatever stands in their place was put there by the one between them.
  const kind = kindOf('pump', points, { before: profile('deviation'), it: draft, after: profile('deviation') })
  const facility: DetectedFacility = { id: 'P', number: 1, gateway: null, rated: {}, kind }
  const detector = new Detector()
  detector.put(
    facility,
    defaultSettings(kind, {}).map((setting, i) => ({ ...setting, enabled: i === 1 })),
  )
  let changes = 0
  for (let i = 0; i < 3000; i++) {
    const at = minutes(10) * i
    const flow = Math.max(0, 40 + 20 * Math.sin(i / 70) + 7 * Math.sin(i / 3) - (i % 900 > 700 ? 40 : 0))
    const readings = [flow, i % 100 < 90 ? 1 : 0].map((value, point) => ({ point, value, quality: 'good' as const }))
    detector.report({ facility, at, received: at, readings }, () => changes++)
  }
  const { values, layout } = detector.state(1)!
  const [before, own, after] = layout.memories as [number, number, number]
  expect(changes).toBeGreaterThan(0)
  expect(values.subarray(own, after).some((number) => !Number.isNaN(number))).toBe(true)
  for (const [from, to] of [
    [before, own],
    [after, layout.size],
  ] as const)
    expect(values.subarray(from, to).every(Number.isNaN)).toBe(true)
})
