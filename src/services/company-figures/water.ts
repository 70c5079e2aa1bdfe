import type { Facility } from '../../facilities/plant.ts'
import { atLeast, type CompanyCurve, type CompanyFigure, covers, known, type Verdict } from '../../operations/company-view.ts'
import { addUp, countKnown, greatest, meanOf, type Slots, sumOf } from '../../operations/slots.ts'
import {
  addPassRates,
  LEAST_END_PRESSURE,
  PASS_RATE_TARGET,
  type PassRate,
  type Pumping,
  passRate,
  pumpingOver,
} from '../../operations/water-figures.ts'
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
import { latestReading, newest, presentValue } from './company-readings.ts'

const points = ['network-pressure', 'flow', 'power', 'inlet-pressure', 'outlet-pressure', 'running'] as const

interface Station {
  facility: Facility
  pressures: PassRate
  pumping: Pumping
  /** End of what is known, ms. */
  at: number | null
}

function stationOf(facility: Facility, time: Timed, asked: Asked): Station {
  const { mean, least } = time.readings
  const of = (point: (typeof points)[number]) => mean(facility, point)
  const pumping = pumpingOver(
    {
      ...{ flow: of('flow'), inlet: of('inlet-pressure'), outlet: of('outlet-pressure'), power: of('power'), running: of('running') },
      ranThrough: least(facility, 'running'),
    },
    time.hours,
  )
  return { facility, pressures: passRate(of('network-pressure')), pumping, at: knownUntil(asked, facility, time, points) }
}

/** Checks of the pressure that must be known so that the pass rate speaks for the day. */
const ENOUGH = 0.75
const isEnough = ({ checked, due }: PassRate) => checked >= ENOUGH * due

const rateVerdict = (pressures: PassRate): Verdict => {
  const verdict = atLeast(pressures.rate, PASS_RATE_TARGET)
  return verdict === 'good' && !isEnough(pressures) ? 'unknown' : verdict
}

const rateBasis = ({ passed, checked, due }: PassRate): Text =>
  text(
    `${passed} of ${checked} quarters of an hour at ${LEAST_END_PRESSURE} MPa or above; ${due - checked} of ${due} are not known and count as neither.`,
    `${checked} 个刻钟中 ${passed} 个不低于 ${LEAST_END_PRESSURE} MPa；应检 ${due} 个，其中 ${due - checked} 个无数据，不计入。`,
  )

function figuresOf(stations: readonly Station[], coveredBy: (point: (typeof points)[number]) => Text): CompanyFigure[] {
  const all = addPassRates(stations.map(({ pressures }) => pressures))
  const sum = (of: (pumping: Pumping) => number) => sumOf(stations.map(({ pumping }) => of(pumping)))
  const [volume, energy] = [sum(({ volume }) => volume), sum(({ energy }) => energy)]
  const at = newest(stations.map((station) => station.at))
  const covered = (of: (pumping: Pumping) => number) => covers(stations, ({ pumping }) => !Number.isNaN(of(pumping)))
  return [
    {
      ...{ key: 'pass-rate', title: text('Pressure pass rate', '管网末端压力合格率'), value: known(all.rate), format: 'share', digits: 1 },
      ...{ target: { atLeast: PASS_RATE_TARGET }, at, origin: 'measured', basis: rateBasis(all) },
      covers: covers(stations, ({ pressures }) => pressures.checked > 0),
    },
    {
      ...{ key: 'volume', title: text('Water supplied', '供水量'), value: known(volume), unit: 'm³', digits: 0 },
      ...{ at, origin: 'measured', basis: both(QUARTERS, coveredBy('flow')), covers: covered((pumping) => pumping.volume) },
    },
    {
      ...{ key: 'energy', title: text('Energy of pumps', '水泵用电量'), value: known(energy), unit: 'kWh', digits: 0 },
      ...{ at, origin: 'measured', basis: both(QUARTERS, coveredBy('power')), covers: covered((pumping) => pumping.energy) },
    },
    {
      ...{
        key: 'unit-energy',
        title: text('Energy for 1000 m³', '千吨水电耗'),
        value: known((1000 * energy) / volume),
        unit: 'kWh',
        digits: 0,
      },
      ...{
        at,
        origin: 'measured',
        covers: covered((pumping) => pumping.energy / pumping.volume),
        basis: text('Energy over water, each as far as it is known.', '用电量与供水量之比，均以有数据部分计。'),
      },
    },
  ]
}

const QUARTERS = text('Means of quarters of an hour.', '刻钟均值。')

const EFFICIENCY = text(
  'Pass rate: each quarter of an hour is one check of the end pressure. Efficiency is that of pump, motor and drive together: pressure rise times flow over power (ISO 9906), of the quarters in which the pump ran all the time.',
  '合格率：末端压力每刻钟检查一次。效率为泵、电机和变频器的总效率：扬压乘流量除以电功率（ISO 9906），只计全程运行的刻钟。',
)

