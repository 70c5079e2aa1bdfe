import { addDays, countDays, dateOf } from '../control/calendar-day.ts'
import { type DutyException, dutyAt, dutyPlan, type PlannedDuty, type Rotation } from '../dispatch/duty.ts'
import { text } from '../telemetry/point.ts'
import type { ReportFigure, ReportSpan, ReportTable } from './duty-report.ts'

export interface DutyRosterFacts {
  rotations: readonly Rotation[]
  exceptions: readonly DutyException[]
  /** Of shifts that began in the time. */
  handovers: readonly { rotation: string; begins: number; leftBy: string; takenBy: string | null }[]
  utcOffset: (at: number) => number
}

/** Who was on duty, and whether shifts were handed over; of a month only how many, by rotation. */
export function dutyTables({ period, from, to }: ReportSpan, facts: DutyRosterFacts): ReportTable[] {
  const { rotations, exceptions, handovers, utcOffset } = facts
  if (rotations.length === 0) return []
  const first = addDays(dateOf(from, utcOffset), -1)
  const days = countDays(first, dateOf(to - 1, utcOffset))
  const duties = dutyPlan(rotations, exceptions, { from: first, days }, utcOffset).filter((duty) => duty.from < to && duty.to > from)
  const begun = [...new Set(duties.filter((duty) => duty.from >= from).map(shiftKey))]
  const signed = new Map(handovers.map((handover) => [`${handover.rotation} ${handover.begins}`, handover]))
  const isBoth = (key: string) => (signed.get(key)?.takenBy ?? null) !== null
  const figures: ReportFigure[] = [
    {
      key: 'duty.handovers',
      title: text('Shifts handed over, signed by both', '双方签字的交接班'),
      value: begun.length > 0 ? begun.filter(isBoth).length / begun.length : null,
      format: 'share',
      target: { atLeast: 1 },
    },
  ]
  const names = new Map(rotations.map(({ id, name }) => [id, name]))
  if (period === 'month') {
    return [
      {
        key: 'duty.months',
        title: text('Duty', '值班'),
        columns: [
          { key: 'rotation', title: text('Rotation', '轮班') },
          { key: 'shifts', title: text('Shifts', '班次数') },
          { key: 'left', title: text('Handed over', '已交班') },
          { key: 'both', title: text('Signed by both', '双方签字') },
        ],
        rows: rotations.map(({ id, name }) => {
          const own = begun.filter((key) => key.startsWith(`${id} `))
          return [name, own.length, own.filter((key) => signed.has(key)).length, own.filter(isBoth).length]
        }),
        figures,
      },
    ]
  }
  return [
    {
      key: 'duty.people',
      title: text('On duty', '值班人员'),
      columns: [
        { key: 'rotation', title: text('Rotation', '轮班') },
        { key: 'shift', title: text('Shift', '班次') },
        { key: 'team', title: text('Team', '班组') },
        { key: 'people', title: text('People', '人员') },
        { key: 'from', title: text('From', '起'), format: 'time' },
        { key: 'to', title: text('To', '止'), format: 'time' },
        { key: 'left', title: text('Left by', '交班人') },
        { key: 'taken', title: text('Taken over by', '接班人') },
      ],
      rows: duties.map((duty) => {
        const { leftBy = null, takenBy = null } = signed.get(shiftKey(duty)) ?? {}
        return [
          ...[names.get(duty.rotation) ?? duty.rotation, duty.shift.name, duty.team.name, peopleOf(duty, facts, from).join(', ')],
          ...[duty.from, duty.to, leftBy, takenBy],
        ]
      }),
      figures,
    },
  ]
}

const shiftKey = ({ rotation, from }: Pick<PlannedDuty, 'rotation' | 'from'>): string => `${rotation} ${from}`

/** Who was there as the duty, or the time that is told of, began. */
function peopleOf(
  { rotation, team, from }: PlannedDuty,
  { rotations, exceptions, utcOffset }: DutyRosterFacts,
  since: number,
): readonly string[] {
  const own = rotations.filter(({ id }) => id === rotation)
  return (
    dutyAt(own, exceptions, Math.max(from, since), utcOffset).find((duty) => duty.team.key === team.key && duty.from === from)?.people ?? []
  )
}
