import type { Facility } from '../../facilities/plant.ts'
import {
  type CompanyCurve,
  type CompanyFigure,
  type CompanyTable,
  type Covers,
  covers,
  known,
  type Verdict,
} from '../../operations/company-view.ts'
import { isOverdue, isToCome } from '../../operations/gas-delivery.ts'
import {
  type DemandForecast,
  dailyUse,
  demandForecast,
  forecastError,
  GAS_DENSITY,
  gasSorts,
  LEAST_DAYS,
  meanError,
  RESERVE_ALARM,
  RESERVE_WARNING,
  type ReserveCourse,
  reserveCourse,
  reserveDays,
  type WeatherClass,
  weatherClasses,
  weatherClassOf,
} from '../../operations/gas-figures.ts'
import { addUp, amountOf, countKnown, greatest, type Slots, sumOf } from '../../operations/slots.ts'
import { days, hours } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import { AS_OF, type Asked, both, cell, coverage, knownShare, knownUntil, nameOf, type Over, STATION, timed } from './company-parts.ts'
import { type LatestReading, latestReading, newest, presentValue } from './company-readings.ts'
import { toldUse } from './expected-use.ts'
import {
  AHEAD_DAYS,
  CHECKED_DAYS,
  type CheckedDay,
  checkedDays,
  type GasAsked,
  type GasHistory,
  gasHistory,
  HISTORY_DAYS,
  isSource,
  ratedOf,
  sortOf,
  type UseForecast,
  useForecast,
} from './gas-forecast.ts'

const AHEAD_HOURS = AHEAD_DAYS * 24
/** Tanks are filled up to this level, %. */
const FULL = 90

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
      at: knownUntil(asked, facility, time, ['flow', 'inventory']),
    }
  })
  const sources = stations.filter(({ facility }) => isSource(facility))
  const volume = sumOf(sources.map((station) => station.volume))
  const inventory = sumOf(stations.map((station) => station.inventory))
  const at = newest(stations.map((station) => station.at))
  const given = covers(sources, ({ facility }) => countKnown(mean(facility, 'flow')) > 0)
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
        covers: given,
        basis: both(INTO_NETWORK, covered),
      },
      {
        ...{ key: 'volume', title: text('Gas used', '用气量'), value: known(volume), unit: 'Nm³', digits: 0, at, origin: 'measured' },
        covers: given,
        basis: both(INTO_NETWORK, covered),
      },
      {
        ...{ key: 'inventory', title: text('Inventory', '库存'), value: known(inventory), unit: 't', digits: 1, at, origin: 'measured' },
        covers: covers(
          stations.filter(({ facility }) => sortOf(facility) === 'storage'),
          (station) => !Number.isNaN(station.inventory),
        ),
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
          gasSorts[sortOf(one.facility)],
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
  forecast: UseForecast
  /** t a day: what the station was told, so that the page says what its alarms go by; of another weather what is forecast for that. */
  use: number
  /** t/h at a time to come, ms. */
  useAt(time: number): number
  usable: number
  /** Hourly flow of the last day and now. */
  recent: Slots
  course: ReserveCourse | null
}

interface Present {
  stations: Station[]
  history: GasHistory
  weather: WeatherClass | undefined
  temperature: number
}

async function stationsNow(asked: GasAsked): Promise<Present> {
  const history = await gasHistory(asked)
  const temperature = history.temperatureBefore(asked.now)
  const weather = asked.weather ?? weatherClassOf(temperature)
  const stations = asked.facilities.map((facility): Station => {
    const forecast = useForecast(asked, history, facility, weather)
    const told = toldUse(asked.parts, facility).value
    const use = asked.weather === undefined && told > 0 ? told : forecast.daily
    const useAt = (time: number) => (forecast.at(time) * GAS_DENSITY * use) / forecast.daily
    const read = (point: string) => latestReading(asked.parts, facility, point)
    const [inventory, level] = [read('inventory'), read('tank-level')]
    const usable = inventory.isOld ? Number.NaN : inventory.value * (ratedOf(facility)['usable-share'] as number)
    return {
      ...{ facility, flow: read('flow'), inventory, level, forecast, use, useAt, usable },
      course: Number.isNaN(usable) ? null : courseOf(asked, facility, { usable, inventory: inventory.value, level: level.value, useAt }),
      recent: Array.prototype.slice.call(history.flow(facility), -LAST_HOURS),
    }
  })
  return { stations, history, weather, temperature }
}

