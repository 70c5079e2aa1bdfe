import type { CalendarDay } from '../../control/calendar-day.ts'
import type { Facility } from '../../facilities/plant.ts'
import { tankName, tanks } from '../../facilities/sewage-plant/points.ts'
import {
  type CompanyCurve,
  type CompanyFigure,
  type CompanyRow,
  type CompanyTable,
  type Covers,
  covers,
  known,
  type Verdict,
  worst,
} from '../../operations/company-view.ts'
import {
  type DayMean,
  dayMean,
  deviation,
  type Judged,
  judge,
  judged,
  judgedName,
  LEAST_HOURS,
  type Limit,
  type LimitSet,
  limitOf,
  limitSets,
  tankDays,
} from '../../operations/sewage-figures.ts'
import { amountOf, countKnown, greatest, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import { days, hours } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
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
import { latestReading, newest } from './company-readings.ts'

export interface SewageAsked extends Asked {
  limits: LimitSet
  /** Days of the city's calendar that the time is made of. */
  days: readonly CalendarDay[]
}

const analysed = ['cod', 'nh3-n', 'tn', 'tp', 'ss', 'ph'] as const
const points = [
  ...analysed.map((quality) => `effluent-${quality}`),
  'effluent-flow',
  'influent-flow',
  'water-temperature',
  'sludge-produced',
]

/** A quality of a plant on one day. */
interface DayVerdict {
  quality: Judged
  day: DayMean
  limit: Limit
  verdict: Verdict
  /** The hours known are enough, so that it counts. */
  isWhole: boolean
}

const ratedOf = ({ kind, rated }: Facility) => ({ ...kind.rated, ...rated }) as Readonly<Record<string, number>>

const within = ({ at }: Timed, { from, to }: Pick<CalendarDay, 'from' | 'to'>, values: Slots): number[] =>
  at.flatMap((begin, i) => (begin >= from && begin < to ? [values[i] as number] : []))

/** What the analysers say of a plant on a day. */
function dayOf(facility: Facility, time: Timed, day: Pick<CalendarDay, 'from' | 'to'>, limits: LimitSet): DayVerdict[] {
  const of = (point: string) => within(time, day, time.readings.mean(facility, point))
  const [flows, temperature] = [of('effluent-flow'), meanOf(of('water-temperature'))]
  return analysed.map((quality) => {
    const mean = dayMean(of(`effluent-${quality}`), flows)
    const limit = limitOf(quality, limits, ratedOf(facility), temperature)
    return { quality, day: mean, limit, verdict: judge(mean.mean, limit), isWhole: mean.hours >= LEAST_HOURS }
  })
}

const percentOf = ({ day, limit, quality }: DayVerdict) => (quality === 'ph' ? Number.NaN : day.mean / limit.most)

interface Plant {
  facility: Facility
  /** By day. */
  days: DayVerdict[][]
  at: number | null
}

/** Sewage over whole days, each judged by its mean. */
export async function sewageOver(asked: SewageAsked): Promise<Over & { plants: Plant[]; time: Timed }> {
  const time = await timed(asked, points, hours(1))
  const { mean } = time.readings
  const plants = asked.facilities.map(
    (facility): Plant => ({
      facility,
      days: asked.days.map((day) => dayOf(facility, time, day, asked.limits)),
      at: knownUntil(asked, facility, time, points),
    }),
  )
  const at = newest(plants.map((plant) => plant.at))
  const all = plants.flatMap((plant) => plant.days)
  const counted = all.filter((day) => day.some(({ isWhole }) => isWhole))
  const breached = counted.filter((day) => day.some(({ isWhole, verdict }) => isWhole && verdict === 'bad'))
  const amount = (point: string) => sumOf(asked.facilities.map((facility) => amountOf(mean(facility, point), time.hours)))
  const [treated, sludge] = [amount('effluent-flow'), amount('sludge-produced') / 24]
  const knownOf = (point: string) => covers(asked.facilities, (facility) => countKnown(mean(facility, point)) > 0)
  const covered = (point: string) => coverage(asked.facilities.map((facility) => mean(facility, point)))
  const set = limitSets[asked.limits]
  return {
    plants,
    time,
    known: knownShare(asked.facilities.map((facility) => mean(facility, 'effluent-flow'))),
    figures: [
      {
        ...{
          key: 'treated',
          title: text('Water treated', '处理水量'),
          value: known(treated),
          unit: 'm³',
          digits: 0,
          at,
          origin: 'measured',
        },
        covers: knownOf('effluent-flow'),
        basis: both(text('Effluent flow, by hours.', '出水流量，按小时累计。'), covered('effluent-flow')),
      },
      {
        ...{
          key: 'breaches',
          title: text('Days over a limit', '超标天次'),
          value: counted.length === 0 ? null : breached.length,
          digits: 0,
        },
        ...{ target: { atMost: 0 }, at, origin: 'measured' },
        covers: covers(plants, ({ days: own }) => own.some((day) => day.some(({ isWhole }) => isWhole))),
        basis: text(
          `Of ${counted.length} days of plants with ${LEAST_HOURS} hours or more known, ${all.length - counted.length} others are not judged; limits ${set.en}.`,
          `${counted.length} 个厂日有效（不少于 ${LEAST_HOURS} 小时），其余 ${all.length - counted.length} 个不评价；限值：${set.zh}。`,
        ),
      },
      {
        ...{ key: 'sludge', title: text('Sludge produced', '产泥量'), value: known(sludge), unit: 't', digits: 1, at, origin: 'measured' },
        covers: knownOf('sludge-produced'),
        basis: both(text('Rate of production, by hours.', '产泥速率，按小时累计。'), covered('sludge-produced')),
      },
    ],
    table: {
      key: 'sewage-days',
      title: text('Daily means of the effluent', '出水日均值'),
      columns: [
        STATION,
        { key: 'days', title: text('Days judged', '有效天数'), digits: 0 },
        { key: 'over', title: text('Days over', '超标天数'), digits: 0 },
        ...analysed.map((quality) => ({
          ...{ key: quality, title: judgedName[quality], digits: quality === 'tp' ? 3 : 2 },
          ...(quality !== 'ph' && { unit: 'mg/L' }),
        })),
        AS_OF,
      ],
      rows: plants.map(({ facility, days: own, at: read }) => {
        const whole = own.filter((day) => day.some(({ isWhole }) => isWhole))
        const over = whole.filter((day) => day.some(({ isWhole, verdict }) => isWhole && verdict === 'bad')).length
        const means = analysed.map((_, k) => meanOf(own.map((day) => day[k]?.day.mean ?? Number.NaN)))
        return {
          ...{
            facility: facility.id,
            at: read,
            verdict: whole.length === 0 ? ('unknown' as const) : over > 0 ? ('bad' as const) : ('good' as const),
          },
          cells: [nameOf(facility), whole.length, over, ...means.map(cell), read],
        }
      }),
      note: text(
        `A day's mean is that of its hours weighted by the effluent flow, as a mixed sample is; it counts from ${LEAST_HOURS} hours on. NH3-N: the limit for cold water holds at a mean of 12 °C or below (GB 18918-2002, table 1, note 2); the stricter one where the temperature is not known. Limits: ${set.en}.`,
        `日均值为各小时均值按出水流量加权（相当于混合样），不少于 ${LEAST_HOURS} 小时方为有效。氨氮：日均水温 12 °C 及以下执行括号内限值（GB 18918-2002 表 1 注），水温不明时从严。限值：${set.zh}。`,
      ),
    },
  }
}

/** Analysers and laboratory side by side, with what each is judged by. */
async function qualityTable(asked: SewageAsked, today: Pick<CalendarDay, 'from' | 'to'>, plants: readonly Plant[]): Promise<CompanyTable> {
  const rows: CompanyRow[] = []
  for (const { facility, days: own } of plants) {
    const current = own[0] ?? []
    const sampled = await labDays(asked, facility)
    for (const quality of judged) {
      const online = current.find((one) => one.quality === quality)
      const lab = latestReading(asked.parts, facility, labPoint(quality))
      const limit = online?.limit ?? limitOf(quality, asked.limits, ratedOf(facility), Number.NaN)
      const beside = lab.at === null ? Number.NaN : (sampled.get(quality) ?? Number.NaN)
      const labVerdict = lab.at !== null && lab.at >= today.from - RECENT ? judge(lab.value, limit) : 'none'
      const isOnline = (analysed as readonly string[]).includes(quality)
      rows.push({
        facility: facility.id,
        at: newest([lab.at, isOnline ? latestReading(asked.parts, facility, `effluent-${quality}`).at : null]),
        verdict: worst([isOnline ? (online?.verdict ?? 'unknown') : 'none', labVerdict]),
        cells: [
          nameOf(facility),
          judgedName[quality],
          cell(online?.day.mean ?? Number.NaN),
          isOnline ? (online?.day.hours ?? 0) : null,
          quality === 'ph' ? `${limit.least}–${limit.most}` : wholeOf(quality, limit.most),
          online ? cell(percentOf(online)) : null,
          wholeOf(quality, lab.value),
          lab.at,
          cell(beside),
          cell(deviation(beside, lab.value)),
        ],
      })
    }
  }
  return {
    key: 'sewage-quality',
    title: text('Effluent: analysers and laboratory', '出水水质：在线与化验'),
    columns: [
      STATION,
      { key: 'quality', title: text('Quality', '指标') },
      { key: 'online', title: text('Mean so far today', '今日均值'), digits: 2 },
      { key: 'hours', title: text('Hours', '小时数'), digits: 0 },
      { key: 'limit', title: text('Limit', '限值'), digits: 2 },
      { key: 'share', title: text('Of the limit', '占限值'), format: 'share', digits: 0 },
      { key: 'lab', title: text('Laboratory', '化验'), digits: 2 },
      { key: 'sampled', title: text('Sampled', '取样时间'), format: 'time' },
      { key: 'beside', title: text('Analyser that day', '当日在线'), digits: 2 },
      { key: 'deviation', title: text('Analyser reads', '在线偏差'), format: 'share', digits: 0 },
    ],
    rows,
    note: text(
      'mg/L; coliforms per litre. Alarms go by the limits that each plant is permitted, whatever is chosen here. The laboratory stands beside the mean of the analyser over the 24 hours before its sample was taken; results of the last seven days are judged. BOD5 and coliforms come from the laboratory only.',
      '单位 mg/L；粪大肠菌群为个/L。告警始终按各厂许可限值，不随此处选择变化。化验值与取样前 24 小时在线均值对照，近七天的化验结果参与评价。BOD5 与粪大肠菌群仅有化验。',
    ),
  }
}

/** Germs are counted. */
const wholeOf = (quality: Judged, value: number) =>
  quality === 'coliforms' && Number.isFinite(value) ? String(Math.round(value)) : cell(value)

/** Laboratory results that still speak, ms. */
const RECENT = days(7)
const labPoint = (quality: Judged) => (quality === 'bod5' ? 'effluent-bod5' : `lab-${quality}`)

/** Of each quality the mean of its analyser over the day before the sample that the laboratory analysed last. */
async function labDays(asked: SewageAsked, facility: Facility): Promise<Map<Judged, number>> {
  const found = new Map<Judged, number>()
  const taken = analysed.map((quality) => ({ quality, at: latestReading(asked.parts, facility, labPoint(quality)).at }))
  for (const [at, own] of Map.groupBy(taken, (one) => one.at)) {
    if (at === null) continue
    const sampled = { ...asked, facilities: [facility], from: at - days(1), to: at }
    const time = await timed(sampled, [...own.map(({ quality }) => `effluent-${quality}`), 'effluent-flow'], hours(1))
    for (const { quality } of own) {
      const mean = dayMean(time.readings.mean(facility, `effluent-${quality}`), time.readings.mean(facility, 'effluent-flow'))
      found.set(quality, mean.mean)
    }
  }
  return found
}

/** Tanks and store of the plants, and how long what is in them lasts. */
async function stockTable(
  asked: SewageAsked,
): Promise<{ table: CompanyTable; covers: Covers; least: { days: number; at: number | null; isPlanned: boolean } | null }> {
  const time = await timed(
    { ...asked, from: asked.now - days(1), to: asked.now },
    tanks.map((tank) => `${tank}-use`),
    hours(1),
  )
  const rows: CompanyRow[] = []
  let least: { days: number; at: number | null; isPlanned: boolean } | null = null
  for (const facility of asked.facilities) {
    const rated = ratedOf(facility)
    for (const tank of tanks) {
      const level = latestReading(asked.parts, facility, `${tank}-level`)
      const uses = time.readings.mean(facility, `${tank}-use`)
      const measured = meanOf(uses)
      const isPlanned = !(measured > 0) || countKnown(uses) < LEAST_USE_HOURS
      const use = isPlanned ? (rated[`${tank}-use`] as number) : measured
      const left = level.isOld ? Number.NaN : tankDays(level.value, rated[`${tank}-tank`] as number, use)
      if (left < (least?.days ?? Number.POSITIVE_INFINITY)) least = { days: left, at: level.at, isPlanned }
      rows.push({
        ...{ facility: facility.id, at: level.at, verdict: Number.isNaN(left) ? 'unknown' : left < 3 ? 'bad' : left < 7 ? 'near' : 'good' },
        cells: [
          nameOf(facility),
          tankName[tank],
          cell(level.value),
          cell((level.value / 100) * (rated[`${tank}-tank`] as number)),
          cell(24 * use),
          isPlanned ? text('planned use', '按计划用量') : text('last 24 h', '近 24 小时'),
          cell(left),
          level.at,
        ],
      })
    }
    const store = latestReading(asked.parts, facility, 'sludge-store')
    rows.push({
      ...{ facility: facility.id, at: store.at },
      verdict: store.isOld ? 'unknown' : store.value >= 95 ? 'bad' : store.value >= 80 ? 'near' : 'good',
      cells: [nameOf(facility), text('Sludge store', '污泥料仓'), cell(store.value), null, null, null, null, store.at],
    })
  }
  return {
    least,
    covers: covers(asked.facilities, (facility) => tanks.every((tank) => !latestReading(asked.parts, facility, `${tank}-level`).isOld)),
    table: {
      key: 'sewage-stocks',
      title: text('Chemicals and sludge store', '药剂与污泥料仓'),
      columns: [
        STATION,
        { key: 'tank', title: text('Tank', '药罐') },
        { key: 'level', title: text('Level', '液位'), unit: '%', digits: 1 },
        { key: 'litres', title: text('Holds', '存量'), unit: 'L', digits: 0 },
        { key: 'use', title: text('Use a day', '日用量'), unit: 'L', digits: 0 },
        { key: 'made', title: text('Use from', '用量依据') },
        { key: 'days', title: text('Days left', '可用天数'), digits: 1 },
        AS_OF,
      ],
      rows,
      note: text(
        `Days left = what the tank holds over the use of the last 24 h; the planned use where fewer than ${LEAST_USE_HOURS} hours of it are known. Warning at 7 days, alarm at 3.`,
        `可用天数 = 存量 ÷ 近 24 小时用量；有效数据不足 ${LEAST_USE_HOURS} 小时按计划用量。7 天提示，3 天告警。`,
      ),
    },
  }
}

const LEAST_USE_HOURS = 12

export async function sewageView(asked: SewageAsked): Promise<Pick<Over, 'figures'> & { tables: CompanyTable[]; curves: CompanyCurve[] }> {
  const over = await sewageOver(asked)
  const today = asked.days[0] as CalendarDay
  const stocks = await stockTable(asked)
  const worstNow = over.plants
    .flatMap(({ days: [day] }) => day ?? [])
    .reduce<DayVerdict | null>((most, one) => (percentOf(one) > (most ? percentOf(most) : 0) ? one : most), null)
  const at = newest(over.plants.map((plant) => plant.at))
  const moisture = asked.facilities.map((facility) => latestReading(asked.parts, facility, 'sludge-moisture'))
  const recent = moisture.filter((one) => one.at !== null && one.at >= asked.now - RECENT)
  const figures: CompanyFigure[] = [
    {
      ...{ key: 'nearest', title: text('Nearest to its limit today', '今日最接近限值'), format: 'share', digits: 0, target: { atMost: 1 } },
      ...{ value: worstNow && known(percentOf(worstNow)), at, origin: 'measured' },
      covers: covers(over.plants, ({ days: [day] }) => (day ?? []).some((one) => one.day.hours > 0)),
      basis: worstNow
        ? text(
            `${judgedName[worstNow.quality].en}, mean of ${worstNow.day.hours} hours so far${worstNow.day.isWeighted ? ', weighted by flow' : ', flow not known'}; limits ${limitSets[asked.limits].en}.`,
            `${judgedName[worstNow.quality].zh}，今日已有 ${worstNow.day.hours} 小时均值${worstNow.day.isWeighted ? '，按流量加权' : '，流量不明未加权'}；限值：${limitSets[asked.limits].zh}。`,
          )
        : text('No analyser has reported today.', '今日无在线数据。'),
    },
    {
      ...{ key: 'chemicals', title: text('Fewest days of a chemical', '药剂最少可用天数'), unit: 'd', digits: 1, target: { atLeast: 7 } },
      ...{ value: stocks.least && known(stocks.least.days), at: stocks.least?.at ?? null, origin: 'estimated' },
      covers: stocks.covers,
      basis: stocks.least?.isPlanned
        ? text('Tank level over the planned use: too little of the last 24 h is known.', '按计划用量估算：近 24 小时数据不足。')
        : text('Tank level over the use of the last 24 h.', '存量除以近 24 小时用量。'),
    },
    ...over.figures.filter(({ key }) => key !== 'breaches'),
    {
      ...{ key: 'moisture', title: text('Wettest sludge', '污泥最高含水率'), unit: '%', digits: 1, target: { atMost: 80 } },
      ...{ value: known(greatest(recent.map(({ value }) => value))), at: newest(recent.map((one) => one.at)), origin: 'entered' },
      covers: { known: recent.length, of: moisture.length },
      basis: text(
        `Laboratory, last result of ${recent.length} of ${moisture.length} plants, none older than ${RECENT / days(1)} days; below 80 % after dewatering (GB 18918-2002, 4.3.2).`,
        `化验，${moisture.length} 座厂中 ${recent.length} 座近 ${RECENT / days(1)} 天的最近结果；脱水后应小于 80%（GB 18918-2002 4.3.2）。`,
      ),
    },
  ]
  return {
    figures,
    tables: [await qualityTable(asked, today, over.plants), stocks.table],
    curves: asked.facilities.slice(0, 1).map((facility) => ({
      ...{ key: 'shares', title: text(`Hourly means against the limit: ${nameOf(facility).en}`, `小时均值占限值：${nameOf(facility).zh}`) },
      ...{ unit: '%', digits: 0, at: over.time.at },
      lines: analysed
        .filter((quality) => quality !== 'ph')
        .map((quality) => ({
          ...{ key: quality, title: judgedName[quality], origin: 'measured' as const },
          values: shares(
            over.time.readings.mean(facility, `effluent-${quality}`),
            limitOf(quality, asked.limits, ratedOf(facility), meanOf(over.time.readings.mean(facility, 'water-temperature'))),
          ),
        })),
      limits: [{ title: text('limit of the daily mean', '日均限值'), value: 100 }],
    })),
  }
}

const shares = (values: Slots, { most }: Limit): (number | null)[] =>
  Array.from({ length: values.length }, (_, i) => known((100 * (values[i] as number)) / most))
