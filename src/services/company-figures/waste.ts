import type { CalendarDay } from '../../control/calendar-day.ts'
import type { RoundsOfDay } from '../../edges/rounds.ts'
import type { Facility } from '../../facilities/plant.ts'
import { intakeToday } from '../../facilities/waste-plant/clearing-rules.ts'
import type { WasteRated } from '../../facilities/waste-plant/points.ts'
import { type CompanyCurve, type CompanyFigure, covers, known, type Verdict, worst } from '../../operations/company-view.ts'
import { addUp, sumOf } from '../../operations/slots.ts'
import {
  type ClearanceForecast,
  clearanceForecast,
  clearanceVerdict,
  countedSince,
  LEFT_OVER,
  ROUNDS_A_DAY,
} from '../../operations/waste-figures.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import { AS_OF, type Asked, cell, knownShare, knownUntil, nameOf, type Over, STATION, timed } from './company-parts.ts'
import { latestReading, newest } from './company-readings.ts'

const counters = ['weighbridge-in-today', 'cleared-today', 'weighbridge-out-today', 'rounds-done'] as const
type CounterPoint = (typeof counters)[number]

export interface WasteAsked extends Asked {
  /** Days of the city's calendar that the time is made of. */
  days: readonly CalendarDay[]
  /** Disinfection rounds of the day in which a time lies, where a plan has the plant. */
  roundsOf: (facility: string, at: number) => RoundsOfDay | undefined
}

/** Undefined where no plan had rounds there on that day: then what the plant reports counts. */
function plannedRounds({ roundsOf }: WasteAsked, { id }: Facility, at: number): RoundsOfDay | undefined {
  const walked = roundsOf(id, at)
  return walked && walked.planned > 0 ? walked : undefined
}

