import { language } from '../settings.ts'

const en = {
  commands: 'Commands',
  none: 'Nobody has commanded it.',
  by: (name: string, at: string) => `${name}, ${at}`,
  until: (at: string) => `until ${at}`,
  arm: (command: string) => `${command}…`,
  armed: (command: string, facility: string) => `${command}: ${facility}`,
  target: 'Facility',
  present: 'Now',
  wanted: 'Wanted',
  ends: 'Ends',
  endsNever: 'not by itself, only by another command',
  endsAfter: (minutes: string) => `after ${minutes} min, back to the programme`,
  reason: 'Reason',
  confirm: 'Send',
  sent: 'Sent; what becomes of it stands below.',
  refused: (why: string) => `Refused: ${why}`,
  cancel: 'Call back',
  purposes: { direct: '', test: 'test', end: 'end of a command' },
}

const zh: typeof en = {
  commands: '遥控指令',
  none: '尚无遥控记录。',
  by: (name, at) => `${name}，${at}`,
  until: (at) => `至 ${at}`,
  arm: (command) => `${command}…`,
  armed: (command, facility) => `${command}：${facility}`,
  target: '设施',
  present: '当前',
  wanted: '目标',
  ends: '结束',
  endsNever: '不自动结束，直至下一条指令',
  endsAfter: (minutes) => `${minutes} 分钟后恢复按方案运行`,
  reason: '原因',
  confirm: '下发',
  sent: '已下发，执行情况见下方。',
  refused: (why) => `被拒绝：${why}`,
  cancel: '撤回',
  purposes: { direct: '', test: '试验', end: '指令结束' },
}

const catalogues = { en, zh }

/** Like `t`, for commands. */
export const c = () => catalogues[language.value]
