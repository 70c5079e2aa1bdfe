import { language } from '../settings.ts'

const en = {
  dusk: 'Dusk',
  dawn: 'Dawn',
  fullHours: (n: string) => `worth ${n} h of full light`,
}

const zh: typeof en = {
  dusk: '日落',
  dawn: '日出',
  fullHours: (n) => `相当于全亮 ${n} 小时`,
}

const catalogues = { en, zh }

/** Like `t`, for lighting programmes. */
export const pr = () => catalogues[language.value]
