import { language } from '../settings.ts'

/** Texts of the lines for signing on paper. */
const en = { byHand: 'To be signed by hand', date: 'Date' }
const zh: typeof en = { byHand: '手工签字栏', date: '日期' }
const catalogues = { en, zh }
export const hs = (): typeof en => catalogues[language.value]
