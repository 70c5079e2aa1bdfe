import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { isUnacknowledged, type RowPlace } from '../wall/alarm-order.ts'

export interface GroupRow {
  type: 'group'
  key: string
  alarms: readonly AlarmView[]
  unacknowledged: number
  isOpen: boolean
}
export type ListRow = GroupRow | { type: 'alarm'; alarm: AlarmView }

/** A list as it stood before, what is new at its end: what is nearly in order is put in order several times as fast. */
export function asBefore(list: readonly AlarmView[], before: readonly AlarmView[]): AlarmView[] {
  const left = new Map(list.map((alarm) => [alarm.id, alarm]))
  const known: AlarmView[] = []
  for (const { id } of before) {
    const alarm = left.get(id)
    if (alarm && left.delete(id)) known.push(alarm)
  }
  return [...known, ...left.values()]
}

/** What an alarm is grouped by: of a cause the alarm that explains it, through what explains that one. */
export function causeOf(alarm: AlarmView, alarms: ReadonlyMap<number, AlarmView>): number {
  let root = alarm
  const seen = new Set<number>()
  while (root.suppressed?.by != null && !seen.has(root.id)) {
    seen.add(root.id)
    const above = alarms.get(root.suppressed.by)
    if (!above) return root.suppressed.by
    root = above
  }
  return root.id
}

/** The rows of a list in its order, each group where its first alarm stands. */
export function groupedRows(
  list: readonly AlarmView[],
  keyOf: ((alarm: AlarmView) => string) | null,
  closed: ReadonlySet<string>,
): ListRow[] {
  if (!keyOf) return list.map((alarm) => ({ type: 'alarm', alarm }))
  const groups = new Map<string, AlarmView[]>()
  for (const alarm of list) {
    const key = keyOf(alarm)
    const group = groups.get(key)
    if (group) group.push(alarm)
    else groups.set(key, [alarm])
  }
  return [...groups].flatMap(([key, alarms]): ListRow[] => {
    // A head above a single row would only say the same twice.
    if (alarms.length === 1) return [{ type: 'alarm', alarm: alarms[0] as AlarmView }]
    const isOpen = !closed.has(key)
    const head: GroupRow = { type: 'group', key, alarms, unacknowledged: alarms.filter(isUnacknowledged).length, isOpen }
    return isOpen ? [head, ...alarms.map((alarm): ListRow => ({ type: 'alarm', alarm }))] : [head]
  })
}

/** For holding rows in their places: one that changed its block of the order is let go. */
export const placeOfRow = (row: ListRow, blockOf: (alarm: AlarmView) => string): RowPlace =>
  row.type === 'group' ? { id: row.key, block: '' } : { id: row.alarm.id, block: blockOf(row.alarm) }