/** The last day and the hour that runs. */
const LAST_HOURS = 24

function courseOf(
  { deliveries, now }: GasAsked,
  facility: Facility,
  { usable, inventory, level, useAt }: { usable: number; inventory: number; level: number; useAt: (time: number) => number },
): ReserveCourse {
  const coming = deliveries.filter((delivery) => delivery.station === facility.id && isToCome(delivery, now))
  const capacity = level > 0 ? inventory / (level / 100) : Number.POSITIVE_INFINITY
  return reserveCourse({ usable, room: Math.max(0, (FULL / 100) * capacity - inventory), hourlyUse: useAt }, coming, {
    from: now,
    hours: AHEAD_HOURS,
  })
}

const reserveVerdict = (left: number): Verdict =>
  Number.isNaN(left) ? 'unknown' : left < RESERVE_ALARM ? 'bad' : left < RESERVE_WARNING ? 'near' : 'good'

const dayName = (isWorkday: boolean) => (isWorkday ? text('working days', '工作日') : text('days off', '休息日'))

function forecastBasis({ from, days: count }: DemandForecast, weather: WeatherClass | undefined, isWorkday: boolean): Text {
  const [title, sort] = [weather && weatherClasses[weather].title, dayName(isWorkday)]
  if (from === 'like' && title) return text(`mean of ${count} ${sort.en}, ${title.en}`, `${count} 个${title.zh}${sort.zh}均值`)
  if (from === 'class' && title)
    return text(
      `mean of ${count} days, ${title.en}: fewer than ${LEAST_DAYS} ${sort.en} among them`,
      `${count} 个${title.zh}日均值（其中${sort.zh}不足 ${LEAST_DAYS} 日）`,
    )
  if (from !== 'plan')
    return text(
      `mean of ${count} days of any weather: fewer than ${LEAST_DAYS} of this weather are known`,
      `${count} 日均值（本天气类别不足 ${LEAST_DAYS} 日）`,
    )
  return text('planned use: no day of the past is known', '计划用量（无历史数据）')
}

/** What the gas company sees now. */
export async function gasView(asked: GasAsked): Promise<{ figures: CompanyFigure[]; tables: CompanyTable[]; curves: CompanyCurve[] }> {
  const present = await stationsNow(asked)
  const { stations, weather, temperature, history } = present
  const today = await gasOver(asked)
  const sources = stations.filter(({ facility }) => isSource(facility))
  const tanks = stations.filter(({ facility }) => sortOf(facility) === 'storage')
  const demand = sumOf(sources.map(({ use }) => use))
  const drawn = sumOf(tanks.filter((one) => !Number.isNaN(one.usable)).map(({ use }) => use))
  const checked = checkedDays(
    history,
    sources.map(({ facility }) => facility),
  )
  const usable = sumOf(tanks.map((one) => one.usable))
  const kept = covers(tanks, (one) => !Number.isNaN(one.usable))
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
        ...{ target: { atLeast: RESERVE_WARNING }, at: readAt, origin: 'forecast', covers: kept },
        basis: basisOf(
          text(
            'Usable inventory over what the same storage stations are expected to give a day, which their alarms go by too;',
            '可用库存除以同批储配站预测日供气量（与站场储备告警同口径）；',
          ),
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
        // Of a part of the tanks it is a least, which misses nothing.
        ...(kept.known === kept.of && { target: { atLeast: RESERVE_ALARM } }),
        ...{ at: readAt, origin: 'forecast', covers: kept },
        basis: basisOf(
          kept.known === kept.of
            ? text('Usable inventory over the expected use of the whole city;', '可用库存除以全市预测日用量；')
            : text(
                'At least so much: known usable inventory over the expected use of the whole city;',
                '至少如此：已知可用库存除以全市预测日用量；',
              ),
        ),
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
        covers: kept,
        basis: text(`Inventory times the share that can be drawn.${someUnknown.en}`, `库存乘可用比例。${someUnknown.zh}`),
      },
      {
        ...{
          key: 'demand',
          title: text('Expected use a day', '预测日用量'),
          value: known(demand),
          unit: 't',
          digits: 1,
          at: newest(sources.map(({ flow }) => flow.at)),
          origin: 'forecast',
        },
        covers: covers(sources, ({ forecast }) => forecast.today.from !== 'plan'),
        basis: both(
          text(
            `Mean of the next ${AHEAD_DAYS} days with their working days and days off.`,
            `未来 ${AHEAD_DAYS} 天均值，区分工作日与休息日。`,
          ),
          both(INTO_NETWORK, text(`Taken: ${weatherWords.en}.`, `假定${weatherWords.zh}。`)),
        ),
      },
      errorFigure(
        checked,
        covers(sources, ({ forecast }) => forecast.today.from !== 'plan'),
      ),
      {
        ...{
          key: 'deliveries',
          title: text('Deliveries of the next 7 days', '未来 7 天计划来气'),
          unit: 't',
          digits: 0,
          at: asked.now,
          origin: 'entered',
        },
        covers: { known: tanks.length, of: tanks.length },
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
    tables: [
      stationTable(present),
      balanceTable(asked, sources, tanks, usable),
      checkTable(checked),
      weatherTable(asked, stations, usable),
    ],
    curves: curvesOf(asked, { sources, tanks, at: history.at.slice(-LAST_HOURS) }),
  }
}