/** What came in and was cleared over whole days, by plant. */
export async function wasteOver(asked: WasteAsked): Promise<Over> {
  const time = await timed(asked, counters, hours(1))
  const plants = asked.facilities.map((facility) => {
    const byDay = asked.days.map((day) => {
      const of = (point: CounterPoint) => {
        const last = time.readings.last(facility, point)
        const own = time.at.flatMap((at, i) => (at >= day.from && at < day.to ? [last[i] as number] : []))
        return countedSince(own, asked.from <= day.from)
      }
      const isWhole = asked.from <= day.from && (day.to <= asked.to || day.to > asked.now)
      const walked = isWhole ? plannedRounds(asked, facility, Math.min(day.to - 1, asked.now)) : undefined
      const rounds = walked?.done ?? of('rounds-done')
      return {
        isOver: day.to <= asked.now && asked.from <= day.from && day.to <= asked.to,
        received: of('weighbridge-in-today'),
        cleared: of('cleared-today'),
        out: of('weighbridge-out-today'),
        rounds,
        hasAll: rounds >= (walked?.planned ?? ROUNDS_A_DAY),
      }
    })
    const sum = (of: (day: (typeof byDay)[number]) => number) => sumOf(byDay.map(of))
    const judged = byDay.filter((day) => day.isOver && !Number.isNaN(day.received + day.cleared))
    return {
      facility,
      ...{
        received: sum(({ received }) => received),
        cleared: sum(({ cleared }) => cleared),
        out: sum(({ out }) => out),
        rounds: sum(({ rounds }) => rounds),
      },
      days: judged.length,
      same: judged.filter(({ received, cleared }) => received - cleared <= LEFT_OVER).length,
      full: judged.filter(({ hasAll }) => hasAll).length,
      at: knownUntil(asked, facility, time, counters, time.readings.last),
    }
  })
  const at = newest(plants.map((plant) => plant.at))
  const total = (of: (plant: (typeof plants)[number]) => number) => sumOf(plants.map(of))
  const [judged, same] = [total(({ days }) => days), total((plant) => plant.same)]
  const counted = text('Counters of weighbridge and plant at the end of each day.', '地磅与处理计量每日末值。')
  const figure = (
    key: 'received' | 'cleared' | 'rounds' | 'same-day',
    title: CompanyFigure['title'],
    value: number,
    digits: number,
  ): CompanyFigure => ({
    ...{ key, title, value: known(value), unit: 't', digits, at, origin: 'measured', basis: counted },
    covers: covers(plants, (plant) => (key === 'same-day' ? plant.days > 0 : !Number.isNaN(plant[key]))),
  })
  return {
    known: knownShare(asked.facilities.map((facility) => time.readings.last(facility, 'weighbridge-in-today'))),
    figures: [
      figure(
        'received',
        text('Received', '进场量'),
        total(({ received }) => received),
        1,
      ),
      figure(
        'cleared',
        text('Cleared', '清运处理量'),
        total(({ cleared }) => cleared),
        1,
      ),
      {
        ...figure('same-day', text('Days cleared the same day', '日产日清率'), judged > 0 ? same / judged : Number.NaN, 0),
        ...{ unit: '', format: 'share', target: { atLeast: 1 } },
        basis: text(
          `${same || 0} of ${judged || 0} days that are over, with ${LEFT_OVER} t left or less.`,
          `已结束的 ${judged || 0} 个厂日中 ${same || 0} 个当日余量不超过 ${LEFT_OVER} t。`,
        ),
      },
      {
        ...figure(
          'rounds',
          text('Disinfection rounds', '消杀次数'),
          total(({ rounds }) => rounds),
          0,
        ),
        ...{
          unit: '',
          basis: text(
            `${ROUNDS_A_DAY} a day and plant, as checked in where a plan of rounds has the plant, else as it reports.`,
            `每厂每日 ${ROUNDS_A_DAY} 次；有消杀计划的按签到，其余按各厂上报。`,
          ),
        },
      },
    ],
    table: {
      key: 'waste-days',
      title: text('Waste plants', '垃圾处理厂'),
      columns: [
        STATION,
        { key: 'received', title: text('Received', '进场'), unit: 't', digits: 1 },
        { key: 'cleared', title: text('Cleared', '清运处理'), unit: 't', digits: 1 },
        { key: 'out', title: text('Taken away', '出场'), unit: 't', digits: 1 },
        { key: 'days', title: text('Days judged', '评价天数'), digits: 0 },
        { key: 'same', title: text('Cleared the same day', '日清天数'), digits: 0 },
        { key: 'rounds', title: text('Rounds', '消杀'), digits: 0 },
        { key: 'full', title: text('Days with all rounds', '消杀达标天数'), digits: 0 },
        AS_OF,
      ],
      rows: plants.map((plant) => ({
        ...{ facility: plant.facility.id, at: plant.at },
        verdict:
          plant.days === 0
            ? ('unknown' as const)
            : plant.same < plant.days || plant.full < plant.days
              ? ('bad' as const)
              : ('good' as const),
        cells: [
          nameOf(plant.facility),
          ...[plant.received, plant.cleared, plant.out, plant.days, plant.same, plant.rounds, plant.full].map(cell),
          plant.at,
        ],
      })),
      note: text(
        `A day is cleared when ${LEFT_OVER} t or less are left at its end; days that still run are not judged.`,
        `日末余量不超过 ${LEFT_OVER} t 为日清；未结束的日期不评价。`,
      ),
    },
  }
}

interface Now {
  facility: Facility
  received: number
  cleared: number
  expected: number
  isPlanned: boolean
  forecast: ClearanceForecast
  rate: number
  left: number
  pit: number
  rounds: number
  /** Of a plan; else those that are usual. */
  planned: number
  /** min; negative where one is overdue. */
  toRound: number
  late: number
  missed: number
  at: number | null
}

/** A round is late half an hour after it was planned, and missed after two hours; min. */
const LATE = 30
const MISSED = 120

type RoundsNow = Pick<Now, 'rounds' | 'planned' | 'toRound' | 'late' | 'missed'>

