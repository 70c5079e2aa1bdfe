import { minutes, seconds } from '../telemetry/duration.ts'
import { text } from '../telemetry/point.ts'
import { draft, NEVER, UNKNOWN } from './draft.ts'
import type { RuleDraft } from './rule.ts'

/** As the clock of a light cabinet by its own report; a lighting programme is given to the minute. */
const LIMIT = seconds(60)
/** More than what the delay of a network makes of the limit. */
const DEADBAND_SHARE = 0.25

/**
 * The rule every kind has: the device's clock, measured by when its reports come in, is not ours. What lies behind the delay of a network
 * cannot be seen: a device whose reports never come in within `limit` looks as if its clock were late.
 * `ownRules`: rules of the kind that find the same in another way and explain it.
 */
export function clockSkewRule<P extends string = string>(ownRules: readonly string[]): RuleDraft<P> {
  return draft(
    'clock-skew',
    {
      title: text('Device clock wrong', '设备时钟偏差'),
      priority: 'low',
      timeToAct: 1440,
      response: [
        text('Set the clock of the device, and look where it gets its time from.', '对设备校时，并检查其时间来源。'),
        text('Judge the order of events at this facility by when they came in.', '判断该设施事件先后时以接收时间为准。'),
      ],
      cause: text(
        'No time signal, empty clock battery, wrong time zone, or a very slow link.',
        '无校时信号、时钟电池耗尽、时区错误或链路过慢。',
      ),
      consequence: text('Its events and programmes happen at the wrong time.', '事件时间与定时方案发生偏差。'),
      // A device sets its clock soon after it was switched on.
      onDelay: minutes(10),
      consequenceOf: ownRules,
    },
    {
      points: [],
      parameters: { limit: LIMIT, deadbandShare: DEADBAND_SHARE },
      slots: 0,
      judge: () => (view, at, wasTrue, parameters) => {
        const { limit, deadbandShare } = parameters as { limit: number; deadbandShare: number }
        const size = Math.abs(view.skew)
        if (Number.isNaN(size)) return UNKNOWN
        return size > limit * (wasTrue ? 1 - deadbandShare : 1) ? at : NEVER
      },
      /** s */
      figures: () => (view) => ({ skew: Math.round(view.skew / 1000) }),
    },
  )
}
