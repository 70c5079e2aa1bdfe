import { text } from '../telemetry/point.ts'
import type { ReportSpan, ReportTable } from './duty-report.ts'
import { type Activation, dueAt, planKinds } from './emergency-plan.ts'

/** Emergency plans that were active in a time, drills too, and how their checklists were kept; nothing where none was. */
export function emergencyTables({ from, to }: Pick<ReportSpan, 'from' | 'to'>, activations: readonly Activation[]): ReportTable[] {
  const found = activations.filter(({ at, ended }) => at < to && (ended === null || ended.at > from))
  if (found.length === 0) return []
  const due = found.flatMap((activation) =>
    activation.plan.checklist.flatMap((item) => {
      const by = dueAt(activation, item)
      return by !== null && by >= from && by < to ? [(activation.done[item.key]?.at ?? Number.POSITIVE_INFINITY) <= by] : []
    }),
  )
  return [
    {
      key: 'emergency.plans',
      title: text('Emergency plans', '应急预案'),
      columns: [
        { key: 'plan', title: text('Plan', '预案') },
        { key: 'kind', title: text('Kind', '类型') },
        { key: 'drill', title: text('Emergency or drill', '实战或演练') },
        { key: 'area', title: text('Area', '范围') },
        { key: 'from', title: text('From', '起'), format: 'time' },
        { key: 'to', title: text('To', '止'), format: 'time' },
        { key: 'reason', title: text('Reason', '原因') },
        { key: 'by', title: text('Activated by', '启动人') },
        { key: 'done', title: text('Items done', '完成事项') },
        { key: 'items', title: text('Items', '事项') },
      ],
      rows: found.map(({ plan, drill, area, at, ended, reason, by, done }) => [
        ...[{ zh: plan.name, en: plan.nameEn || plan.name }, planKinds[plan.kind]],
        ...[drill ? text('drill', '演练') : text('emergency', '实战'), area, at, ended?.at ?? null, reason, by],
        ...[plan.checklist.filter(({ key }) => Object.hasOwn(done, key)).length, plan.checklist.length],
      ]),
      figures: [
        {
          key: 'emergency.in-time',
          title: text('Items of emergency plans done in time', '预案事项按时完成率'),
          value: due.length > 0 ? due.filter(Boolean).length / due.length : null,
          format: 'share',
          target: { atLeast: 1 },
        },
      ],
    },
  ]
}
