import { language } from '../settings.ts'
import { alarmSystemEn } from './alarm-system-en.ts'
import { alarmSystemZh } from './alarm-system-zh.ts'

const catalogues = { en: alarmSystemEn, zh: alarmSystemZh }

/** Like `t`, for the pages about the alarm system. */
export const s = () => catalogues[language.value]
