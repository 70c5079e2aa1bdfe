import { type OrderClass, orderClasses } from '../dispatch/order.ts'
import type { FiguresOf, OrderFigures } from '../dispatch/order-figures.ts'
import { text } from '../telemetry/point.ts'
import type { ReportTable } from './duty-report.ts'

export interface OrderReportFacts {
  /** Of orders made in the time, by what had become of them at its end. */
  all: OrderFigures
  byClass: readonly FiguresOf[]
  /** Orders closed in the time, whenever they were made. */
  closed: number
  /** Of those that are not over, as many of which a clock has run out. */
  open: number
  overdue: number
}

/** Orders and their clocks. */
export function orderTables({ all, byClass, closed, open, overdue }: OrderReportFacts): ReportTable[] {
  return [
    {
      key: 'orders.classes',
      title: text('Repair orders made, and their clocks', '新工单及时限'),
      columns: [
        { key: 'class', title: text('Class', '等级') },
        { key: 'made', title: text('Made', '新生成') },
        { key: 'accept', title: text('Accepted within (median)', '接单用时（中位）'), format: 'length' },
        { key: 'arrive', title: text('There within (median)', '到场用时（中位）'), format: 'length' },
        { key: 'arrive90', title: text('9 of 10 within', '到场用时（90%）'), format: 'length' },
        { key: 'repair', title: text('Repaired within (median)', '修复用时（中位）'), format: 'length' },
        { key: 'repair90', title: text('9 of 10 within', '修复用时（90%）'), format: 'length' },
        { key: 'due', title: text('Repaired or due', '已修或到期') },
        { key: 'inTime', title: text('In time', '按时率'), format: 'share', digits: 1 },
        { key: 'first', title: text('Held at first', '一次修复率'), format: 'share', digits: 1 },
        { key: 'relapses', title: text('Came back', '复发') },
      ],
      rows: [
        ...byClass.map((figures) => [orderClasses[figures.key as OrderClass], figures] as const),
        [text('All', '合计'), all] as const,
      ].map(([title, { made, accept, arrive, repair, inTime, firstTime, relapses }]) => [
        ...[title, made, accept.median, arrive.median, arrive.p90, repair.median, repair.p90],
        ...[inTime.due, inTime.share, firstTime, relapses],
      ]),
      note: text(
        'Of orders made in this time. In time: repaired by the clock of their class. Times count from when an order was made or came back.',
        '统计本时段内生成的工单。按时：在其等级时限内修复。用时自工单生成或复发起计。',
      ),
      figures: [
        { key: 'orders.made', title: text('Orders made', '新工单'), value: all.made },
        { key: 'orders.closed', title: text('Orders closed', '结单'), value: closed },
        { key: 'orders.inTime', title: text('Repaired in time', '按时修复率'), value: all.inTime.share, format: 'share', digits: 1 },
        { key: 'orders.repair', title: text('Repaired within (median)', '修复用时（中位）'), value: all.repair.median, format: 'length' },
        { key: 'orders.first', title: text('Held at first', '一次修复率'), value: all.firstTime, format: 'share', digits: 1 },
        { key: 'orders.open', title: text('Orders open', '未结工单'), value: open },
        { key: 'orders.overdue', title: text('Orders overdue', '超时工单'), value: overdue, target: { atMost: 0 } },
      ],
    },
  ]
}