function roundsNow(asked: WasteAsked, facility: Facility, read: (point: string) => number): RoundsNow {
  const walked = plannedRounds(asked, facility, asked.now)
  if (walked) {
    const toRound = walked.next === null ? Number.NaN : (walked.next - asked.now) / minutes(1)
    return { rounds: walked.done, planned: walked.planned, toRound, late: walked.late, missed: walked.missed }
  }
  const toRound = read('minutes-to-round')
  const isOver = (limit: number) => (Number.isNaN(toRound) ? Number.NaN : Number(toRound < -limit))
  const missed = isOver(MISSED)
  return { rounds: read('rounds-done'), planned: ROUNDS_A_DAY, toRound, late: isOver(LATE) - missed, missed }
}

function nowOf(asked: WasteAsked, facility: Facility): Now {
  const readings = new Map<string, ReturnType<typeof latestReading>>()
  const read = (point: string): number => {
    const reading = latestReading(asked.parts, facility, point)
    readings.set(point, reading)
    return reading.isOld ? Number.NaN : reading.value
  }
  const rated = { ...facility.kind.rated, ...facility.rated } as Readonly<Record<WasteRated, number>>
  const [received, cleared, planned, rate, left] = [
    read('weighbridge-in-today'),
    read('cleared-today'),
    read('planned-today'),
    read('clearing-rate'),
    read('minutes-to-closing'),
  ]
  const expected = Number.isNaN(received) ? Number.NaN : intakeToday(received, planned, rated)
  return {
    ...{ facility, received, cleared, expected, rate, left, isPlanned: !Number.isNaN(planned) },
    forecast: clearanceForecast({ received, cleared, expected, clearingRate: rate, minutesLeft: left }),
    ...{ pit: read('pit-fill'), ...roundsNow(asked, facility, read) },
    at: newest([...readings.values()].map(({ at }) => at)),
  }
}

const roundVerdict = ({ late, missed }: Now): Verdict =>
  Number.isNaN(late + missed) ? 'unknown' : missed > 0 ? 'bad' : late > 0 ? 'near' : 'good'