/** Of a forecast that is more wrong than this nobody orders by; what is usual of the next day's use of gas by weather class. */
const TRUSTED_ERROR = 0.15

function errorFigure(checked: readonly CheckedDay[], covered: Covers): CompanyFigure {
  const worst = checked.reduce((most, day) => Math.max(most, Math.abs(forecastError(day))), 0)
  const percent = (share: number) => (100 * share).toFixed(0)
  return {
    ...{
      key: 'forecast-error',
      title: text('Forecast was wrong by', '预测误差'),
      value: known(meanError(checked)),
      format: 'share',
      digits: 1,
    },
    ...{ target: { atMost: TRUSTED_ERROR }, at: checked.at(-1) ? (checked.at(-1) as CheckedDay).from + days(1) : null, origin: 'measured' },
    covers: covered,
    basis:
      checked.length === 0
        ? text(`No forecast of the last ${CHECKED_DAYS} days can be looked at.`, `近 ${CHECKED_DAYS} 天无可检验的预测。`)
        : text(
            `Mean absolute percentage error of the use a day, as it was forecast when the day began, of ${checked.length} of the last ${CHECKED_DAYS} days; worst day ${percent(worst)} %.`,
            `日用量当日零时预测的平均绝对百分比误差，近 ${CHECKED_DAYS} 天中 ${checked.length} 天有效；最差一天 ${percent(worst)}%。`,
          ),
  }
}

function checkTable(checked: readonly CheckedDay[]): CompanyTable {
  return {
    key: 'gas-check',
    title: text('Forecasts of the last days, and what came', '近日预测与实际'),
    columns: [
      { key: 'date', title: text('Day', '日期') },
      { key: 'sort', title: text('Sort of day', '日类型') },
      { key: 'weather', title: text('Weather of the day before', '前一日天气') },
      { key: 'forecast', title: text('Forecast', '预测'), unit: 't', digits: 1 },
      { key: 'used', title: text('Used', '实际'), unit: 't', digits: 1 },
      { key: 'error', title: text('Forecast too high (+) or low (−)', '预测偏高(+)偏低(−)'), format: 'share', digits: 1 },
      { key: 'known', title: text('Known of the day', '有数据比例'), format: 'share', digits: 0 },
    ],
    rows: checked.map((day) => {
      const error = forecastError(day)
      return {
        ...{ facility: null, at: day.from, verdict: Math.abs(error) > TRUSTED_ERROR ? ('near' as const) : ('good' as const) },
        cells: [
          day.date,
          dayName(day.isWorkday),
          day.weather ? weatherClasses[day.weather].title : null,
          ...[day.forecast, day.used, error, day.known].map(cell),
        ],
      }
    }),
    note: text(
      `Each day as it was forecast when it began, from the ${HISTORY_DAYS} days before and the weather of the last of them; hours that are not known are left out on both sides.`,
      `各日按当日零时可得数据（此前 ${HISTORY_DAYS} 天及前一日天气）预测；缺数小时两侧均不计。`,
    ),
  }
}

