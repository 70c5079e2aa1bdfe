import { language } from '../settings.ts'

const en = {
  picture: 'Process picture',
  pictureHint: 'Choose an element to see its values first. Filled: running, open or seen; empty: the opposite.',
  asList: 'As a list',
  listColumns: ['Element', 'State', 'Values', 'Alarms'],
  old: 'OLD',
  bad: 'BAD',
  never: 'never reported',
  tripped: 'tripped',
  notTripped: 'ready',
  told: (state: string) => `told to be: ${state}`,
  notFollowed: 'does not follow its command',
  elsewhere: 'Not of one element:',
  valuesOf: (element: string) => `Values: ${element}`,
  allValues: 'All values',
  alarm: (priority: string, title: string) => `Alarm, ${priority}: ${title}`,
}

const zh: typeof en = {
  picture: '工艺流程图',
  pictureHint: '点选元件，其数值置顶显示。实心表示运行、打开或动作，空心表示相反。',
  asList: '列表形式',
  listColumns: ['元件', '状态', '数值', '告警'],
  old: '陈旧',
  bad: '坏值',
  never: '从未上报',
  tripped: '已跳闸',
  notTripped: '正常',
  told: (state) => `指令：${state}`,
  notFollowed: '未执行指令',
  elsewhere: '不属于单个元件：',
  valuesOf: (element) => `数值：${element}`,
  allValues: '全部数值',
  alarm: (priority, title) => `${priority}告警：${title}`,
}

const catalogues = { en, zh }

/** Like `t`, for the process pictures. */
export const m = () => catalogues[language.value]
