import type { LampDaysView, LampMomentsView, LightingEnergyView } from '../../../../../src/edges/http/lamp-history-schemas.ts'
import type { PointView } from '../../../../../src/edges/http/schemas.ts'
import type { Text } from '../../../../../src/telemetry/point.ts'
import { linesData, type PlotData } from '../../plots/plot-data.ts'

const point = (key: string, title: Text, unit: string, digits: number): PointView => ({
  ...{ key, title, unit, digits, type: 'number', plausible: null, normal: null, states: [], occasional: false },
  daily: { figure: 'mean', unit },
})

export const ratePoint = point('rate', { en: 'Lamp-on rate', zh: '亮灯率' }, '%', 1)
export const powerPoints = [
  point('power', { en: 'Power of lit lamps', zh: '亮灯功率' }, 'kW', 1),
  point('full', { en: 'The same at full power', zh: '同等路灯全功率' }, 'kW', 1),
]
export const energyPoints = [
  point('taken', { en: 'Taken', zh: '用电' }, 'kWh', 0),
  point('night', { en: 'All lamps at full power from dusk to dawn', zh: '全部路灯整夜全功率' }, 'kWh', 0),
]

type Rated = Pick<LampDaysView['total'], 'rate' | 'least' | 'most'>
const percents = (rated: readonly Rated[]) => ({
  mean: rated.map(({ rate }) => 100 * (rate as number)),
  min: rated.map(({ least }) => 100 * (least as number)),
  max: rated.map(({ most }) => 100 * (most as number)),
})

/** The rate as a curve; its range is what it would be were all unknown lamps dark, and lit. By day the curve is broken. */
export function rateCurve({ length, moments }: LampMomentsView): PlotData {
  const told = moments.filter(({ rate }) => rate !== null)
  return linesData([{ point: 'rate', at: told.map(({ at }) => at), ...percents(told) }], length, [false])
}

const DAY = 86_400_000
/** Noon of the day, for a point that stands for all of it. */
const noonOf = (date: string, midnight: (date: string) => number) => midnight(date) + DAY / 2

/** The same by days; `midnight` says when a date begins, ms. */
export function rateOfDays(days: readonly (Rated & { date: string })[], midnight: (date: string) => number): PlotData {
  const told = days.filter(({ rate }) => rate !== null)
  return linesData([{ point: 'rate', at: told.map(({ date }) => noonOf(date, midnight)), ...percents(told) }], DAY, [false])
}

/** What lit lamps draw, and what they would at full light, kW. */
export function powerCurves({ length, moments }: LampMomentsView): PlotData {
  const at = moments.map((one) => one.at)
  const kilowatts = (watts: number[]) => watts.map((one) => one / 1000)
  return linesData(
    [
      { point: 'power', at, value: kilowatts(moments.map(({ power }) => power)) },
      { point: 'full', at, value: kilowatts(moments.map(({ fullPower }) => fullPower)) },
    ],
    length,
    [false, false],
  )
}

export function energyCurves(days: LightingEnergyView['days'], midnight: (date: string) => number): PlotData {
  const at = days.map(({ date }) => noonOf(date, midnight))
  return linesData(
    [
      { point: 'taken', at, value: days.map(({ measured, estimated }) => measured + estimated) },
      { point: 'night', at, value: days.map(({ wholeNight }) => wholeNight) },
    ],
    DAY,
    [false, false],
  )
}

/** The newest target, percent; null where no lamp was due. */
export const newestTarget = (rated: readonly { target: number | null }[]): number | null => {
  const target = rated.findLast((one) => one.target !== null)?.target
  return target == null ? null : 100 * target
}
