import { language } from '../settings.ts'
import { selectEn } from './select-en.ts'
import { selectZh } from './select-zh.ts'

const catalogues = { en: selectEn, zh: selectZh }

/** Like `t`, for what is selected on the map. */
export const c = () => catalogues[language.value]
