import type { Text } from '../../src/telemetry/point.ts'

/** What the steps in the log of an order are called. */
export const orderStepWords: Readonly<Record<string, Text>> = {
  create: { zh: '生成', en: 'made' },
  dispatch: { zh: '派出', en: 'dispatched' },
  'pass-by': { zh: '无人应答', en: 'nobody answered' },
  accept: { zh: '接单', en: 'accepted' },
  decline: { zh: '拒接', en: 'declined' },
  'set-out': { zh: '出发', en: 'set out' },
  arrive: { zh: '到场', en: 'arrived' },
  begin: { zh: '开始抢修', en: 'repair begun' },
  repair: { zh: '修复', en: 'repaired' },
  'hand-back': { zh: '交回', en: 'handed back' },
  note: { zh: '备注', en: 'note' },
  photo: { zh: '照片', en: 'photo' },
  recall: { zh: '收回', en: 'recalled' },
  reclassify: { zh: '变更等级', en: 'class changed' },
  cover: { zh: '并入更多故障', en: 'more belongs to it' },
  uncover: { zh: '拆分', en: 'split off' },
  verify: { zh: '核实', en: 'verified' },
  refute: { zh: '未修复', en: 'not mended' },
  close: { zh: '结单', en: 'closed' },
  reject: { zh: '退回', en: 'rejected' },
  merge: { zh: '合并', en: 'merged' },
  relapse: { zh: '故障复发', en: 'fault came back' },
  reopen: { zh: '重开', en: 'reopened' },
  'arrival-overdue': { zh: '到场超时', en: 'arrival overdue' },
  'repair-overdue': { zh: '修复超时', en: 'repair overdue' },
  'measures-overdue': { zh: '应急处置超时', en: 'emergency measures overdue' },
  kept: { zh: '仅记录，未生效', en: 'kept, moved nothing' },
}

/**
 * The words of a line of the log: a step that asks crews has their ids, and what a rule says of an order that it makes stands in the order
 * itself.
 */
export function logWords(line: { type: string; by: string; words: string }, crewName: (id: string) => string): string {
  if (line.type === 'create' && line.by === 'rule') return ''
  return line.type === 'dispatch' ? line.words.split(', ').map(crewName).join(', ') : line.words
}
