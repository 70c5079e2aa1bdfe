import { language } from '../settings.ts'

const en = {
  tabs: {
    tonight: 'Tonight',
    overrides: 'Overrides',
    devices: 'What devices run',
    nights: 'Control programmes',
    calendars: 'Calendars',
    assignments: 'Who has what',
    commands: 'Commands',
  },
}

const zh: typeof en = {
  tabs: {
    tonight: '今晚',
    overrides: '临时调整',
    devices: '设备执行情况',
    nights: '控制方案',
    calendars: '日历',
    assignments: '方案分配',
    commands: '遥控指令',
  },
}

const catalogues = { en, zh }

/** Like `t`, for the pages of control. */
export const co = () => catalogues[language.value]
