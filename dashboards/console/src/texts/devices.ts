import { language } from '../settings.ts'
import { devicesEn } from './devices-en.ts'
import { devicesZh } from './devices-zh.ts'

const catalogues = { en: devicesEn, zh: devicesZh }

/** Like `t`, for the page about devices. */
export const dv = () => catalogues[language.value]
