import { language } from '../settings.ts'

const en = {
  tabs: { commands: 'Commands' },
}

const zh: typeof en = {
  tabs: { commands: '遥控指令' },
}

const catalogues = { en, zh }

/** Like `t`, for the pages of control. */
export const co = () => catalogues[language.value]
