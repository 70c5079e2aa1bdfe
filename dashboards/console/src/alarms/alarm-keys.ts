import type { KeyHelp } from '../shell/key-table.ts'

/** Keys that choose alarms and act on them, on the wall as in the list. */
export const pickKeys: readonly KeyHelp[] = [
  { keys: 'x', does: { en: 'choose the selected alarm, or take it back', zh: '勾选或取消所选告警' } },
  { keys: 'a', does: { en: 'acknowledge those chosen, or the selected one', zh: '确认已勾选或所选告警' } },
  { keys: 's', does: { en: 'shelve those chosen, or the selected one', zh: '搁置已勾选或所选告警' } },
  { keys: 'o', does: { en: 'comment on those chosen, or on the selected one', zh: '为已勾选或所选告警添加备注' } },
]

/** Keys of the list of alarms. */
export const alarmKeys: readonly KeyHelp[] = [
  { keys: 'j ArrowDown', does: { en: 'next alarm', zh: '下一条告警' } },
  { keys: 'k ArrowUp', does: { en: 'previous alarm', zh: '上一条告警' } },
  { keys: 'Enter', does: { en: 'to the details of the alarm', zh: '进入告警详情' } },
  ...pickKeys,
  { keys: 'X', does: { en: 'choose all that the filters show', zh: '勾选筛选出的全部告警' } },
  { keys: '/', does: { en: 'search', zh: '搜索' } },
  { keys: 'Escape', does: { en: 'choose none, let the alarm go, then clear the filters', zh: '依次取消勾选、取消选择、清除筛选' } },
]
