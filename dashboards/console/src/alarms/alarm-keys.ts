import type { Text } from '../../../../src/telemetry/point.ts'

/** The keys of the list of alarms, for the help. */
export const alarmKeys: readonly { keys: string; does: Text }[] = [
  { keys: 'x', does: { en: 'choose the selected alarm, or take it back', zh: '勾选或取消所选告警' } },
  { keys: 'X', does: { en: 'in the list of alarms: choose all that the filter shows', zh: '告警列表：勾选筛选出的全部告警' } },
  { keys: 'a', does: { en: 'acknowledge those chosen, or the selected one', zh: '确认已勾选或所选告警' } },
  { keys: 's', does: { en: 'shelve those chosen, or the selected one', zh: '搁置已勾选或所选告警' } },
  { keys: 'o', does: { en: 'comment on those chosen, or on the selected one', zh: '为已勾选或所选告警添加备注' } },
]
