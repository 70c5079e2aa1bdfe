import { addDays, type CalendarDay, calendarDays, dateOf } from '../../control/calendar-day.ts'
import type { Facility } from '../../facilities/plant.ts'
import { type CompanyCurve, type CompanyFigure, type CompanyTable, known, type Verdict } from '../../operations/company-view.ts'
import { type GasDelivery, isOverdue, isToCome } from '../../operations/gas-delivery.ts'
import {
  type DemandForecast,
  dailyUse,
  demandForecast,
  GAS_DENSITY,
  LEAST_DAYS,
  type PastDay,
  RESERVE_ALARM,
  RESERVE_WARNING,
  type ReserveCourse,
  reserveCourse,
  reserveDays,
  type WeatherClass,
  weatherClasses,
  weatherClassOf,
} from '../../operations/gas-figures.ts'
import { addUp, amountOf, greatest, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import { days, hours } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { AS_OF, type Asked, both, cell, coverage, knownShare, lastKnown, nameOf, type Over, STATION, timed } from './company-parts.ts'
import { type LatestReading, latestReading, newest } from './company-readings.ts'

export interface GasAsked extends Asked {
  utcOffset: (at: number) => number
  /** Of the coming days; the weather of the last day goes on where nobody says. */
  weather: WeatherClass | undefined
  deliveries: readonly GasDelivery[]
}

/** Days of the past that speak for those to come. */
const HISTORY_DAYS = 28
const AHEAD_HOURS = 7 * 24
/** Tanks are filled up to this level, %. */
const FULL = 90

const ratedOf = ({ kind, rated }: Facility) => ({ ...kind.rated, ...rated }) as Readonly<Record<string, number>>

type Sort = 'storage' | 'gate' | 'regulating' | 'metering'
const sorts: Readonly<Record<Sort, Text>> = {
  storage: text('storage', '储配站'),
  gate: text('gate', '门站'),
  regulating: text('regulating', '调压站'),
  metering: text('metering', '计量站'),
}
/** MPa; only mains of other companies have more at the inlet. */
const GATE_INLET = 1.6

function sortOf(facility: Facility): Sort {
  const rated = ratedOf(facility)
  if (rated.tank === 1) return 'storage'
  if ((rated['inlet-low'] as number) >= GATE_INLET) return 'gate'
  return rated.regulator === 1 ? 'regulating' : 'metering'
}

/** Gas comes into the network of the city here; the others pass it on. */
const isSource = (facility: Facility) => sortOf(facility) === 'storage' || sortOf(facility) === 'gate'

const INTO_NETWORK = text(
  'What gate and storage stations let into the network is what the city uses; regulating and metering stations pass it on and are not counted again.',
  '全市用气量为门站与储配站进入管网的气量；调压站、计量站为转输，不重复计入。',
)

/** Gas over a time, by station. */
export async function gasOver(asked: Asked): Promise<Over> {
  const time = await timed(asked, ['flow', 'inventory'], hours(1))
  const { mean, last } = time.readings
  const stations = asked.facilities.map((facility) => {
    const [flow, inventory] = [mean(facility, 'flow'), last(facility, 'inventory')]
    const kept = Array.from({ length: inventory.length }, (_, i) => inventory[i] as number).filter((value) => !Number.isNaN(value))
    return {
      facility,
      volume: amountOf(flow, time.hours),
      peak: greatest(flow),
      inventory: kept.at(-1) ?? Number.NaN,
      at: lastKnown(time, [flow, inventory], asked.now),
    }
  })
  const sources = stations.filter(({ facility }) => isSource(facility))
  const volume = sumOf(sources.map((station) => station.volume))
  const inventory = sumOf(stations.map((station) => station.inventory))
  const at = newest(stations.map((station) => station.at))
  const covered = coverage(sources.map(({ facility }) => mean(facility, 'flow')))
  return {
    known: knownShare(sources.map(({ facility }) => mean(facility, 'flow'))),
    figures: [
      {
        ...{
          key: 'use',
          title: text('Gas used', '用气量'),
          value: known(volume * GAS_DENSITY),
          unit: 't',
          digits: 1,
          at,
          origin: 'measured',
        },
        basis: both(INTO_NETWORK, covered),
      },
      {
        ...{ key: 'volume', title: text('Gas used', '用气量'), value: known(volume), unit: 'Nm³', digits: 0, at, origin: 'measured' },
        basis: both(INTO_NETWORK, covered),
      },
      {
        ...{ key: 'inventory', title: text('Inventory', '库存'), value: known(inventory), unit: 't', digits: 1, at, origin: 'measured' },
        basis: text('Sum of the storage stations, as reported last in this time.', '各储配站该时段最后上报值之和。'),
      },
    ],
    table: {
      key: 'gas-stations',
      title: text('Gas stations', '燃气站场'),
      columns: [
        STATION,
        { key: 'sort', title: text('Sort', '类型') },
        { key: 'volume', title: text('Passed on', '输气量'), unit: 'Nm³', digits: 0 },
        { key: 'tonnes', title: text('Passed on', '输气量'), unit: 't', digits: 1 },
        { key: 'peak', title: text('Peak hour', '高峰小时'), unit: 'Nm³/h', digits: 0 },
        { key: 'inventory', title: text('Inventory at the end', '期末库存'), unit: 't', digits: 1 },
        AS_OF,
      ],
      rows: stations.map((one) => ({
        ...{ facility: one.facility.id, at: one.at, verdict: one.at === null ? ('unknown' as const) : ('none' as const) },
        cells: [
          nameOf(one.facility),
          sorts[sortOf(one.facility)],
          ...[one.volume, one.volume * GAS_DENSITY, one.peak, one.inventory].map(cell),
          one.at,
        ],
      })),
      note: text(
        `Means of hours; gas taken as methane, 0.717 kg/Nm³. ${INTO_NETWORK.en}`,
        `小时均值；按甲烷 0.717 kg/Nm³ 折算。${INTO_NETWORK.zh}`,
      ),
    },
  }
}

interface Station {
  facility: Facility
  flow: LatestReading
  inventory: LatestReading
  level: LatestReading
  forecast: DemandForecast
  usable: number
  /** Hourly flow of the last day and now. */
  recent: Slots
  past: PastDay[]
  course: ReserveCourse | null
}

/** The days before the one that runs. */
function pastDays({ now, utcOffset }: GasAsked): CalendarDay[] {
  const today = dateOf(now, utcOffset)
  return calendarDays(addDays(today, -HISTORY_DAYS), addDays(today, -1), utcOffset)
}

const hourOf = (at: number, utcOffset: (at: number) => number) => Math.floor((at + utcOffset(at)) / hours(1)) % 24

async function stationsNow(
  asked: GasAsked,
): Promise<{ stations: Station[]; weather: WeatherClass | undefined; temperature: number; at: number[] }> {
  const calendar = pastDays(asked)
  const time = await timed({ ...asked, from: calendar[0]?.from ?? asked.now, to: asked.now }, ['flow', 'air-temperature'], hours(1))
  const { mean } = time.readings
  const temperatures = time.at.map((_, i) => meanOf(asked.facilities.map((facility) => mean(facility, 'air-temperature')[i] as number)))
  const inDay = (values: Slots, { from, to }: CalendarDay): number[] =>
    time.at.flatMap((at, i) => (at >= from && at < to ? [values[i] as number] : []))
  const lastDay = temperatures.slice(-24)
  const temperature = meanOf(lastDay)
  const weather = asked.weather ?? weatherClassOf(temperature)
  const stations = asked.facilities.map((facility): Station => {
    const rated = ratedOf(facility)
    const flow = mean(facility, 'flow')
    const past = calendar.map((day): PastDay => ({ flow: inDay(flow, day), temperature: meanOf(inDay(temperatures, day)) }))
    const forecast = demandForecast(past, weather, rated['daily-use'] as number)
    const read = (point: string) => latestReading(asked.parts, facility, point)
    const [inventory, level] = [read('inventory'), read('tank-level')]
    const usable = inventory.isOld ? Number.NaN : inventory.value * (rated['usable-share'] as number)
    const course = Number.isNaN(usable)
      ? null
      : courseOf(asked, facility, { usable, inventory: inventory.value, level: level.value, forecast })
    return {
      facility,
      flow: read('flow'),
      inventory,
      level,
      forecast,
      usable,
      past,
      course,
      recent: time.at.slice(-24).map((_, i) => flow[time.at.length - Math.min(24, time.at.length) + i] as number),
    }
  })
  return { stations, weather, temperature, at: time.at.slice(-24) }
}

function courseOf(
  { deliveries, now, utcOffset }: GasAsked,
  facility: Facility,
  { usable, inventory, level, forecast }: { usable: number; inventory: number; level: number; forecast: DemandForecast },
): ReserveCourse {
  const coming = deliveries.filter((delivery) => delivery.station === facility.id && isToCome(delivery, now))
  const capacity = level > 0 ? inventory / (level / 100) : Number.POSITIVE_INFINITY
  return reserveCourse(
    {
      ...{ usable, room: Math.max(0, (FULL / 100) * capacity - inventory) },
      hourlyUse: (at) => (forecast.hourly[hourOf(at, utcOffset)] as number) * GAS_DENSITY,
    },
    coming,
    { from: now, hours: AHEAD_HOURS },
  )
}

const reserveVerdict = (left: number): Verdict =>
  Number.isNaN(left) ? 'unknown' : left < RESERVE_ALARM ? 'bad' : left < RESERVE_WARNING ? 'near' : 'good'

function forecastBasis({ from, days: count }: DemandForecast, weather: WeatherClass | undefined): Text {
  if (from === 'class' && weather)
    return text(`mean of ${count} ${weatherClasses[weather].title.en} days`, `${count} 个${weatherClasses[weather].title.zh}日均值`)
  if (from === 'all-days')
    return text(
      `mean of ${count} days of any weather: fewer than ${LEAST_DAYS} of this weather are known`,
      `${count} 日均值（本天气类别不足 ${LEAST_DAYS} 日）`,
    )
  return text('planned use: no day of the past is known', '计划用量（无历史数据）')
}

/** What the gas company sees now. */
export async function gasView(asked: GasAsked): Promise<{ figures: CompanyFigure[]; tables: CompanyTable[]; curves: CompanyCurve[] }> {
  const { stations, weather, temperature, at } = await stationsNow(asked)
  const today = await gasOver(asked)
  const sources = stations.filter(({ facility }) => isSource(facility))
  const tanks = stations.filter(({ facility }) => sortOf(facility) === 'storage')
  const demand = sumOf(sources.map(({ forecast }) => dailyUse(forecast)))
  const drawn = sumOf(tanks.map(({ forecast }) => dailyUse(forecast)))
  const usable = sumOf(tanks.map((one) => one.usable))
  const unknown = tanks.filter((one) => Number.isNaN(one.usable)).length
  const readAt = newest(tanks.map(({ inventory }) => inventory.at))
  const weatherWords = weather
    ? text(
        `weather ${weatherClasses[weather].title.en}${asked.weather ? ', as chosen' : `, as in the last 24 h (${temperature.toFixed(1)} °C)`}`,
        `天气${weatherClasses[weather].title.zh}${asked.weather ? '（选定）' : `（沿用近 24 小时，${temperature.toFixed(1)} °C）`}`,
      )
    : text('weather not known', '天气未知')
  const left = (use: number) => reserveDays({ usable, use })
  const someUnknown =
    unknown > 0
      ? text(` ${unknown} of ${tanks.length} stations do not report their inventory.`, `${tanks.length} 座中 ${unknown} 座库存未知。`)
      : text('', '')
  const basisOf = (words: Text): Text =>
    text(`${words.en} ${weatherWords.en}.${someUnknown.en}`, `${words.zh}${weatherWords.zh}。${someUnknown.zh}`)
  const overdue = asked.deliveries.filter((delivery) => isOverdue(delivery, asked.now)).length
  return {
    figures: [
      {
        ...{
          key: 'reserve',
          title: text('Reserve at the present draw', '按当前取用的储备天数'),
          value: known(left(drawn)),
          unit: 'd',
          digits: 1,
        },
        ...{ target: { atLeast: RESERVE_WARNING }, at: readAt, origin: 'forecast' },
        basis: basisOf(
          text('Usable inventory over what the storage stations are expected to give a day;', '可用库存除以储配站预测日供气量；'),
        ),
      },
      {
        ...{
          key: 'reserve-alone',
          title: text('Reserve if the pipeline fails', '管道气中断时储备天数'),
          value: known(left(demand)),
          unit: 'd',
          digits: 1,
        },
        ...{ target: { atLeast: RESERVE_ALARM }, at: readAt, origin: 'forecast' },
        basis: basisOf(text('Usable inventory over the expected use of the whole city;', '可用库存除以全市预测日用量；')),
      },
      {
        ...{
          key: 'usable',
          title: text('Usable inventory', '可用库存'),
          value: known(usable),
          unit: 't',
          digits: 0,
          at: readAt,
          origin: 'measured',
        },
        basis: text(`Inventory times the share that can be drawn.${someUnknown.en}`, `库存乘可用比例。${someUnknown.zh}`),
      },
      {
        ...{
          key: 'demand',
          title: text('Expected use a day', '预测日用量'),
          value: known(demand),
          unit: 't',
          digits: 1,
          at: asked.now,
          origin: 'forecast',
        },
        basis: both(INTO_NETWORK, text(`Taken: ${weatherWords.en}.`, `假定${weatherWords.zh}。`)),
      },
      {
        ...{
          key: 'deliveries',
          title: text('Deliveries of the next 7 days', '未来 7 天计划来气'),
          unit: 't',
          digits: 0,
          at: asked.now,
          origin: 'entered',
        },
        value: sumOf([
          0,
          ...asked.deliveries.filter((one) => isToCome(one, asked.now) && one.at < asked.now + days(7)).map(({ tonnes }) => tonnes),
        ]),
        basis:
          overdue > 0
            ? text(
                `As entered; ${overdue} whose time is past and nobody says that they came are not counted.`,
                `按录入计划；${overdue} 车已过期未确认到站，不计。`,
              )
            : text('As entered.', '按录入计划。'),
      },
      ...today.figures.filter(({ key }) => key === 'use').map((figure) => ({ ...figure, title: text('Gas used today', '今日用气量') })),
    ],
    tables: [stationTable(stations, weather), balanceTable(asked, sources, tanks, usable), weatherTable(asked, stations, usable)],
    curves: curvesOf(asked, { sources, tanks, at }),
  }
}

function stationTable(stations: readonly Station[], weather: WeatherClass | undefined): CompanyTable {
  return {
    key: 'gas-now',
    title: text('Stations', '站场'),
    columns: [
      STATION,
      { key: 'sort', title: text('Sort', '类型') },
      { key: 'flow', title: text('Flow now', '当前流量'), unit: 'Nm³/h', digits: 0 },
      { key: 'forecast', title: text('Expected a day', '预测日用量'), unit: 't', digits: 1 },
      { key: 'made', title: text('Expected from', '预测依据') },
      { key: 'inventory', title: text('Inventory', '库存'), unit: 't', digits: 1 },
      { key: 'usable', title: text('Usable', '可用'), unit: 't', digits: 1 },
      { key: 'days', title: text('Reserve', '储备'), unit: 'd', digits: 1 },
      { key: 'warning', title: text('Below 7 days', '低于 7 天'), format: 'time' },
      { key: 'alarm', title: text('Below 3 days', '低于 3 天'), format: 'time' },
      AS_OF,
    ],
    rows: stations.map(({ facility, flow, forecast, inventory, usable, course }) => {
      const isStorage = sortOf(facility) === 'storage'
      const left = reserveDays({ usable, use: dailyUse(forecast) })
      return {
        ...{ facility: facility.id, at: newest([flow.at, inventory.at]) },
        verdict: isStorage ? reserveVerdict(left) : flow.isOld ? 'unknown' : 'none',
        cells: [
          nameOf(facility),
          sorts[sortOf(facility)],
          cell(flow.isOld ? Number.NaN : flow.value),
          cell(dailyUse(forecast)),
          forecastBasis(forecast, weather),
          ...(isStorage ? [cell(inventory.value), cell(usable), cell(left)] : [null, null, null]),
          course?.warning ?? null,
          course?.alarm ?? null,
          newest([flow.at, inventory.at]),
        ],
      }
    }),
    note: text(
      'Reserve = usable inventory over the expected use of the station. When it falls below 7 and 3 days is told for the next 7 days with the deliveries planned.',
      '储备天数 = 可用库存 ÷ 本站预测日用量。低于 7 天、3 天的时间按未来 7 天及计划来气推算。',
    ),
  }
}

/** t at the end of each of the coming days, from now on. */
function balanceTable(asked: GasAsked, sources: readonly Station[], tanks: readonly Station[], usable: number): CompanyTable {
  const demand = sumOf(sources.map(({ forecast }) => dailyUse(forecast)))
  const drawn = sumOf(tanks.map(({ forecast }) => dailyUse(forecast)))
  const isKnown = tanks.length > 0 && tanks.every(({ course }) => course !== null)
  const rows = Array.from({ length: 7 }, (_, day) => {
    const [from, to] = [asked.now + day * days(1), asked.now + (day + 1) * days(1)]
    const coming = asked.deliveries.filter((one) => isToCome(one, asked.now) && one.at >= from && one.at < to)
    const brought = coming.reduce((sum, { tonnes }) => sum + tonnes, 0)
    const atEnd = isKnown ? sumOf(tanks.map(({ course }) => course?.usable[(day + 1) * 24] ?? Number.NaN)) : Number.NaN
    const left = atEnd / drawn
    return {
      ...{ facility: null, at: null, verdict: reserveVerdict(left) },
      cells: [from, cell(demand), cell(demand - drawn), cell(drawn), brought, cell(brought - drawn), cell(atEnd), cell(left)],
    }
  })
  return {
    key: 'gas-balance',
    title: text('Supply and demand of the coming days', '未来供需平衡'),
    columns: [
      { key: 'from', title: text('24 hours from', '自此起 24 小时'), format: 'time' },
      { key: 'demand', title: text('Expected use', '预测用量'), unit: 't', digits: 1 },
      { key: 'pipeline', title: text('By pipeline', '管道气'), unit: 't', digits: 1 },
      { key: 'drawn', title: text('From the tanks', '储罐供气'), unit: 't', digits: 1 },
      { key: 'deliveries', title: text('Deliveries', '计划来气'), unit: 't', digits: 1 },
      { key: 'balance', title: text('Tanks gain', '储罐增减'), unit: 't', digits: 1 },
      { key: 'usable', title: text('Usable at its end', '期末可用'), unit: 't', digits: 1 },
      { key: 'days', title: text('Reserve', '储备'), unit: 'd', digits: 1 },
    ],
    rows,
    note: text(
      `Each day is taken as used like the expected one, the pipeline as giving its share of it; now ${Number.isFinite(usable) ? usable.toFixed(0) : '–'} t are usable. What has no room below ${FULL} % of the tank is not counted as taken.`,
      `每日按同一预测用量、管道气按同一份额推算；当前可用 ${Number.isFinite(usable) ? usable.toFixed(0) : '–'} t。超过储罐 ${FULL}% 的来气不计。`,
    ),
  }
}

function weatherTable(asked: GasAsked, stations: readonly Station[], usable: number): CompanyTable {
  const classes = Object.keys(weatherClasses) as WeatherClass[]
  return {
    key: 'gas-weather',
    title: text('Use by weather', '分天气用量'),
    columns: [
      { key: 'weather', title: text('Day’s mean temperature', '日均气温') },
      { key: 'days', title: text('Days known', '有效天数'), digits: 0 },
      { key: 'use', title: text('Use a day', '日用量'), unit: 't', digits: 1 },
      { key: 'reserve', title: text('Reserve of the city', '全市储备'), unit: 'd', digits: 1 },
    ],
    rows: classes.map((weather) => {
      const forecasts = stations
        .filter(({ facility }) => isSource(facility))
        .map(({ facility, past }) => demandForecast(past, weather, ratedOf(facility)['daily-use'] as number))
      const isKnown = forecasts.some(({ from }) => from === 'class')
      const use = isKnown ? sumOf(forecasts.map(dailyUse)) : Number.NaN
      return {
        ...{ facility: null, at: null, verdict: isKnown ? reserveVerdict(usable / use) : ('none' as const) },
        cells: [
          weatherClasses[weather].title,
          Math.max(0, ...forecasts.map(({ from, days: count }) => (from === 'class' ? count : 0))),
          cell(use),
          cell(usable / use),
        ],
      }
    }),
    note: text(
      `Of the last ${HISTORY_DAYS} days, by the mean of the air temperature at the stations; ${LEAST_DAYS} days of a class are needed.${asked.weather ? '' : ' The weather of the last 24 h is taken to go on; another one can be chosen.'}`,
      `近 ${HISTORY_DAYS} 天，按站场日均气温分类，每类至少 ${LEAST_DAYS} 天。${asked.weather ? '' : '默认沿用近 24 小时天气，可另选。'}`,
    ),
  }
}

function curvesOf(
  asked: GasAsked,
  { sources, tanks, at }: { sources: readonly Station[]; tanks: readonly Station[]; at: readonly number[] },
): CompanyCurve[] {
  const first = at.at(-1) ?? asked.now
  const ahead = Array.from({ length: 24 }, (_, i) => first + (i + 1) * hours(1))
  const measured = addUp(
    sources.map(({ recent }) => recent),
    at.length,
  ).map(known)
  const expected = ahead.map((time) =>
    known(sumOf(sources.map(({ forecast }) => forecast.hourly[hourOf(time, asked.utcOffset)] as number))),
  )
  const nothing = (count: number) => Array.from({ length: count }, () => null)
  const course = tanks[0]?.course?.at ?? []
  const total = (of: (course: ReserveCourse) => readonly number[]) =>
    addUp(
      tanks.flatMap((one) => (one.course ? [of(one.course)] : [])),
      course.length,
    ).map(known)
  return [
    {
      ...{
        key: 'demand',
        title: text('Use: last 24 h and expected', '用气：近 24 小时与预测'),
        unit: 'Nm³/h',
        digits: 0,
        at: [...at, ...ahead],
      },
      lines: [
        { key: 'measured', title: text('measured', '实测'), origin: 'measured', values: [...measured, ...nothing(24)] },
        { key: 'expected', title: text('expected', '预测'), origin: 'forecast', values: [...nothing(at.length), ...expected] },
      ],
      limits: [],
    },
    {
      ...{ key: 'reserve', title: text('Usable inventory of the next 7 days', '未来 7 天可用库存'), unit: 't', digits: 0, at: course },
      lines: [
        { key: 'with', title: text('with deliveries', '含计划来气'), origin: 'forecast', values: total(({ usable }) => usable) },
        { key: 'alone', title: text('without', '不含来气'), origin: 'forecast', values: total(({ alone }) => alone) },
      ],
      limits:
        tanks.length === 0
          ? []
          : [
              { title: text('7 days', '7 天'), value: RESERVE_WARNING * sumOf(tanks.map(({ forecast }) => dailyUse(forecast))) },
              { title: text('3 days', '3 天'), value: RESERVE_ALARM * sumOf(tanks.map(({ forecast }) => dailyUse(forecast))) },
            ],
    },
  ]
}
