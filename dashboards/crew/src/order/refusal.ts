import type { Text } from '../../../../src/telemetry/point.ts'
import type { ApiProblem } from '../../../shared/http.ts'

const isBusy = /^(busy|store-unavailable|journal-full|too-many-requests)$/
const isNot = /^(not-found|not-allowed|action-refused|invalid-request)$/

/**
 * What was refused, in words for a crew: the server explains itself to programs, in English. Few, since each weighs on a weak link; for what
 * a phone hardly ever meets the code stands there, so that somebody can be told of it.
 */
export const refusalWords = (code: string): Text =>
  isBusy.test(code)
    ? { zh: '服务器忙，请稍后再试。', en: 'The server is busy; try again later.' }
    : isNot.test(code)
      ? { zh: '目前不能操作，或不属于您。', en: 'It cannot be done now, or is not yours.' }
      : { zh: `服务器拒绝（${code}）。`, en: `Refused by the server (${code}).` }

/** A refusal as it is kept with what waits on the phone, for whichever language is read then. */
export const keptRefusal = ({ code }: Pick<ApiProblem, 'code'>): string => `#${code}`

/** What is kept, in words; a reason that is given in both languages stands as it is. */
export const wordsOfKept = (kept: string): Text => (kept[0] === '#' ? refusalWords(kept.slice(1)) : { zh: kept, en: kept })
