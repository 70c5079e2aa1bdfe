import type { Facility } from '../../facilities/plant.ts'
import { type CompanyCurve, type CompanyFigure, known, type Verdict } from '../../operations/company-view.ts'
import { type OverflowForecast, overflowForecast, type Sample, TREND_WINDOW, trend } from '../../operations/overflow-forecast.ts'
import { amountOf, greatest, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import { type Pumping, pumpingOver } from '../../operations/water-figures.ts'
import { hours } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import {
  AS_OF,
  type Asked,
  both,
  cell,
  coverage,
  knownShare,
  lastKnown,
  nameOf,
  type Over,
  STATION,
  type Timed,
  timed,
} from './company-parts.ts'
import { type LatestReading, latestReading, newest } from './company-readings.ts'

const points = ['wet-well-level', 'flow', 'power', 'running', 'rain'] as const

interface Station {
  facility: Facility
  pumping: Pumping
  /** mm */
  rain: number
  /** m */
  highest: number
  at: number | null
}

function stationOf(facility: Facility, time: Timed, now: number): Station {
  const { mean, least, greatest: most } = time.readings
  const of = (point: (typeof points)[number]) => mean(facility, point)
  const nothing = new Float64Array(time.parts.count).fill(Number.NaN)
  const slots = { flow: of('flow'), power: of('power'), running: of('running'), inlet: nothing, outlet: nothing }
  return {
    facility,
    pumping: pumpingOver({ ...slots, ranThrough: least(facility, 'running') }, time.hours),
    rain: amountOf(of('rain'), time.hours),
    highest: greatest(most(facility, 'wet-well-level')),
    at: lastKnown(time, points.map(of), now),
  }
}

const LEVELS = text('Highest level of each well against the limit in force for it.', '各集水井最高液位与其现行限值比较。')

/** Level from which on a well spills over, m, as the rule in force for it says. */
function overflowLevel({ parts: { detector } }: Asked, facility: Facility): number {
  const rule = facility.kind.rules.findIndex(({ key }) => key === 'overflow')
  return Number(detector.state(facility.number)?.settings[rule]?.parameters.high ?? Number.NaN)
}

export async function drainageOver(asked: Asked): Promise<Over & { stations: Station[]; time: Timed }> {
  const time = await timed(asked, points)
  const stations = asked.facilities.map((facility) => stationOf(facility, time, asked.now))
  const at = newest(stations.map((station) => station.at))
  const sum = (of: (station: Station) => number) => sumOf(stations.map(of))
  const rain = meanOf(stations.map((station) => station.rain))
  const gauges = stations.filter((station) => !Number.isNaN(station.rain)).length
  const [volume, energy] = [sum(({ pumping }) => pumping.volume), sum(({ pumping }) => pumping.energy)]
  const spilled = stations.filter(({ facility, highest }) => highest >= overflowLevel(asked, facility)).length
  const covered = (point: (typeof points)[number]) =>
    both(
      text('Means of quarters of an hour.', '刻钟均值。'),
      coverage(asked.facilities.map((facility) => time.readings.mean(facility, point))),
    )
  const figure = (key: string, title: Text, value: number, unit: string, digits: number, basis: Text): CompanyFigure => ({
    ...{ key, title, value: known(value), unit, digits, at, origin: 'measured', basis },
  })
  return {
    stations,
    time,
    known: knownShare(asked.facilities.map((facility) => time.readings.mean(facility, 'flow'))),
    figures: [
      figure(
        ...(['rain', text('Rain', '降雨量'), rain, 'mm', 1] as const),
        both(text(`Mean of ${gauges} rain gauges at the stations.`, `泵站 ${gauges} 个雨量计的均值。`), covered('rain')),
      ),
      figure('volume', text('Water pumped', '排水量'), volume, 'm³', 0, covered('flow')),
      figure('energy', text('Energy of pumps', '水泵用电量'), energy, 'kWh', 0, covered('power')),
      {
        ...figure('spilled', text('Wells that reached overflow', '达溢流液位的泵站'), at === null ? Number.NaN : spilled, '', 0, LEVELS),
        target: { atMost: 0 },
      },
    ],
    table: {
      key: 'drainage-stations',
      title: text('Pumps of wet wells', '排水泵站'),
      columns: [
        STATION,
        { key: 'rain', title: text('Rain', '雨量'), unit: 'mm', digits: 1 },
        { key: 'highest', title: text('Highest level', '最高液位'), unit: 'm', digits: 2 },
        { key: 'volume', title: text('Pumped', '排水量'), unit: 'm³', digits: 0 },
        { key: 'hours', title: text('Ran', '运行'), unit: 'h', digits: 1 },
        { key: 'energy', title: text('Energy', '用电量'), unit: 'kWh', digits: 0 },
        AS_OF,
      ],
      rows: stations.map(({ facility, rain: fallen, highest, pumping, at: read }) => ({
        ...{ facility: facility.id, at: read, verdict: levelVerdict(highest, overflowLevel(asked, facility)) },
        cells: [nameOf(facility), ...[fallen, highest, pumping.volume, pumping.hours, pumping.energy].map(cell), read],
      })),
      note: text(
        'What a second pump lifts is not measured. No head is measured at wet wells, so that efficiency is not known.',
        '备用泵排水量未计量；集水井不测扬程，效率未知。',
      ),
    },
  }
}

/** Share of the way to overflow from which on somebody should look. */
const NEAR = 0.85
const levelVerdict = (level: number, limit: number): Verdict =>
  Number.isNaN(level + limit) ? 'unknown' : level >= limit ? 'bad' : level >= NEAR * limit ? 'near' : 'good'

interface Now {
  facility: Facility
  level: LatestReading
  rain: LatestReading
  isRunning: LatestReading
  limit: number
  rise: number
  forecast: OverflowForecast
}

/** An overflow within this time is on its way, ms. */
const SOON = hours(1)

const nowVerdict = ({ level, limit, forecast }: Now): Verdict => {
  if (level.isOld) return 'unknown'
  if (level.value >= limit || forecast.overflowIn <= SOON) return 'bad'
  return forecast.load > 1 || level.value >= NEAR * limit || forecast.overflowIn <= 3 * SOON ? 'near' : 'good'
}

async function present(asked: Asked): Promise<Now[]> {
  const { facilities, parts, now } = asked
  if (facilities.length === 0) return []
  const [kind, ids] = [facilities[0]?.kind.key as string, facilities.map(({ id }) => id)]
  const series = await parts.telemetry.range(
    { kind, facilities: ids, points: ['wet-well-level', 'running'], from: now - 2 * TREND_WINDOW, to: now + 1 },
    MOST_SAMPLES,
  )
  return facilities.map((facility, i): Now => {
    const [levels, runs] = [series[2 * i], series[2 * i + 1]]
    const read = (point: string) => latestReading(parts, facility, point)
    const [level, flow, isRunning] = [read('wet-well-level'), read('flow'), read('running')]
    const samples = (levels?.at ?? []).flatMap((at, k): Sample[] => (levels?.good[k] ? [{ at, value: levels.value[k] as number }] : []))
    const rise = trend(samples, switchedAt(runs?.at ?? [], runs?.value ?? []))
    const rated = { ...facility.kind.rated, ...facility.rated } as Readonly<Record<string, number>>
    const limit = overflowLevel(asked, facility)
    const forecast = overflowForecast({
      ...{ level: level.isOld ? Number.NaN : level.value, overflowAt: limit, trend: rise },
      ...{ area: rated['well-area'] as number, pumped: isRunning.value === 0 ? 0 : flow.value, isRunning: isRunning.value !== 0 },
      capacity: rated.flow as number,
    })
    return { facility, level, rain: read('rain'), isRunning, limit, rise, forecast }
  })
}

/** Readings of two windows at one a second. */
const MOST_SAMPLES = 2000

/** When a pump was switched last, ms. */
function switchedAt(at: readonly number[], running: readonly number[]): number {
  for (let i = running.length - 1; i > 0; i--) if (running[i] !== running[i - 1]) return at[i] as number
  return Number.NEGATIVE_INFINITY
}

/** Beyond a day nobody believes a trend. */
const length = (time: number) => (time <= hours(24) ? time : null)

function overflowBasis(known: number, all: number, isRising: boolean): Text {
  if (known === 0) return text('No trend of a level is known.', '无液位趋势数据。')
  const wells = text(`of ${known} of ${all} wells`, `${all} 座集水井中 ${known} 座`)
  return isRising
    ? text(
        `Level left over its rise, by the last 15 min, ${wells.en}; rain as now, and a pump that rests will run.`,
        `剩余高度除以近 15 分钟趋势推算的上涨速度，${wells.zh}；假定降雨不变，停着的泵会启动。`,
      )
    : text(
        `No well will rise to its overflow level, by the trend of the last 15 min ${wells.en}; a pump that rests will run.`,
        `暂无集水井会涨至溢流液位；依据近 15 分钟趋势，${wells.zh}，停着的泵会启动。`,
      )
}

export async function drainageView(asked: Asked): Promise<Over & { curves: CompanyCurve[] }> {
  const over = await drainageOver(asked)
  const all = await present(asked)
  const fresh = all.filter(({ level }) => !level.isOld)
  const soonest = fresh.reduce(
    (least, { forecast }) => (forecast.overflowIn < least ? forecast.overflowIn : least),
    Number.POSITIVE_INFINITY,
  )
  const at = newest(fresh.map(({ level }) => level.at))
  const raining = all.filter(({ rain }) => !rain.isOld)
  const rising = fresh.filter((one) => nowVerdict(one) !== 'good').length
  const { mean } = over.time.readings
  return {
    ...over,
    figures: [
      {
        ...{
          key: 'overflow-in',
          title: text('First overflow in', '最早溢流'),
          value: length(soonest),
          format: 'length',
          at,
          origin: 'forecast',
        },
        basis: overflowBasis(fresh.filter(({ rise }) => !Number.isNaN(rise)).length, all.length, soonest <= hours(24)),
      },
      {
        ...{
          key: 'watch',
          title: text('Wells to watch', '需关注的集水井'),
          value: fresh.length === 0 ? null : rising,
          digits: 0,
          target: { atMost: 0 },
        },
        ...{
          at,
          origin: 'forecast',
          basis: text('High, rising, or more comes in than the pump can lift.', '液位高、上涨或来水超过水泵能力。'),
        },
      },
      {
        ...{
          key: 'rain-now',
          title: text('Rain now', '当前雨强'),
          value: known(meanOf(raining.map(({ rain }) => rain.value))),
          unit: 'mm/h',
          digits: 1,
        },
        ...{ at: newest(raining.map(({ rain }) => rain.at)), origin: 'measured' },
        basis: text(`Mean of ${raining.length} rain gauges.`, `${raining.length} 个雨量计的均值。`),
      },
      ...over.figures,
    ],
    table: {
      ...over.table,
      columns: [
        STATION,
        { key: 'level', title: text('Level', '液位'), unit: 'm', digits: 2 },
        { key: 'limit', title: text('Overflow at', '溢流液位'), unit: 'm', digits: 2 },
        { key: 'trend', title: text('Rise', '上涨'), unit: 'm/h', digits: 2 },
        { key: 'inflow', title: text('Inflow', '来水'), unit: 'm³/h', digits: 0 },
        { key: 'load', title: text('Of what the pump lifts', '占水泵能力'), format: 'share', digits: 0 },
        { key: 'overflow-in', title: text('Overflow in', '距溢流'), format: 'length' },
        { key: 'without', title: text('If pumps stop', '若停泵'), format: 'length' },
        { key: 'pump', title: text('Pump', '水泵') },
        { key: 'rain', title: text('Rain now', '雨强'), unit: 'mm/h', digits: 1 },
        ...over.table.columns
          .slice(1, -1)
          .map((column) => (column.key === 'rain' ? { ...column, key: 'rain-today', title: text('Rain today', '今日雨量') } : column)),
        AS_OF,
      ],
      rows: over.table.rows.map((row, i) => {
        const one = all[i] as Now
        const { level, limit, rise, forecast, isRunning, rain } = one
        const running = isRunning.value === 1 ? text('running', '运行') : isRunning.value === 0 ? text('stopped', '停止') : null
        return {
          ...row,
          ...{ at: level.at, verdict: nowVerdict(one) },
          cells: [
            row.cells[0] ?? null,
            ...[level.value, limit, rise, forecast.inflow, forecast.load].map(cell),
            length(forecast.overflowIn),
            length(forecast.withoutPumps),
            running,
            cell(rain.value),
            ...row.cells.slice(1, -1),
            level.at,
          ],
        }
      }),
      note: text(
        'Inflow = rise × area of the well + what its pump lifts, by the last 15 min since the pump was switched; nothing is said for the first 2 min. Overflow: level left over that rise while the pump runs; a pump that rests is taken to run, and only what comes in beyond its capacity counts. What a second pump lifts is not measured and makes the inflow seem less.',
        '来水 = 上涨速度 × 井面积 + 水泵排水，按最近一次启停后近 15 分钟计算，启停后 2 分钟内不作预测。距溢流：水泵运行时为剩余高度除以上涨速度；停泵时假定会启动，只计超出水泵能力的来水。备用泵排水未计量，会使来水偏小。',
      ),
    },
    curves: [
      {
        ...{ key: 'levels', title: text('Levels today', '今日液位'), unit: 'm', digits: 2, at: over.time.at },
        lines: asked.facilities.slice(0, MOST_LINES).map((facility) => ({
          ...{ key: facility.id, title: nameOf(facility), origin: 'measured' as const },
          values: listed(over.time.readings.greatest(facility, 'wet-well-level')),
        })),
        limits: [],
      },
      {
        ...{ key: 'rain', title: text('Rain today', '今日雨强'), unit: 'mm/h', digits: 1, at: over.time.at },
        lines: [
          {
            ...{ key: 'rain', title: text('mean of all gauges', '雨量计均值'), origin: 'measured' },
            values: over.time.at.map((_, i) => known(meanOf(asked.facilities.map((facility) => mean(facility, 'rain')[i] as number)))),
          },
        ],
        limits: [],
      },
    ],
  }
}

/** More lines nobody can tell apart. */
const MOST_LINES = 6
const listed = (values: Slots): (number | null)[] => Array.from({ length: values.length }, (_, i) => known(values[i] as number))
