import { language } from '../settings.ts'
import { dialectsEn } from './dialects-en.ts'
import { dialectsZh } from './dialects-zh.ts'

const catalogues = { en: dialectsEn, zh: dialectsZh }

/** Like `t`, for the pages about device profiles. */
export const di = () => catalogues[language.value]
