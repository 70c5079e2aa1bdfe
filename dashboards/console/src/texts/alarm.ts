import { language } from '../settings.ts'
import { alarmEn } from './alarm-en.ts'
import { alarmZh } from './alarm-zh.ts'

const catalogues = { en: alarmEn, zh: alarmZh }

/** Like `t`, for what stands behind an alarm. */
export const a = () => catalogues[language.value]
