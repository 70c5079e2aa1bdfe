import { minutes } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'

/** Lamps that one person lights, dims or puts out alone within `ALONE_WITHIN`. */
export const MOST_LAMPS_ALONE = 500
/**
 * What one account does alone is counted over so long, ms, so that a limit is none for each of many requests. Ten minutes are the span over which
 * ISA-18.2 and EEMUA 191 reckon what one operator deals with.
 */
export const ALONE_WITHIN = minutes(10)
/** A second person may be waited for so long, ms. */
export const APPROVED_WITHIN = minutes(5)

/** Why one person alone does not do it. */
export const approvalReasons = {
  dangerous: { zh: '该指令须双人操作', en: 'The command itself is for two people' },
  'many-lamps': {
    zh: `${ALONE_WITHIN / minutes(1)} 分钟内涉及路灯超过 ${MOST_LAMPS_ALONE} 盏`,
    en: `More than ${MOST_LAMPS_ALONE} lamps within ${ALONE_WITHIN / minutes(1)} minutes`,
  },
  'many-nights': { zh: '日历中夜晚种类过多，未能逐一比较', en: 'The calendars have more kinds of nights than are compared' },
  'whole-cabinet': { zh: '涉及控制柜全部回路', en: 'All circuits of a cabinet' },
} as const satisfies Record<string, Text>
export type ApprovalReason = keyof typeof approvalReasons

/** Whether these lamps are more than one account tells alone, `already` being those that it told. */
export const isManyAlone = (lamps: ReadonlySet<string>, already: ReadonlySet<string>): boolean =>
  lamps.size > 0 && new Set([...lamps, ...already]).size > MOST_LAMPS_ALONE

/** What the second person said. */
export interface Decision {
  approved: boolean
  by: string
  /** ms */
  at: number
  reason: string
}

/** What a command, or a change of light, waits for that one person alone does not give. */
export interface Approval {
  reasons: readonly ApprovalReason[]
  /** Without a word by then nothing is done, ms. */
  expires: number
  /** ms for which the facilities are held once it is approved; null: not before another command. */
  lasts: number | null
  decision: Decision | null
}
