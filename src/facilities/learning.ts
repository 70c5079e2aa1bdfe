import { minutes, seconds } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import { advise, type Both } from './writing.ts'

const LEAST_PAUSE = minutes(5)
const MISSED_REPORTS = 5

/**
 * How any facility's own behaviour is learned and judged. `every`: time between two readings that are taken, ms; 0 where each counts.
 * The pause after which what happened meanwhile is unknown follows from it and from how often the facility reports.
 */
export const learnedAt = (every = 0) =>
  ({
    every,
    pause: (rated: Readonly<Record<'report-interval', number>>) =>
      every + Math.max(LEAST_PAUSE, seconds(MISSED_REPORTS * rated['report-interval'])),
    readings: 330,
    sigmas: 3.25,
    consecutive: 6,
    calm: 10,
  }) as const

/** What is taken of a facility whose load follows the hours of the day: the 300 readings a scatter is learned from hold one whole day. */
export const DAILY_PACE = minutes(5)

/** Texts of a rule of learned behaviour. `of`: the part of the facility it is about, null for all of it; `timeToAct` in minutes. */
export const unlikeUsual = (of: Text | null, timeToAct: number, cause: Both, ...response: Both[]) =>
  advise(
    of === null
      ? ['Readings together unlike their usual pattern', '多项读数偏离自学习常态']
      : [`${of.en}: readings together unlike their usual pattern`, `${of.zh}：多项读数偏离自学习常态`],
    timeToAct,
    cause,
    ['First sign of a fault that no single limit shows yet.', '单项限值尚未反映的故障早期征兆。'],
    ...response,
  )
