import type { FiguresOfView, OrderFiguresView } from '../../../../src/edges/http/order-schemas.ts'
import type { Cell } from '../csv-text.ts'

type Figures = Omit<FiguresOfView, 'key'>
type Span = Figures['repair']

/** Minutes with one decimal. */
const minutes = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 6000) / 10)
const percent = (share: number | null): number | null => (share === null ? null : Math.round(share * 1000) / 10)
const span = ({ count, median, p90 }: Span): Cell[] => [count, minutes(median), minutes(p90)]

const cells = ({ made, closed, accept, arrive, repair, inTime, tried, firstTime, relapses }: Figures): Cell[] => [
  ...[made, closed, ...span(accept), ...span(arrive), ...span(repair)],
  ...[inTime.due, inTime.inTime, percent(inTime.share), tried, percent(firstTime), relapses],
]

export const figureGroups = ['classes', 'crews', 'districts', 'origins'] as const
export type FigureGroup = (typeof figureGroups)[number]

/** All figures as rows of a file, in numbers: first of all orders, then by class, crew, district and origin. `nameOf` says what a key is called. */
export function figureRows(
  figures: OrderFiguresView,
  names: { columns: readonly string[]; all: string; groups: Readonly<Record<FigureGroup, string>> },
  nameOf: (group: FigureGroup, key: string) => string,
): Cell[][] {
  return [
    [...names.columns],
    [names.all, '', ...cells(figures.all)],
    ...figureGroups.flatMap((group) => figures[group].map(({ key, ...own }) => [names.groups[group], nameOf(group, key), ...cells(own)])),
  ]
}
