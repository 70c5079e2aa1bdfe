import { language } from '../settings.ts'
import { codecsEn } from './codecs-en.ts'
import { codecsZh } from './codecs-zh.ts'

const catalogues = { en: codecsEn, zh: codecsZh }

/** Like `t`, for the page about vendors' payload codecs. */
export const c = () => catalogues[language.value]