/** Water supplied over a time, by station. */
export async function waterOver(asked: Asked): Promise<Over & { stations: Station[]; time: Timed }> {
  const time = await timed(asked, points)
  const stations = asked.facilities.map((facility) => stationOf(facility, time, asked))
  return {
    stations,
    time,
    known: knownShare(asked.facilities.map((facility) => time.readings.mean(facility, 'flow'))),
    figures: figuresOf(stations, (point) => coverage(asked.facilities.map((facility) => time.readings.mean(facility, point)))),
    table: {
      key: 'water-stations',
      title: text('Pumps of the water supply', '供水泵站'),
      columns: [
        STATION,
        { key: 'pass-rate', title: text('Pass rate', '合格率'), format: 'share', digits: 1 },
        { key: 'checked', title: text('Quarters known', '有数据刻钟'), digits: 0 },
        { key: 'volume', title: text('Water', '供水量'), unit: 'm³', digits: 0 },
        { key: 'hours', title: text('Ran', '运行'), unit: 'h', digits: 1 },
        { key: 'energy', title: text('Energy', '用电量'), unit: 'kWh', digits: 0 },
        { key: 'unit-energy', title: text('Energy for 1000 m³', '千吨水电耗'), unit: 'kWh', digits: 0 },
        { key: 'efficiency', title: text('Efficiency', '效率'), format: 'share', digits: 1 },
        AS_OF,
      ],
      rows: stations.map(({ facility, pressures, pumping, at }) => ({
        ...{ facility: facility.id, at, verdict: rateVerdict(pressures) },
        cells: [
          nameOf(facility),
          ...[pressures.rate, pressures.checked, pumping.volume, pumping.hours, pumping.energy].map(cell),
          ...[(1000 * pumping.energy) / pumping.volume, pumping.efficiency].map(cell),
          at,
        ],
      })),
      note: EFFICIENCY,
    },
  }
}

/** What the water company sees now. */
export async function waterView(asked: Asked): Promise<Over & { curves: CompanyCurve[] }> {
  const over = await waterOver(asked)
  const ends = over.stations.map(({ facility }) => latestReading(asked.parts, facility, 'network-pressure'))
  const flows = over.stations.map(({ facility }) => latestReading(asked.parts, facility, 'flow'))
  const fresh = ends.filter(({ isOld }) => !isOld)
  const lowest = fresh.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const { mean } = over.time.readings
  const ofAll = (point: string): Slots[] => asked.facilities.map((facility) => mean(facility, point))
  return {
    ...over,
    figures: [
      over.figures[0] as CompanyFigure,
      {
        ...{ key: 'lowest-end', title: text('Lowest end pressure now', '当前最低末端压力'), value: known(lowest), unit: 'MPa', digits: 3 },
        ...{ target: { atLeast: LEAST_END_PRESSURE }, at: newest(fresh.map(({ at }) => at)), origin: 'measured' },
        covers: covers(ends, ({ isOld }) => !isOld),
        basis: text(
          `${fresh.length} of ${ends.length} ends of the network report.`,
          `${ends.length} 个管网末端中 ${fresh.length} 个有实时数据。`,
        ),
      },
      {
        ...{ key: 'flow', title: text('Flow now', '当前供水流量'), unit: 'm³/h', digits: 0 },
        ...{ value: known(sumOf(flows.filter(({ isOld }) => !isOld).map(({ value }) => value))), at: newest(flows.map(({ at }) => at)) },
        origin: 'measured',
        covers: covers(flows, ({ isOld }) => !isOld),
        basis: text(
          `Sum of ${flows.filter(({ isOld }) => !isOld).length} of ${flows.length} stations; those that are silent are left out.`,
          `${flows.length} 座泵站中 ${flows.filter(({ isOld }) => !isOld).length} 座之和，中断的不计。`,
        ),
      },
      ...over.figures.slice(1),
    ],
    table: {
      ...over.table,
      columns: [
        STATION,
        { key: 'end', title: text('End pressure now', '当前末端压力'), unit: 'MPa', digits: 3 },
        { key: 'flow', title: text('Flow now', '当前流量'), unit: 'm³/h', digits: 0 },
        ...over.table.columns.slice(1, -1),
        AS_OF,
      ],
      rows: over.table.rows.map((row, i) => {
        const [end, flow] = [ends[i], flows[i]]
        const now = end && !end.isOld ? atLeast(end.value, LEAST_END_PRESSURE) : 'unknown'
        return {
          ...row,
          at: newest([end?.at ?? null, flow?.at ?? null]),
          verdict: row.verdict === 'bad' ? 'bad' : now,
          cells: [
            row.cells[0] ?? null,
            cell(presentValue(end)),
            cell(presentValue(flow)),
            ...row.cells.slice(1, -1),
            newest([end?.at ?? null, flow?.at ?? null]),
          ],
        }
      }),
    },
    curves: [
      {
        ...{ key: 'end-pressure', title: text('End pressure today', '今日末端压力'), unit: 'MPa', digits: 3, at: over.time.at },
        lines: [
          {
            key: 'mean',
            title: text('mean of all', '均值'),
            origin: 'measured',
            values: across(ofAll('network-pressure'), over.time, meanOf),
          },
          {
            key: 'lowest',
            title: text('lowest', '最低'),
            origin: 'measured',
            values: across(ofAll('network-pressure'), over.time, leastOf),
          },
        ],
        limits: [{ title: text('least', '下限'), value: LEAST_END_PRESSURE }],
      },
      {
        ...{ key: 'supply', title: text('Water supplied today', '今日供水流量'), unit: 'm³/h', digits: 0, at: over.time.at },
        lines: [
          {
            key: 'flow',
            title: text('all stations', '全部泵站'),
            origin: 'measured',
            values: addUp(ofAll('flow'), over.time.parts.count).map(known),
          },
        ],
        limits: [],
      },
    ],
  }
}

const leastOf = (values: Slots) => -greatest(Array.from({ length: values.length }, (_, i) => -(values[i] as number)))

/** One value of all in each part; null where nobody says anything. */
const across = (all: readonly Slots[], { parts }: Timed, fold: (values: Slots) => number): (number | null)[] =>
  Array.from({ length: parts.count }, (_, i) => {
    const values = all.map((one) => one[i] as number)
    return countKnown(values) === 0 ? null : known(fold(values))
  })
