import { type AlarmKpi, kpiTargets, priorityShares } from '../alarms/kpi.ts'
import type { StandingAlarms } from '../alarms/standing.ts'
import { priorities } from '../detection/rule.ts'
import { type Text, text } from '../telemetry/point.ts'
import type { ReportFigure, ReportTable } from './duty-report.ts'
import { priorityTitles } from './report-words.ts'

export interface AlarmReportFacts extends AlarmKpi {
  standing: Pick<StandingAlarms, 'standing' | 'staleCount' | 'unacknowledged' | 'suppressed' | 'shelved'>
}

/** What sources are called. */
export interface AlarmNames {
  facility: (id: string) => string
  rule: (facility: string, rule: string) => Text
}

/** How the alarm system did. Floods are those of the whole room, so that only the bureau's report tells of them. */
export function alarmTables(facts: AlarmReportFacts, names: AlarmNames, isWhole: boolean): ReportTable[] {
  const { alarms, hidden, shelved, operators } = facts
  const shares = priorityShares(facts.byPriority)
  return [
    {
      key: 'alarms.priorities',
      title: text('Alarms by priority', '按级别统计的告警'),
      columns: [
        { key: 'priority', title: text('Priority', '级别') },
        { key: 'alarms', title: text('Told', '告警数') },
        { key: 'share', title: text('Share', '占比'), format: 'share', digits: 1 },
        { key: 'target', title: text('Target', '目标'), format: 'share' },
        { key: 'acknowledge', title: text('Acknowledged within (median)', '确认用时（中位）'), format: 'length' },
        { key: 'acknowledge90', title: text('9 of 10 within', '确认用时（90%）'), format: 'length' },
        { key: 'normal', title: text('Back to normal within (median)', '恢复用时（中位）'), format: 'length' },
      ],
      rows: priorities.map((priority) => [
        priorityTitles[priority],
        facts.byPriority[priority],
        shares?.[priority] ?? null,
        kpiTargets.priorities[priority],
        facts.acknowledge[priority].median,
        facts.acknowledge[priority].p90,
        facts.normal[priority].median,
      ]),
      note: {
        en: `Alarms told to operators, ${operators} at a time; ${hidden} more were suppressed by design, shelved or out of service, and ${shelved} times one was shelved. Targets by ISA-18.2 and EEMUA 191.`,
        zh: `告知值班员的告警（同时在岗 ${operators} 人）；另有 ${hidden} 条被设计抑制、搁置或属停用设施，搁置 ${shelved} 次。目标依据 ISA-18.2、EEMUA 191。`,
      },
      figures: alarmFigures(facts, isWhole),
    },
    {
      key: 'alarms.sources',
      title: text('Sources with the most alarms', '告警最多的来源'),
      columns: [
        { key: 'facility', title: text('Facility', '设施') },
        { key: 'name', title: text('Name', '名称') },
        { key: 'fault', title: text('Fault', '故障') },
        { key: 'alarms', title: text('Told', '告警数') },
        { key: 'share', title: text('Share', '占比'), format: 'share', digits: 1 },
      ],
      rows: facts.top.sources.map(({ facility, rule, alarms: own, share }) => [
        facility,
        names.facility(facility),
        names.rule(facility, rule),
        own,
        share,
      ]),
      ...(alarms > 0 && {
        note: {
          en: `Together ${(100 * facts.top.share).toFixed(1)} % of all; at most ${100 * kpiTargets.topShare} % is asked for.`,
          zh: `合计占全部告警的 ${(100 * facts.top.share).toFixed(1)}%，目标不超过 ${100 * kpiTargets.topShare}%。`,
        },
      }),
    },
  ]
}

function alarmFigures({ alarms, rate, floods, chattering, acknowledge, standing }: AlarmReportFacts, isWhole: boolean): ReportFigure[] {
  const flood: ReportFigure[] = [
    {
      key: 'alarms.floods',
      title: text('Time in floods', '告警洪泛时间占比'),
      value: floods.share,
      format: 'share',
      digits: 1,
      target: { atMost: kpiTargets.floodShare },
    },
  ]
  return [
    { key: 'alarms.count', title: text('Alarms', '告警'), value: alarms },
    {
      key: 'alarms.rate',
      title: text('Alarms per operator in 10 min', '每人每 10 分钟告警'),
      value: rate.mean,
      digits: 2,
      target: { atMost: kpiTargets.rate },
    },
    ...(isWhole ? flood : []),
    {
      key: 'alarms.acknowledge',
      title: text('Acknowledged within (median)', '确认用时（中位）'),
      value: acknowledge.all.median,
      format: 'length',
    },
    { key: 'alarms.standing', title: text('Standing', '未消除告警'), value: standing.standing },
    {
      key: 'alarms.stale',
      title: text('Standing for more than a day', '持续超过一天的告警'),
      value: standing.staleCount,
      target: { atMost: kpiTargets.stale - 1 },
    },
    {
      key: 'alarms.chattering',
      title: text('Sources that chatter', '抖动来源'),
      value: chattering.length,
      target: { atMost: kpiTargets.chattering },
    },
  ]
}
