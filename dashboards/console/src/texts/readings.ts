import { language } from '../settings.ts'
import { readingsEn } from './readings-en.ts'
import { readingsZh } from './readings-zh.ts'

const catalogues = { en: readingsEn, zh: readingsZh }

/** Like `t`, for the page of a facility's readings. */
export const r = () => catalogues[language.value]
