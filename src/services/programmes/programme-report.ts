import { isInScope } from '../../access/scope.ts'
import { spanOf } from '../../control/programme-set.ts'
import type { Programmes } from '../../edges/programmes.ts'
import type { ReportPart, ReportTable } from '../../operations/duty-report.ts'
import { text } from '../../telemetry/point.ts'

/** What the street-light centre reads of its lighting programmes: what was otherwise for a time, and which devices do not run what they should. */
export const programmeReportPart = ({ programmes }: { programmes: Programmes }): ReportPart => ({
  key: 'programmes',
  company: 'lighting',
  async tables({ from, to }, scope): Promise<ReportTable[]> {
    const overrides = programmes
      .overrides()
      .map((override) => ({ ...override, span: spanOf(override) }))
      .filter(({ span }) => span.from < to && span.until > from && span.from < span.until)
      .toReversed()
    const differing = programmes.devices(scope).filter(({ since, facility }) => since !== null && isInScope(scope, facility))
    return [
      {
        key: 'programmes-overrides',
        title: text('Another light for a time', '临时照明调整'),
        columns: [
          { key: 'from', title: text('From', '开始'), format: 'time' },
          { key: 'until', title: text('Until', '结束'), format: 'time' },
          { key: 'for', title: text('For', '范围') },
          { key: 'light', title: text('Light', '亮度或方案') },
          { key: 'reason', title: text('Reason', '原因') },
          { key: 'by', title: text('By', '操作人') },
        ],
        rows: overrides.map(({ span, query, level, programme, reason, by, condition }) => [
          ...[span.from, span.until, query, level === null ? programme : `${condition === null ? '' : '≥ '}${level} %`, reason],
          condition === null ? by : text('sensor', '传感器'),
        ]),
      },
      {
        key: 'programmes-differing',
        title: text('Devices that do not run the programme they should', '运行方案与下发不一致的设备'),
        columns: [
          { key: 'facility', title: text('Device', '设备') },
          { key: 'name', title: text('Name', '名称') },
          { key: 'since', title: text('Since', '起始'), format: 'time' },
        ],
        rows: differing.map(({ facility: { id, name, nameEn }, since }) => [id, text(nameEn || name, name), since]),
        note: text('As it was when the report was made.', '以报表生成时为准。'),
      },
    ]
  },
})
