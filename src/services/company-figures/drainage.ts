import type { Facility } from '../../facilities/plant.ts'
import { type CompanyCurve, type CompanyFigure, type CompanyTable, covers, known, type Verdict } from '../../operations/company-view.ts'
import type { ReportCell } from '../../operations/duty-report.ts'
import { type OverflowForecast, overflowForecast, type Sample, TREND_WINDOW, trend } from '../../operations/overflow-forecast.ts'
import { amountOf, countKnown, greatest, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import { type Pumping, pumpingOver, wellRise } from '../../operations/water-figures.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { type Text, text } from '../../telemetry/point.ts'
import {
  AS_OF,
  type Asked,
  both,
  cell,
  coverage,
  knownShare,
  knownUntil,
  nameOf,
  type Over,
  STATION,
  type Timed,
  timed,
} from './company-parts.ts'
import { type LatestReading, latestReading, newest, presentValue } from './company-readings.ts'

const points = ['wet-well-level', 'flow', 'power', 'running', 'rain', 'discharge-pressure', 'discharge-level'] as const
/** Wells are small: a pump seldom runs through a quarter of an hour. */
const RUN = minutes(3)

interface Station {
  facility: Facility
  pumping: Pumping
  /** Of pump, motor and drive together, 0 to 1; NaN where it is not known, and how its head is known, or why not. */
  efficiency: number
  head: Text
  /** mm */
  rain: number
  /** m */
  highest: number
  at: number | null
}

function stationOf(facility: Facility, time: Timed, runs: Timed | null, asked: Asked): Station {
  const { mean, least, greatest: most } = time.readings
  const of = (point: (typeof points)[number]) => mean(facility, point)
  const nothing = new Float64Array(time.parts.count).fill(Number.NaN)
  const slots = { flow: of('flow'), power: of('power'), running: of('running'), inlet: nothing, outlet: nothing }
  return {
    facility,
    pumping: pumpingOver({ ...slots, ranThrough: least(facility, 'running') }, time.hours),
    ...efficiencyOf(facility, time, runs),
    rain: amountOf(of('rain'), time.hours),
    highest: greatest(most(facility, 'wet-well-level')),
    at: knownUntil(asked, facility, time, points),
  }
}

const gaugeHeight = ({ kind, rated }: Facility) => ({ ...kind.rated, ...rated })['gauge-height'] as number

/** Whether there is anything in the time by which the head of its pump could be known. */
function headMeasured(facility: Facility, { readings: { mean } }: Timed): 'gauge' | 'outfall' | 'no-height' | 'nothing' {
  const isThere = (point: (typeof points)[number]) => countKnown(mean(facility, point)) > 0
  if (isThere('discharge-pressure') && gaugeHeight(facility) > 0) return 'gauge'
  if (isThere('discharge-level')) return 'outfall'
  return isThere('discharge-pressure') ? 'no-height' : 'nothing'
}

const heads = {
  gauge: text('discharge pressure', '出口压力'),
  outfall: text('lift to the outfall; losses of the pipe not in it', '至出水口扬程，不含管路损失'),
  'no-height': text('not known: the height of the gauge is missing (rated gauge-height)', '未知：缺压力表高度（额定值 gauge-height）'),
  nothing: text(
    'not known: needs discharge-pressure with rated gauge-height, or discharge-level',
    '未知：须接入出口压力 discharge-pressure 并填 gauge-height，或出水口水位 discharge-level',
  ),
  idle: text('not known: it never ran for 3 min with all measured', '未知：无连续运行 3 分钟且数据齐全的时段'),
} as const satisfies Record<string, Text>

function efficiencyOf(facility: Facility, time: Timed, runs: Timed | null): Pick<Station, 'efficiency' | 'head'> {
  const measured = headMeasured(facility, time)
  if (runs === null || measured === 'no-height' || measured === 'nothing') return { efficiency: Number.NaN, head: heads[measured] }
  const { mean, least } = runs.readings
  const of = (point: (typeof points)[number]) => mean(facility, point)
  const head = { level: of('wet-well-level'), pressure: of('discharge-pressure'), outfall: of('discharge-level') }
  const { efficiency } = pumpingOver(
    {
      ...{ flow: of('flow'), power: of('power'), running: of('running'), ranThrough: least(facility, 'running') },
      ...{ inlet: new Float64Array(runs.parts.count), outlet: wellRise({ ...head, gaugeHeight: gaugeHeight(facility) }) },
    },
    runs.hours,
  )
  return { efficiency, head: Number.isNaN(efficiency) ? heads.idle : heads[measured] }
}

const LEVELS = text('Highest level of each well against the limit in force for it.', '各集水井最高液位与其现行限值比较。')

/** Level from which on a well spills over, m, as the rule in force for it says. */
function overflowLevel({ parts: { detector } }: Asked, facility: Facility): number {
  const rule = facility.kind.rules.findIndex(({ key }) => key === 'overflow')
  return Number(detector.state(facility.number)?.settings[rule]?.parameters.high ?? Number.NaN)
}

export async function drainageOver(asked: Asked): Promise<Over & { stations: Station[]; time: Timed }> {
  const time = await timed(asked, points)
  const measured = asked.facilities.filter((facility) => ['gauge', 'outfall'].includes(headMeasured(facility, time)))
  const runs = measured.length === 0 ? null : await timed({ ...asked, facilities: measured }, points, RUN)
  const stations = asked.facilities.map((facility) => stationOf(facility, time, runs, asked))
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
  const figure = (
    ...[key, title, value, unit, digits, of, basis]: [string, Text, number, string, number, (station: Station) => number, Text]
  ): CompanyFigure => ({
    ...{ key, title, value: known(value), unit, digits, at, origin: 'measured', basis },
    covers: covers(stations, (station) => !Number.isNaN(of(station))),
  })
  return {
    stations,
    time,
    known: knownShare(asked.facilities.map((facility) => time.readings.mean(facility, 'flow'))),
    figures: [
      figure(
        ...(['rain', text('Rain', '降雨量'), rain, 'mm', 1, (station: Station) => station.rain] as const),
        both(text(`Mean of ${gauges} rain gauges at the stations.`, `泵站 ${gauges} 个雨量计的均值。`), covered('rain')),
      ),
      figure('volume', text('Water pumped', '排水量'), volume, 'm³', 0, ({ pumping }) => pumping.volume, covered('flow')),
      figure('energy', text('Energy of pumps', '水泵用电量'), energy, 'kWh', 0, ({ pumping }) => pumping.energy, covered('power')),
      {
        ...figure(
          'spilled',
          text('Wells that reached overflow', '达溢流液位的泵站'),
          at === null ? Number.NaN : spilled,
          '',
          0,
          ({ highest }) => highest,
          LEVELS,
        ),
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
        { key: 'unit-energy', title: text('Energy for 1000 m³', '千吨水电耗'), unit: 'kWh', digits: 0 },
        { key: 'efficiency', title: text('Efficiency', '效率'), format: 'share', digits: 1 },
        { key: 'head', title: text('Head known by', '扬程依据') },
        AS_OF,
      ],
      rows: stations.map(({ facility, rain: fallen, highest, pumping, efficiency, head, at: read }) => ({
        ...{ facility: facility.id, at: read, verdict: levelVerdict(highest, overflowLevel(asked, facility)) },
        cells: [
          nameOf(facility),
          ...[fallen, highest, pumping.volume, pumping.hours, pumping.energy, (1000 * pumping.energy) / pumping.volume, efficiency].map(
            cell,
          ),
          head,
          read,
        ],
      })),
      note: text(
        'Efficiency of pump, motor and drive together: head times flow over power (ISO 9906), of the parts of 3 min in which the pump ran all the time. What a second pump lifts is not measured.',
        '效率为泵、电机和变频器的总效率：扬程乘流量除以电功率（ISO 9906），只计连续运行的 3 分钟时段。备用泵排水量未计量。',
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
    const rise = level.isOld ? Number.NaN : trend(samples, switchedAt(runs?.at ?? [], runs?.value ?? []))
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

export async function drainageView(asked: Asked): Promise<Pick<Over, 'figures'> & { tables: CompanyTable[]; curves: CompanyCurve[] }> {
  const over = await drainageOver(asked)
  const all = await present(asked)
  const fresh = all.filter(({ level }) => !level.isOld)
  const soonest = fresh.reduce(
    (least, { forecast }) => (forecast.overflowIn < least ? forecast.overflowIn : least),
    Number.POSITIVE_INFINITY,
  )
  const isForeseen = ({ level, rise }: Now) => !level.isOld && !Number.isNaN(rise)
  const foreseen = all.filter(isForeseen)
  const at = newest(fresh.map(({ level }) => level.at))
  const raining = all.filter(({ rain }) => !rain.isOld)
  const rising = fresh.filter((one) => nowVerdict(one) !== 'good').length
  const { mean } = over.time.readings
  return {
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
        ...(foreseen.length > 0 && soonest > hours(24) && { word: text('none in sight', '暂无') }),
        covers: covers(all, isForeseen),
        basis: overflowBasis(foreseen.length, all.length, soonest <= hours(24)),
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
          covers: covers(all, ({ level }) => !level.isOld),
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
        covers: covers(all, ({ rain }) => !rain.isOld),
        basis: text(`Mean of ${raining.length} rain gauges.`, `${raining.length} 个雨量计的均值。`),
      },
      ...over.figures,
    ],
    tables: [nowTable(all), { ...over.table, key: 'drainage-today', title: text('Pumped today', '今日排水') }],
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

/** How long is left of what is known; in words where no overflow is to come within a day. */
const lengthCell = (time: number): ReportCell => (Number.isNaN(time) ? null : (length(time) ?? text('over 24 h', '24 小时以上')))

function nowTable(all: readonly Now[]): CompanyTable {
  return {
    key: 'drainage-stations',
    title: text('Wet wells now', '集水井现状'),
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
      AS_OF,
    ],
    rows: all.map((one) => {
      const { facility, level, limit, rise, forecast, isRunning, rain } = one
      const running =
        presentValue(isRunning) === 1 ? text('running', '运行') : presentValue(isRunning) === 0 ? text('stopped', '停止') : null
      return {
        ...{ facility: facility.id, at: level.at, verdict: nowVerdict(one) },
        cells: [
          nameOf(facility),
          ...[presentValue(level), limit, rise, forecast.inflow, forecast.load].map(cell),
          lengthCell(forecast.overflowIn),
          lengthCell(forecast.withoutPumps),
          running,
          cell(presentValue(rain)),
          level.at,
        ],
      }
    }),
    note: text(
      'Inflow = rise × area of the well + what its pump lifts, by the last 15 min since the pump was switched; nothing is said for the first 2 min. Overflow: level left over that rise while the pump runs; a pump that rests is taken to run, and only what comes in beyond its capacity counts. What a second pump lifts is not measured and makes the inflow seem less.',
      '来水 = 上涨速度 × 井面积 + 水泵排水，按最近一次启停后近 15 分钟计算，启停后 2 分钟内不作预测。距溢流：水泵运行时为剩余高度除以上涨速度；停泵时假定会启动，只计超出水泵能力的来水。备用泵排水未计量，会使来水偏小。',
    ),
  }
}

/** More lines nobody can tell apart. */
const MOST_LINES = 6
const listed = (values: Slots): (number | null)[] => Array.from({ length: values.length }, (_, i) => known(values[i] as number))
