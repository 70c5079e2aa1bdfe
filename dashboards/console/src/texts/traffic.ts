import { language } from '../settings.ts'
import { trafficEn } from './traffic-en.ts'
import { reasonsZh, trafficZh } from './traffic-zh.ts'

const catalogues = { en: trafficEn, zh: trafficZh }

/** Like `t`, for the page about traffic. */
export const tr = () => catalogues[language.value]

/** What a reason means; `help` is what the server says. */
export const meaning = (reason: string, help: string): string =>
  language.value === 'zh' ? ((reasonsZh as Readonly<Record<string, string>>)[reason] ?? help) : help
