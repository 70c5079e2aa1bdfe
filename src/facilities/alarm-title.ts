import type { Alarm } from '../alarms/alarm.ts'
import { findRule } from '../detection/rule-key.ts'
import { inBoth, type Text } from '../telemetry/point.ts'
import type { FacilityKind } from './facility-kind.ts'

/** What an alarm is called: as it was when it came, else as its rule says now. */
export function alarmTitle({ evidence, kind, rule }: Alarm, kinds: readonly FacilityKind[]): Text {
  const found = evidence.texts?.title ?? findRule(kinds.find(({ key }) => key === kind)?.rules ?? [], rule)?.title
  return found ? inBoth(found) : { zh: rule, en: rule }
}
