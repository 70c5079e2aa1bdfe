import { isOver, type OrderState, orderStates } from '../../../../src/dispatch/order.ts'
import type { Text } from '../../../../src/telemetry/point.ts'

export interface KeptAnswer {
  /** Of the order, after the action that moved nothing; null where there is none that one may see. */
  state: OrderState | null
  /** The crew that has it. */
  holder: string | null
}

/** Why what a crew did moved nothing, in words for it; `nameOf` gives a crew's name. */
export function keptWords({ state, holder }: KeptAnswer, own: string, nameOf: (crew: string) => string): Text {
  if (state === null) return { zh: '该工单已不在您的范围内。', en: 'The order is no longer among those you may see.' }
  if (isOver(state)) {
    const word = orderStates[state]
    return { zh: `工单已经结束（${word.zh}）。`, en: `The order was already over (${word.en.toLowerCase()}).` }
  }
  if (holder !== null && holder !== own) {
    return { zh: `工单已由${nameOf(holder)}接走。`, en: `The order was taken by ${nameOf(holder)}.` }
  }
  if (holder === own) return { zh: '工单的进度已经更靠后。', en: 'The order was already further on.' }
  return {
    zh: '工单已被调度收回或改派，不再属于您的班组。',
    en: 'The order was withdrawn or offered to others, and is no longer with your crew.',
  }
}
