import { language } from '../settings.ts'
import { peopleEn } from './people-en.ts'
import { peopleZh } from './people-zh.ts'

const catalogues = { en: peopleEn, zh: peopleZh }

/** Like `t`, for the pages about accounts. */
export const q = () => catalogues[language.value]