export async function wasteView(asked: WasteAsked): Promise<Omit<Over, 'known'> & { curves: CompanyCurve[] }> {
  const all = asked.facilities.map((facility) => nowOf(asked, facility))
  const time = await timed(asked, ['weighbridge-in-today', 'cleared-today'], hours(1) / 4)
  const total = (of: (one: Now) => number) => sumOf(all.map(of))
  const at = newest(all.map((one) => one.at))
  const late = total((one) => one.late + one.missed)
  const assumed = all.filter(({ isPlanned }) => !isPlanned).length
  const shortfall = total(({ forecast }) => forecast.shortfall)
  const line = (point: CounterPoint) =>
    addUp(
      asked.facilities.map((facility) => time.readings.last(facility, point)),
      time.parts.count,
    ).map(known)
  return {
    figures: [
      {
        ...{
          key: 'shortfall',
          title: text('Left at closing time', '收班余量预测'),
          value: known(shortfall),
          unit: 't',
          digits: 1,
          target: { atMost: LEFT_OVER },
        },
        ...{ at, origin: 'forecast', covers: covers(all, ({ forecast }) => !Number.isNaN(forecast.shortfall)) },
        basis: text(
          `Expected to come today less what is cleared and what the present pace clears until closing.${assumed > 0 ? ` ${assumed} plants report no plan: their usual day is assumed.` : ''}`,
          `今日预计进场减已处理量与按当前速度至收班可处理量。${assumed > 0 ? `${assumed} 座厂未报计划，按常日进场量估算。` : ''}`,
        ),
      },
      {
        ...{
          key: 'received',
          title: text('Received today', '今日进场'),
          value: known(total(({ received }) => received)),
          unit: 't',
          digits: 1,
          at,
          origin: 'measured',
        },
        covers: covers(all, ({ received }) => !Number.isNaN(received)),
        basis: text('Weighbridges.', '地磅计量。'),
      },
      {
        ...{
          key: 'expected',
          title: text('Expected today', '今日预计进场'),
          value: known(total(({ expected }) => expected)),
          unit: 't',
          digits: 0,
          at,
          origin: 'forecast',
        },
        covers: covers(all, ({ expected }) => !Number.isNaN(expected)),
        basis: text('The plan of the plant, or what has come where that is more.', '按计划，已超计划者按实际。'),
      },
      {
        ...{
          key: 'cleared',
          title: text('Cleared today', '今日清运处理'),
          value: known(total(({ cleared }) => cleared)),
          unit: 't',
          digits: 1,
          at,
          origin: 'measured',
        },
        covers: covers(all, ({ cleared }) => !Number.isNaN(cleared)),
        basis: text('What the plants treated or sent on.', '各厂处理与外运量。'),
      },
      {
        ...{
          key: 'rounds-late',
          title: text('Rounds late or missed', '消杀超时与漏做'),
          value: known(late),
          digits: 0,
          target: { atMost: 0 },
          at,
          origin: 'measured',
        },
        covers: covers(all, (one) => !Number.isNaN(one.late + one.missed)),
        basis: text(
          `More than ${LATE} min after their planned beginning: as checked in where a plan of rounds has the plant, else as it reports.`,
          `超过计划时间 ${LATE} 分钟：有消杀计划的按签到，其余按各厂上报。`,
        ),
      },
    ],
    table: {
      key: 'waste-now',
      title: text('Plants today', '今日各厂'),
      columns: [
        STATION,
        { key: 'received', title: text('Received', '进场'), unit: 't', digits: 1 },
        { key: 'expected', title: text('Expected', '预计'), unit: 't', digits: 0 },
        { key: 'cleared', title: text('Cleared', '处理'), unit: 't', digits: 1 },
        { key: 'rate', title: text('Pace', '速度'), unit: 't/h', digits: 1 },
        { key: 'needed', title: text('Pace needed', '所需速度'), unit: 't/h', digits: 1 },
        { key: 'closing', title: text('Closes in', '距收班'), format: 'length' },
        { key: 'shortfall', title: text('Left at closing', '收班余量'), unit: 't', digits: 1 },
        { key: 'pit', title: text('Pit', '料坑'), unit: '%', digits: 0 },
        { key: 'rounds', title: text('Rounds done', '已消杀'), digits: 0 },
        { key: 'planned', title: text('of', '应消杀'), digits: 0 },
        { key: 'next', title: text('Next round in', '距下次消杀'), unit: 'min', digits: 0 },
        AS_OF,
      ],
      rows: all.map((one) => ({
        ...{ facility: one.facility.id, at: one.at },
        verdict: Number.isNaN(one.received) ? ('unknown' as const) : worst([clearanceVerdict(one.forecast.shortfall), roundVerdict(one)]),
        cells: [
          nameOf(one.facility),
          ...[one.received, one.expected, one.cleared, one.rate, one.forecast.paceNeeded].map(cell),
          one.left > 0 ? one.left * 60_000 : null,
          ...[one.forecast.shortfall, one.pit, one.rounds, one.planned, one.toRound].map(cell),
          one.at,
        ],
      })),
      note: text(
        'With less than 20 t waiting the pace is that of the lorries, and the plant is taken to keep up. After closing time what is left is what came less what was cleared; before the first lorry nothing is said.',
        '待处理不足 20 t 时处理速度受来车限制，视为可跟上。收班后余量为进场减处理；首车到达前不作预测。',
      ),
    },
    curves: [
      {
        ...{ key: 'today', title: text('Received and cleared today', '今日进场与处理'), unit: 't', digits: 0, at: time.at },
        lines: [
          { key: 'received', title: text('received', '进场'), origin: 'measured', values: line('weighbridge-in-today') },
          { key: 'cleared', title: text('cleared', '处理'), origin: 'measured', values: line('cleared-today') },
        ],
        limits: [],
      },
    ],
  }
}
