import { expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { analog, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const build = ruleBuilders<'level', 'height'>()
const hours = { from: 60, until: 120, weekdays: [7] }
const kind = () => ({
  ...kindOf(
    'tank',
    { level: analog(text('Level', '液位'), 'm', [0, 10]) },
    {
      high: build.limit({
        ...texts,
        priority: 'high',
        version: 4,
        onDelay: 5,
        offDelay: 6,
        modes: ['auto'],
        hours,
        point: 'level',
        high: ({ height }) => height,
      }),
      low: build.limit({ ...texts, priority: 'low', point: 'level', low: 1 }),
    },
  ),
  rated: { height: 8, width: 2 },
})

test('a rule comes with its own delays, priority, texts and version, and its limits by the rated values', () => {
  expect(defaultSettings(kind(), {})).toEqual([
    {
      enabled: true,
      priority: 'high',
      onDelay: 5,
      offDelay: 6,
      modes: ['auto'],
      hours,
      parameters: { deadband: 0, high: 8 },
      texts,
      version: '4',
    },
    {
      enabled: true,
      priority: 'low',
      onDelay: 0,
      offDelay: 0,
      modes: null,
      hours: null,
      parameters: { deadband: 0, low: 1 },
      texts,
      version: '1',
    },
  ])
})

test('the rated values of the facility go before those of its kind', () => {
  expect(defaultSettings(kind(), { height: 6 })[0]?.parameters).toEqual({ deadband: 0, high: 6 })
})

test('facilities of the same rated values share their settings, others do not', () => {
  const tank = kind()
  expect(defaultSettings(tank, { height: 6 })).toBe(defaultSettings(tank, { height: 6 }))
  expect(defaultSettings(tank, { height: 8 })).toBe(defaultSettings(tank, {}))
  expect(defaultSettings(tank, { height: 7 })[0]?.parameters.high).toBe(7)
  expect(defaultSettings(kind(), { height: 6 })).not.toBe(defaultSettings(tank, { height: 6 }))
})
