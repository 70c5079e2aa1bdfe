import type { LampDaysView, LightingEnergyView } from '../../../../../src/edges/http/lamp-history-schemas.ts'
import type { Cell } from '../../csv-text.ts'

const percent = (share: number | null): number | null => (share === null ? null : Math.round(share * 10_000) / 100)
const lampHours = (minutes: number): number => Math.round((minutes / 60) * 100) / 100

/** A row for each day of each road (or whatever is taken together), and of all: `nameOf` says what a key is called. */
export function rateRows({ rows, days }: LampDaysView, columns: readonly string[], all: string, nameOf: (key: string) => string): Cell[][] {
  const cells = (day: LampDaysView['days'][number] | LampDaysView['rows'][number]['days'][number]): Cell[] => [
    ...[day.date, percent(day.rate), percent(day.least), percent(day.most), percent(day.target), day.verdict],
    ...[day.dueMinutes, day.litMinutes, day.darkMinutes, day.unknownMinutes, day.estimatedMinutes].map(lampHours),
    ...[percent(day.integrity.share), percent(day.integrity.target)],
  ]
  return [
    [...columns],
    ...days.map((day) => [all, ...cells(day)]),
    ...rows.flatMap((row) => row.days.map((day) => [nameOf(row.key), ...cells(day)])),
  ]
}

export function energyRows(
  { rows, days }: LightingEnergyView,
  columns: readonly string[],
  all: string,
  nameOf: (key: string) => string,
): Cell[][] {
  const cells = (day: LightingEnergyView['days'][number], metered: number | null): Cell[] => [
    ...[day.date, day.measured, day.measuredFull, day.estimated, day.estimatedFull, day.wholeNight],
    ...[day.savedByDimming, day.savedByProgramme, percent(day.savedShare), day.notLit, day.wasted, metered],
  ]
  return [
    [...columns],
    ...days.map((day) => [all, ...cells(day, null)]),
    ...rows.flatMap((row) => row.days.map((day) => [nameOf(row.key), ...cells(day, day.metered)])),
  ]
}
