import type { Text } from '../telemetry/point.ts'
import type { Approval } from './approval.ts'

/** Where a command to one facility stands: the five steps of one that goes well, then the ways in which it ends otherwise. */
export const targetStates = {
  requested: { zh: '已申请', en: 'Requested' },
  accepted: { zh: '已受理', en: 'Accepted' },
  sent: { zh: '已下发', en: 'Sent' },
  confirmed: { zh: '设备已确认', en: 'Confirmed' },
  'effect-seen': { zh: '遥测已见效', en: 'Effect seen' },
  refused: { zh: '已拒绝', en: 'Refused' },
  failed: { zh: '失败', en: 'Failed' },
  expired: { zh: '已过期', en: 'Expired' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
} as const satisfies Record<string, Text>
export type TargetState = keyof typeof targetStates

/** Why a command to one facility did not go all the way. */
export const commandProblems = {
  'not-commandable': { zh: '该设施不接受遥控', en: 'It takes no commands' },
  'unknown-command': { zh: '该设施无此指令', en: 'It has no such command' },
  'value-out-of-range': { zh: '参数超出范围', en: 'The value is out of range' },
  'out-of-service': { zh: '设施已停用', en: 'It is out of service' },
  maintenance: { zh: '设施检修中', en: 'It is being worked on' },
  'local-mode': { zh: '设施处于就地（手动）模式', en: 'It is run on site' },
  'second-person': { zh: '该指令需第二人确认', en: 'It needs a second person' },
  'not-approved': { zh: '时限内无第二人确认', en: 'No second person approved it in time' },
  declined: { zh: '第二人未同意', en: 'The second person declined' },
  interlock: { zh: '联锁禁止', en: 'An interlock forbids it' },
  held: { zh: '已有人工指令占用', en: 'A command of somebody holds it' },
  'circuit-off': { zh: '所在回路未送电', en: 'Its circuit is switched off' },
  'refused-by-device': { zh: '设备拒绝执行', en: 'The device refused' },
  'not-delivered': { zh: '未能送达设备', en: 'It could not be delivered' },
  'no-answer': { zh: '设备未应答', en: 'The device did not answer' },
  'no-effect': { zh: '设备已确认但遥测未见效', en: 'Confirmed, but telemetry shows no effect' },
  'not-sent': { zh: '过期前未能下发', en: 'It could not be sent in time' },
  cancelled: { zh: '人工取消', en: 'Somebody cancelled it' },
  superseded: { zh: '被后续指令取代', en: 'A later command took its place' },
  'not-registered': { zh: '设施已注销', en: 'It is not registered any more' },
} as const satisfies Record<string, Text>
export type CommandProblem = keyof typeof commandProblems

/** When each step was reached, our time, ms; null: not. */
export interface TargetTimes {
  accepted: number | null
  sent: number | null
  confirmed: number | null
  seen: number | null
}

/** A command on its way to one facility. */
export interface Target {
  facility: string
  state: TargetState
  times: TargetTimes
  /** When it ended, ms. */
  over: number | null
  /** The next step must have come by then, ms; null when it is over. */
  deadline: number | null
  /** When it is sent again unless an answer comes before, ms. */
  again: number | null
  attempts: number
  /** Device time of what its telemetry said last when it was sent, ms; only newer reports tell of an effect. */
  known: number | null
  /** Whether that showed the effect already, or nothing was known: then telemetry alone tells of no effect. */
  shown: boolean
  problem: CommandProblem | null
  /** What an interlock or the device says besides. */
  words: Text | null
}

export type CommandValue = number | string | null

/** `test` is of a repair, `programme` switches by the lighting programme, `end` gives facilities back what an earlier one took. */
export const commandPurposes = ['direct', 'test', 'programme', 'end'] as const
export type CommandPurpose = (typeof commandPurposes)[number]

/** One request to one or many facilities. */
export interface Command {
  /** Made by whoever asks, so that it counts once however often it comes. */
  id: string
  /** As the kinds declare it. */
  command: string
  value: CommandValue
  purpose: CommandPurpose
  /** A person or a key, or `clock`. */
  by: string
  /** The account that answers for it: of a key, that of its owner. */
  account: string
  at: number
  reason: string
  /** Repair for which it is done. */
  order: number | null
  /** The command that this one ends. */
  ends: string | null
  /** It is not sent after this, ms. */
  expires: number
  /** Facilities are given back then, ms; null when it stands until another comes. */
  until: number | null
  /** That has been seen to. */
  ended: boolean
  /** The live group it was armed for; null where facilities were named one by one. */
  query: string | null
  /** Hash of the token that it was armed with; null where it needed none. */
  token: string | null
  /** What a second person has to say to it; null where none is needed. */
  approval: Approval | null
  targets: readonly Target[]
}

export const isOver = (state: TargetState): boolean =>
  state === 'effect-seen' || state === 'refused' || state === 'failed' || state === 'expired' || state === 'cancelled'

/** Nothing of it is still to be done. */
export const isDone = ({ targets, until, ended }: Command): boolean =>
  targets.every(({ state }) => isOver(state)) && (until === null || ended)

export const newTarget = (facility: string): Target => ({
  facility,
  state: 'requested',
  times: { accepted: null, sent: null, confirmed: null, seen: null },
  ...{ over: null, deadline: null, again: null, attempts: 0, known: null, shown: true, problem: null, words: null },
})

/** How many facilities stand in each state. */
export function countStates(targets: readonly Pick<Target, 'state'>[]): Partial<Record<TargetState, number>> {
  const counts: Partial<Record<TargetState, number>> = {}
  for (const { state } of targets) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
