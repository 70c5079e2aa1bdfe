import { language } from '../settings.ts'
import { plantEn } from './plant-en.ts'
import { plantZh } from './plant-zh.ts'

const catalogues = { en: plantEn, zh: plantZh }

/** Like `t`, for the pages about the plant. */
export const p = () => catalogues[language.value]
