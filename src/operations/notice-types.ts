import { ALARM } from '../dispatch/channel.ts'
import { orderNoticeTitles } from '../dispatch/order-notice.ts'
import { type Text, text } from '../telemetry/point.ts'
import { reportNoticeTitles } from './report-notice.ts'

/** Everything people can be told by a channel, by its type, in the order in which it is offered. */
export const noticeTitles: Readonly<Record<string, Text>> = {
  [ALARM]: text('Alarm, until it is over', '告警，直至恢复'),
  ...Object.fromEntries(Object.entries(orderNoticeTitles).map(([type, title]) => [`order.${type}`, title])),
  'report.danger': text('A citizen reports danger', '市民报告危险'),
  ...reportNoticeTitles,
}