function stationTable({ stations, weather, history }: Present): CompanyTable {
  const isWorkday = history.today.isWorkday
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
    rows: stations.map(({ facility, flow, forecast, use, inventory, usable, course }) => {
      const isStorage = sortOf(facility) === 'storage'
      const left = reserveDays({ usable, use })
      return {
        ...{ facility: facility.id, at: newest([flow.at, inventory.at]) },
        verdict: isStorage ? reserveVerdict(left) : flow.isOld ? 'unknown' : 'none',
        cells: [
          nameOf(facility),
          gasSorts[sortOf(facility)],
          cell(presentValue(flow)),
          cell(use),
          forecastBasis(forecast.today, weather, isWorkday),
          ...(isStorage ? [cell(presentValue(inventory)), cell(usable), cell(left)] : [null, null, null]),
          course?.warning ?? null,
          course?.alarm ?? null,
          newest([flow.at, inventory.at]),
        ],
      }
    }),
    note: text(
      'Expected: mean of the next 7 days. Reserve = usable inventory over that, and the alarms of the station go by the same; by its planned use where nothing is known of the past. When it falls below 7 and 3 days is told for the next 7 days with the deliveries planned.',
      '预测日用量为未来 7 天均值。储备天数 = 可用库存 ÷ 预测日用量，站场储备告警同口径；无历史数据时按计划用量。低于 7 天、3 天的时间按未来 7 天及计划来气推算。',
    ),
  }
}

/** t at the end of each of the coming days, from now on. */
function balanceTable(asked: GasAsked, sources: readonly Station[], tanks: readonly Station[], usable: number): CompanyTable {
  const mean = sumOf(tanks.map(({ use }) => use))
  const isKnown = tanks.length > 0 && tanks.every(({ course }) => course !== null)
  const rows = Array.from({ length: 7 }, (_, day) => {
    const [from, to] = [asked.now + day * days(1), asked.now + (day + 1) * days(1)]
    const coming = asked.deliveries.filter((one) => isToCome(one, asked.now) && one.at >= from && one.at < to)
    const brought = coming.reduce((sum, { tonnes }) => sum + tonnes, 0)
    const over = (stations: readonly Station[]) =>
      sumOf(stations.map(({ useAt }) => sumOf(Array.from({ length: 24 }, (_, hour) => useAt(from + hour * hours(1))))))
    const [demand, drawn] = [over(sources), over(tanks)]
    const atEnd = isKnown ? sumOf(tanks.map(({ course }) => course?.usable[(day + 1) * 24] ?? Number.NaN)) : Number.NaN
    const left = atEnd / mean
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
      `Each day is taken to use what days of its sort do in this weather, the pipeline as giving its share of it; now ${Number.isFinite(usable) ? usable.toFixed(0) : '–'} t are usable. What has no room below ${FULL} % of the tank is not counted as taken.`,
      `每日按同类日（工作日或休息日）预测用量、管道气按同一份额推算；当前可用 ${Number.isFinite(usable) ? usable.toFixed(0) : '–'} t。超过储罐 ${FULL}% 的来气不计。`,
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
        .map(({ facility, forecast: { past } }) => demandForecast(past, { weather }, ratedOf(facility)['daily-use'] as number))
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
  const expected = ahead.map((time) => known(sumOf(sources.map(({ useAt }) => useAt(time) / GAS_DENSITY))))
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
              { title: text('7 days', '7 天'), value: RESERVE_WARNING * sumOf(tanks.map(({ use }) => use)) },
              { title: text('3 days', '3 天'), value: RESERVE_ALARM * sumOf(tanks.map(({ use }) => use)) },
            ],
    },
  ]
}
