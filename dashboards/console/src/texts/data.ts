import { language } from '../settings.ts'
import { dataEn } from './data-en.ts'
import { dataZh } from './data-zh.ts'

const catalogues = { en: dataEn, zh: dataZh }

/** Like `t`, for the page about telemetry as files. */
export const d = () => catalogues[language.value]
