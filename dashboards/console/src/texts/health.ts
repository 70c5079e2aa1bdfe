import { language } from '../settings.ts'
import { healthEn } from './health-en.ts'
import { healthZh } from './health-zh.ts'

const catalogues = { en: healthEn, zh: healthZh }

/** Like `t`, for the page about the service itself. */
export const h = () => catalogues[language.value]
