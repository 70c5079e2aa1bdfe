import { expect, test } from 'vitest'
import { keptRefusal, refusalWords, wordsOfKept } from '../../../dashboards/crew/src/order/refusal.ts'
import { errorCodes } from '../../../src/errors.ts'

/** Those that a phone hardly ever meets are told by their code. */
const byCode = /\((config-invalid|journal-unwritable|journal-unreadable|not-signed-in|payload-too-large|place-unknown|alarm-changed)\)/

test('every code that a phone may be told has words in both languages', () => {
  for (const code of Object.keys(errorCodes)) {
    const { zh, en } = refusalWords(code)
    expect(zh).toMatch(/[\u4e00-\u9fff]/)
    expect(en).toMatch(/^[ -~]+$/)
    expect(en.includes(`(${code})`), code).toBe(byCode.test(en))
  }
  expect(refusalWords('action-refused').en).not.toMatch(/action-refused/)
})

test('what is kept is read in the language of the moment; a reason in words stays as it is', () => {
  expect(wordsOfKept(keptRefusal({ code: 'not-allowed' }))).toEqual(refusalWords('not-allowed'))
  expect(wordsOfKept('太远 too far')).toEqual({ zh: '太远 too far', en: '太远 too far' })
})
