import { type Text, text } from '../telemetry/point.ts'
import type { ReportTable } from './duty-report.ts'

/** What came of the main point of a facility, of what was due of it. */
export interface FacilityCompleteness {
  id: string
  name: string
  kind: string
  expected: number
  /** Those that count for what was due. */
  counted: number
  /** Days on which something was due and nothing came. */
  silentDays: number
}

/** The part that was received, 0 to 1; null where nothing was due. */
export const shareOf = ({ expected, counted }: { expected: number; counted: number }): number | null =>
  expected === 0 ? null : counted / expected

/** Facilities that are named one by one: those of which most is missing. */
const MOST_NAMED = 50
/** Below this share a facility is named. */
const NAMED_BELOW = 0.95

interface Sum {
  facilities: number
  /** Of which nothing came at all. */
  silent: number
  expected: number
  counted: number
}

/** Counts as facilities come, in memory that does not grow with the city. */
export class CompletenessCount {
  readonly #kinds = new Map<string, Sum>()
  #named: FacilityCompleteness[] = []

  /** Of what nothing is due nothing is said. */
  add(found: readonly FacilityCompleteness[]): void {
    const due = found.filter(({ expected }) => expected > 0)
    for (const { kind, expected, counted } of due) {
      const sum = this.#kinds.get(kind) ?? { facilities: 0, silent: 0, expected: 0, counted: 0 }
      this.#kinds.set(kind, {
        facilities: sum.facilities + 1,
        silent: sum.silent + Number(counted === 0),
        expected: sum.expected + expected,
        counted: sum.counted + counted,
      })
    }
    const lacking = due.filter((one) => (shareOf(one) ?? 1) < NAMED_BELOW)
    this.#named = [...this.#named, ...lacking].sort((a, b) => missing(b) - missing(a)).slice(0, MOST_NAMED)
  }

  tables(titleOf: (kind: string) => Text): ReportTable[] {
    if (this.#kinds.size === 0) return []
    const kinds = [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1))
    const all = kinds.reduce<Sum>(
      (sum, [, one]) => ({
        facilities: sum.facilities + one.facilities,
        silent: sum.silent + one.silent,
        expected: sum.expected + one.expected,
        counted: sum.counted + one.counted,
      }),
      { facilities: 0, silent: 0, expected: 0, counted: 0 },
    )
    const row = (title: Text, sum: Sum) => [title, sum.facilities, sum.expected, sum.counted, shareOf(sum), sum.silent]
    return [
      {
        key: 'completeness.kinds',
        title: text('Readings received of those due', '应收数据与实收数据'),
        columns: [
          { key: 'kind', title: text('Kind', '设施类型') },
          { key: 'facilities', title: text('Facilities', '设施数') },
          { key: 'expected', title: text('Due', '应收') },
          { key: 'counted', title: text('Received', '实收') },
          { key: 'share', title: text('Share', '完整率'), format: 'share', digits: 1 },
          { key: 'silent', title: text('Never heard', '全程无数据') },
        ],
        rows: [...kinds.map(([kind, sum]) => row(titleOf(kind), sum)), ...(kinds.length > 1 ? [row(text('All', '合计'), all)] : [])],
        note: text(
          'Of the main point of each facility that is in service and reports by itself, by how often it usually reports. What is missing is unknown: figures of this report are without it. What comes in later counts where the report is made again.',
          '按每处在用自动上报设施的主要测点及其通常上报间隔统计。缺失部分为未知，本报告各项指标均不含。事后补报的数据在重新生成报告时计入。',
        ),
        figures: [
          { key: 'completeness.share', title: text('Readings received', '数据完整率'), value: shareOf(all), format: 'share', digits: 1 },
          { key: 'completeness.silent', title: text('Facilities never heard', '全程无数据设施'), value: all.silent },
        ],
      },
      ...(this.#named.length === 0
        ? []
        : [
            {
              key: 'completeness.facilities',
              title: text('Of which most is missing', '数据缺失最多的设施'),
              columns: [
                { key: 'facility', title: text('Facility', '设施') },
                { key: 'name', title: text('Name', '名称') },
                { key: 'kind', title: text('Kind', '设施类型') },
                { key: 'missing', title: text('Missing', '缺失') },
                { key: 'share', title: text('Share', '完整率'), format: 'share' as const, digits: 1 },
                { key: 'days', title: text('Days without anything', '无数据天数') },
              ],
              rows: this.#named.map((one) => [one.id, one.name, titleOf(one.kind), missing(one), shareOf(one), one.silentDays]),
              note: text(
                `At most ${MOST_NAMED}, of those that are below ${NAMED_BELOW * 100} %.`,
                `仅列完整率低于 ${NAMED_BELOW * 100}% 的设施，最多 ${MOST_NAMED} 处。`,
              ),
            },
          ]),
    ]
  }
}

const missing = ({ expected, counted }: FacilityCompleteness): number => expected - counted
