import { analog, text } from '../../telemetry/point.ts'

export const points = {
  overdue: analog(text('Past the window of the oldest open round', '最早未完成任务的超时'), 'min', [0, 1e5], { digits: 0 }),
  missed: analog(text('Missed since the last one done', '上次完成以来漏做'), '', [0, 1000], { normal: [0, 1], digits: 0 }),
  planned: analog(text('Planned today', '今日计划'), '', [0, 1000], { digits: 0 }),
  done: analog(text('Done today', '今日完成'), '', [0, 1000], { digits: 0 }),
  open: analog(text('Open now', '当前待完成'), '', [0, 1000], { digits: 0 }),
  progress: analog(text('Stops visited', '点位完成率'), '%', [0, 100], { digits: 0 }),
} as const

export type RoundPoint = keyof typeof points

/** Rated values of a plan and their defaults: after how many minutes past its window a round is late. */
export const rated = { 'late-minutes': 30 } as const
export type RoundRated = keyof typeof rated
