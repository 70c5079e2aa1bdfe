import type { FacilityMode } from '../detection/facility-mode.ts'
import type { HandoverNote, Listed, NotedEvent } from '../dispatch/handover.ts'
import { orderClasses, orderStates } from '../dispatch/order.ts'
import type { RuleAction } from '../facilities/rule-version.ts'
import { type Text, text } from '../telemetry/point.ts'
import type { ReportCell, ReportColumn, ReportTable } from './duty-report.ts'
import { priorityTitles } from './report-words.ts'

const actionTitles: Readonly<Record<RuleAction, Text>> = {
  put: text('changed', '修改'),
  remove: text('removed', '撤销'),
  revert: text('put back', '恢复'),
}
const modeTitles: Readonly<Record<FacilityMode, Text>> = {
  auto: text('auto', '自动'),
  manual: text('manual', '手动'),
  maintenance: text('maintenance', '检修'),
  'out-of-service': text('out of service', '停用'),
}
const yes = text('yes', '是')
const late = text('overdue', '超时')
const wholeKind = text('whole kind', '整类设施')

const words = (key: string, title: Text): ReportColumn => ({ key, title })
const time = (key: string, title: Text): ReportColumn => ({ key, title, format: 'time' })
const priority = words('priority', text('Priority', '级别'))
const fault = words('fault', text('Fault', '故障'))
const facility = words('facility', text('Facility', '设施'))
const district = words('district', text('District', '区域'))
const by = words('by', text('By', '操作人'))
const reason = words('reason', text('Reason', '原因'))

/** What stands, is put aside, out of service, under repair and happened. `asOf` is when what stands was looked at, in words of the city's clock. */
export function noteTables(note: HandoverNote, asOf: string): ReportTable[] {
  const at: Text = { en: `As of ${asOf}.`, zh: `截至 ${asOf}。` }
  const table = <T>(
    key: string,
    title: Text,
    list: Listed<T>,
    columns: readonly ReportColumn[],
    row: (item: T) => ReportCell[],
    notes: readonly Text[],
    always?: Text,
  ): ReportTable => {
    const more = list.total - list.items.length
    const all = [
      ...(list.total > 0 ? notes : []),
      ...(always ? [always] : []),
      ...(more > 0 ? [text(`${more} more are not listed.`, `另有 ${more} 条未列出。`)] : []),
    ]
    return {
      ...{
        key: `standing.${key}`,
        title: text(`${title.en} (${list.total})`, `${title.zh}（${list.total}）`),
        columns,
        rows: list.items.map(row),
      },
      ...(all.length > 0 && { note: text(all.map(({ en }) => en).join(' '), all.map(({ zh }) => zh).join('')) }),
    }
  }
  return [
    table(
      'alarms',
      text('Alarms that stand, or that nobody has acknowledged', '未消除或未确认的告警'),
      note.standing,
      [priority, fault, facility, district, time('raised', text('Since', '发生时间')), words('who', text('Acknowledged', '确认人'))],
      (one) => [priorityTitles[one.priority], one.title, one.name || one.facility, one.district, one.raised, one.acknowledgedBy],
      [at],
    ),
    table(
      'shelved',
      text('Alarms put aside', '已搁置的告警'),
      note.shelved,
      [priority, fault, facility, time('until', text('Until', '搁置至')), by, reason],
      (one) => [priorityTitles[one.priority], one.title, one.name || one.facility, one.until, one.by, one.reason],
      [at],
      asideWords(note.aside),
    ),
    table(
      'modes',
      text('Facilities that do not run by themselves', '非自动运行的设施'),
      note.outOfService,
      [facility, words('name', text('Name', '名称')), district, words('mode', text('Mode', '模式'))],
      (one) => [one.facility, one.name, one.district, modeTitles[one.mode]],
      [at],
    ),
    table(
      'orders',
      text('Open orders', '未结工单'),
      note.orders,
      [
        ...[words('order', text('Order', '工单')), words('what', text('What', '内容')), words('class', text('Class', '等级'))],
        ...[words('state', text('State', '状态')), words('crew', text('Crew', '班组'))],
        ...[
          time('arrive', text('There by', '到场时限')),
          time('repair', text('Repaired by', '修复时限')),
          words('late', text('Clock', '时限')),
        ],
      ],
      (one) => [
        ...[`#${one.id}`, one.title, orderClasses[one.class], orderStates[one.state], one.crew, one.arriveBy, one.repairBy],
        one.isLate ? late : null,
      ],
      [at],
    ),
    table(
      'reports',
      text("Citizens' reports that wait for the desk", '待处理的市民报修'),
      note.reports ?? { total: 0, items: [] },
      [
        ...[words('report', text('Report', '报修')), words('what', text('What', '内容')), facility, district],
        ...[time('at', text('Came in', '接报时间')), words('call', text('Wants a call', '要求回电'))],
      ],
      (one) => [`#${one.id}`, one.title, one.name || one.facility, one.district, one.at, one.callerWaits ? yes : null],
      [at],
    ),
    table(
      'rules',
      text('Rules that were changed', '规则修改'),
      note.overrides,
      [
        time('at', text('At', '时间')),
        words('rule', text('Rule', '规则')),
        words('for', text('For', '范围')),
        words('what', text('What', '操作')),
        by,
        reason,
      ],
      (one) => [one.at, `${one.kind} / ${one.rule}`, one.facility ?? one.group ?? wholeKind, actionTitles[one.action], one.by, one.reason],
      [],
    ),
    table(
      'events',
      text('Notable events', '重要事项'),
      note.events,
      [time('at', text('At', '时间')), words('what', text('What', '事项')), facility, time('ended', text('Over', '结束'))],
      (one) => [one.at, eventWords(one), 'name' in one ? one.name || one.facility : '', 'ended' in one ? one.ended : null],
      [],
    ),
  ].filter(({ rows, key }) => rows.length > 0 || key === 'standing.alarms' || key === 'standing.shelved' || key === 'standing.events')
}

/** Why the wall counts more on its shelf than people have put there. */
function asideWords(aside: HandoverNote['aside']): Text | undefined {
  if (!aside) return undefined
  const { shelved, 'suppressed-by-design': suppressed, 'out-of-service': outOfService } = aside
  const total = shelved + suppressed + outOfService
  if (total === 0) return undefined
  return text(
    `On the shelf of the wall: ${total}, of which ${shelved} shelved, ${suppressed} suppressed by design, ${outOfService} of facilities out of service.`,
    `大屏搁置栏共 ${total} 条：搁置 ${shelved} 条，设计抑制 ${suppressed} 条，设施停用 ${outOfService} 条。`,
  )
}

function eventWords(event: NotedEvent): Text {
  switch (event.type) {
    case 'critical':
      return text(`Critical: ${event.title.en}`, `紧急告警：${event.title.zh}`)
    case 'flood':
      return text(
        `Flood: ${event.alarms} alarms, ${event.peak} within ten minutes at most`,
        `告警洪泛：共 ${event.alarms} 条，十分钟内最多 ${event.peak} 条`,
      )
    case 'relapse':
      return text(
        `Order #${event.order} came back after its repair: ${event.title.en}`,
        `工单 #${event.order} 修复后复发：${event.title.zh}`,
      )
    case 'silence':
      return text(`${event.by} silenced the sound`, `${event.by} 关闭了告警声`)
  }
}
