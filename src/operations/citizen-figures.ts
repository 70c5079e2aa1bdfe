import { median } from '../alarms/alarm-score.ts'
import { text } from '../telemetry/point.ts'
import { type CitizenReport, type ReportKind, reportKinds } from './citizen-report.ts'
import type { ReportTable } from './duty-report.ts'

type Counted = Pick<CitizenReport, 'kind' | 'source' | 'at' | 'known' | 'duplicateOf' | 'closed' | 'order'>

/** What citizens reported in a time, and how many of their reports wait for the desk now. */
export function citizenTables(reports: readonly Counted[], waiting: number): ReportTable[] {
  const kinds = (Object.keys(reportKinds) as ReportKind[]).filter((kind) => reports.some((report) => report.kind === kind))
  const row = (own: readonly Counted[]) => [
    own.length,
    own.filter(({ source }) => source === 'telephone').length,
    own.filter(({ known }) => known).length,
    own.filter(({ duplicateOf }) => duplicateOf !== null).length,
    own.filter(({ order }) => order !== null).length,
    own.filter(({ closed }) => closed !== null).length,
    median(own.flatMap(({ at, closed }) => (closed === null ? [] : [closed - at]))),
  ]
  return [
    {
      key: 'citizens.kinds',
      title: text("Citizens' reports", '市民报修'),
      columns: [
        { key: 'kind', title: text('What', '内容') },
        { key: 'received', title: text('Received', '接报') },
        { key: 'telephone', title: text('By telephone', '电话') },
        { key: 'known', title: text('Known before', '系统已知') },
        { key: 'duplicates', title: text('Duplicates', '重复') },
        { key: 'orders', title: text('With an order', '已派单') },
        { key: 'closed', title: text('Closed', '已结') },
        { key: 'length', title: text('Closed within (median)', '办结用时（中位）'), format: 'length' },
      ],
      rows: [
        ...kinds.map((kind) => [reportKinds[kind], ...row(reports.filter((report) => report.kind === kind))]),
        [text('All', '合计'), ...row(reports)],
      ],
      note: text(
        'Known before: telemetry or somebody else had told of it when the report came in.',
        '系统已知：接报时遥测或他人已发现该故障。',
      ),
      figures: [
        { key: 'citizens.received', title: text("Citizens' reports", '市民报修'), value: reports.length },
        { key: 'citizens.waiting', title: text('Reports that wait for the desk', '待处理报修'), value: waiting, target: { atMost: 0 } },
      ],
    },
  ]
}
