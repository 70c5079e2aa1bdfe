import { writeAlarmFilter } from '../../../../src/alarms/alarm-filter.ts'
import { formatDateTime } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { al } from '../texts/alarms.ts'
import type { ListState } from './list-state.ts'

export interface FilterWord {
  /** Of its parameter. */
  name: string
  label: string
  value: string
}

/** What limits the list, in words. */
export function filterWords({ filter, isPast, from, to }: ListState): FilterWord[] {
  const { fields, any } = al()
  const domains = t().domains as Readonly<Record<string, string>>
  const ruleTitle = (key: string) => {
    const rule = [...kinds.value.values()].flatMap(({ rules }) => rules).find((one) => one.key === key)
    return rule ? say(rule.title) : key
  }
  const values: Readonly<Record<string, () => string>> = {
    priority: () => filter.priorities.map((one) => t().priorities[one]).join(', '),
    state: () => filter.states.map((one) => t().alarmTags[one]).join(', '),
    domain: () => filter.domains.map((one) => domains[one] ?? one).join(', '),
    kind: () => filter.kinds.map((key) => titleOf(key)).join(', '),
    rule: () => ruleTitle(filter.rule),
  }
  const titleOf = (key: string) => {
    const kind = kinds.value.get(key)
    return kind ? say(kind.title) : key
  }
  const set = Object.entries(writeAlarmFilter(filter)).flatMap(([name, text]): FilterWord[] => {
    if (text === null) return []
    const label = fields[name as keyof typeof fields] ?? any
    return [{ name, label, value: text === 'true' ? '' : (values[name]?.() ?? text.replaceAll('\\,', ',')) }]
  })
  const times = [...(isPast ? [['from', from] as const, ['to', to] as const] : [])].flatMap(([name, at]): FilterWord[] =>
    at === null ? [] : [{ name, label: fields[name], value: formatDateTime(at) }],
  )
  return [...set, ...times]
}
