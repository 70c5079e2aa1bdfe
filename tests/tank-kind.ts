import { defineFacilityKind } from '../src/facilities/facility-kind.ts'
import { minutes, seconds } from '../src/telemetry/duration.ts'
import { analog, digital, text } from '../src/telemetry/point.ts'
import { texts } from './detection/fixtures.ts'

const options = { ...texts, priority: 'high' } as const

/** A small kind for tests of the generic parts: a tank with a level and a valve. */
export const tankKind = defineFacilityKind({
  key: 'tank',
  domain: 'water',
  title: text('Tank', '水箱'),
  rated: { height: 8 },
  points: {
    level: analog(text('Level', '液位'), 'm', [0, 10], { digits: 2 }),
    valve: digital(text('Valve', '阀门'), text('closed', '关'), text('open', '开')),
  },
  rules: (build) => ({
    high: build.limit({ ...options, point: 'level', high: ({ height }) => height, deadband: 0.5 }),
    low: build.limit({ ...options, priority: 'medium', point: 'level', low: 1, onDelay: seconds(5), offDelay: seconds(5) }),
    'left-open': build.condition({
      ...options,
      priority: 'critical',
      points: ['valve', 'level'],
      when: ([valve, level]) => valve === 1 && (level as number) < 2,
      latching: true,
      shelvable: false,
    }),
    silence: build.silence({ ...options, priority: 'low', period: minutes(1), shortestShare: 1, longestShare: 1 }),
  }),
  panel: { gauges: ['level'], trends: [['level']], headline: 'level' },
  simulation: { period: seconds(10), faults: {}, create: () => () => ({ level: 4, valve: false }) },
})
