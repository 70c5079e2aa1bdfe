import { language } from '../settings.ts'
import { storageEn } from './storage-en.ts'
import { storageZh } from './storage-zh.ts'

const catalogues = { en: storageEn, zh: storageZh }

/** Like `t`, for the page about storage. */
export const d = () => catalogues[language.value]
