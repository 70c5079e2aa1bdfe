import { text } from '../telemetry/point.ts'
import type { ReportTable } from './duty-report.ts'
import { type Round, roundStates } from './round.ts'
import type { AreaCoverage } from './round-coverage.ts'
import { roundKinds } from './round-plan.ts'

type Told = Pick<Round, 'plan' | 'name' | 'kind' | 'begins' | 'state' | 'late' | 'ended' | 'visited'> & { stops: { length: number } }
type Area = Pick<AreaCoverage, 'area' | 'planned' | 'visited' | 'last'>

const isLate = ({ state, ended, late }: Told): boolean => state === 'done' && ended !== null && ended > late
const share = (part: number, of: number): number | null => (of > 0 ? part / of : null)

/** Areas of several readings of rounds together, in the order of their names. */
export function mergeAreas(areas: readonly Area[]): Area[] {
  const sum = (own: readonly Area[], of: 'planned' | 'visited') => own.reduce((all, one) => all + one[of], 0)
  return [...Map.groupBy(areas, ({ area }) => area)]
    .map(([area, own]) => {
      const visits = own.flatMap(({ last }) => last ?? [])
      return { area, planned: sum(own, 'planned'), visited: sum(own, 'visited'), last: visits.length > 0 ? Math.max(...visits) : null }
    })
    .sort((a, b) => (a.area < b.area ? -1 : 1))
}

/** What became of the rounds that began in a time, by plan, and how often areas were walked; nothing where there were none. */
export function roundTables(all: readonly Told[], areas: readonly Area[]): ReportTable[] {
  const rounds = all.filter(({ state }) => state !== 'called-off')
  if (all.length === 0) return []
  const count = (own: readonly Told[], state: Round['state']) => own.filter((round) => round.state === state).length
  const row = (own: readonly Told[]) => {
    const stops = own.reduce((sum, one) => sum + one.stops.length, 0)
    const visited = own.reduce((sum, one) => sum + one.visited, 0)
    return [
      own.length,
      count(own, 'done'),
      own.filter(isLate).length,
      count(own, 'missed'),
      count(own, 'open'),
      visited,
      share(visited, stops),
    ]
  }
  const over = rounds.filter(({ state }) => state !== 'open')
  const missed = rounds.filter(({ state }) => state === 'missed').toSorted((a, b) => a.begins - b.begins)
  const tables: ReportTable[] = [
    {
      key: 'rounds.plans',
      title: text('Rounds', '巡查与消杀'),
      columns: [
        { key: 'plan', title: text('Plan', '计划') },
        { key: 'kind', title: text('Sort', '类别') },
        { key: 'planned', title: text('Begun', '应开始') },
        { key: 'done', title: text('Done', '完成') },
        { key: 'late', title: text('of them late', '其中迟到') },
        { key: 'missed', title: text('Missed', '漏做') },
        { key: 'open', title: text('Open', '待完成') },
        { key: 'visited', title: text('Stops visited', '到点数') },
        { key: 'share', title: text('Share', '到点率'), format: 'share', digits: 1 },
      ],
      rows: [...Map.groupBy(rounds, ({ plan }) => plan).values()].flatMap((own) => {
        const [first] = own
        return first ? [[first.name, roundKinds[first.kind], ...row(own)]] : []
      }),
      note: text(
        'Rounds whose window began in this time; those that were called off are not counted.',
        '统计本时段内窗口开始的轮次，已取消的不计。',
      ),
      figures: [
        {
          key: 'rounds.done',
          title: text('Rounds done', '完成率'),
          value: share(count(over, 'done'), over.length),
          format: 'share',
          digits: 1,
          target: { atLeast: 1 },
        },
        { key: 'rounds.missed', title: text('Rounds missed', '漏做'), value: missed.length, target: { atMost: 0 } },
        { key: 'rounds.late', title: text('Rounds late', '迟到'), value: rounds.filter(isLate).length, target: { atMost: 0 } },
      ],
    },
    {
      key: 'rounds.areas',
      title: text('How often areas were walked', '各区域巡查情况'),
      columns: [
        { key: 'area', title: text('District', '区域') },
        { key: 'planned', title: text('Stops of rounds', '计划点次') },
        { key: 'visited', title: text('Visited', '实到点次') },
        { key: 'share', title: text('Share', '到点率'), format: 'share', digits: 1 },
        { key: 'last', title: text('Last visit', '最近到点'), format: 'time' },
      ],
      rows: areas.map(({ area, planned, visited, last }) => [area, planned, visited, share(visited, planned), last]),
    },
    {
      key: 'rounds.missed',
      title: text(`Missed (${missed.length})`, `漏做（${missed.length}）`),
      columns: [
        { key: 'begins', title: text('Begin of its window', '窗口开始'), format: 'time' },
        { key: 'plan', title: text('Plan', '计划') },
        { key: 'state', title: text('State', '状态') },
        { key: 'visited', title: text('Stops visited', '到点数') },
        { key: 'stops', title: text('of', '应到') },
      ],
      rows: missed.map((one) => [one.begins, one.name, roundStates[one.state], one.visited, one.stops.length]),
    },
  ]
  return tables.filter(({ rows, key }) => rows.length > 0 || key === 'rounds.plans')
}
