import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, type Both, perItem } from '../writing.ts'
import { type Machine, machineName, machines, type WastePoint, type WasteRated } from './points.ts'

type Build = RuleBuilders<WastePoint, WasteRated>

const shortfall = advise(
  ['Today’s waste will not be cleared by closing time', '预计收班前无法清完当日垃圾'],
  120,
  [
    'Pace too slow for what is still to come: a machine fails, too few people, more waste than planned.',
    '处理速度不足：设备故障、人手不够或来量超计划。',
  ],
  ['Waste lies overnight: smell, vermin, a full pit tomorrow.', '垃圾过夜产生恶臭和蚊蝇，次日料坑爆满。'],
  ['Ask the shift leader what holds the pace down; put the second line to work.', '询问当班班长原因，启用备用线。'],
  ['Lengthen the shift or send the last lorries to another plant.', '延长班次，或将后续车辆调往其他站点。'],
)
const notCleared = advise(
  ['Closed with waste left uncleared', '收班后仍有垃圾未清'],
  480,
  ['The day’s intake was larger than what was cleared.', '当日进场量大于清运处理量。'],
  ['The duty to clear on the same day is not met.', '未做到日产日清。'],
  ['Tell the duty officer; have what is left covered and disinfected.', '报告值班负责人，对剩余垃圾覆盖并消杀。'],
  ['Plan its removal before the first lorry of tomorrow.', '安排次日首车到达前清完。'],
)
const pitFilling = advise(
  ['Pit filling up', '料坑料位高'],
  240,
  ['More comes in than is cleared.', '进料多于出料。'],
  ['Pit is full within hours; lorries queue on the road.', '数小时内料坑将满，车辆积压。'],
  ['Compare the receiving rate with the clearing rate.', '比较进场速率与处理速率。'],
  ['Tell the dispatcher of the lorries to spread them over other plants.', '通知车辆调度分流。'],
)
const pitFull = advise(
  ['Pit full', '料坑将满'],
  30,
  ['Clearing stopped or far behind the intake.', '处理中断或远落后于进料。'],
  ['No lorry can unload; waste stays in the streets.', '车辆无法卸料，垃圾滞留街面。'],
  ['Stop unloading; send all lorries to other plants.', '停止卸料，车辆全部分流。'],
  ['Get crane and conveyor going; ask for lorries that take waste away.', '尽快恢复起重机和输送机，调车外运。'],
)
const machineStopped = (m: Machine) => {
  const { en, zh } = machineName[m]
  const meaning: Record<Machine, Both> = {
    crane: ['Nothing leaves the pit: today’s waste is not cleared.', '料坑无法出料，当日垃圾清不完。'],
    conveyor: ['Nothing leaves the pit: today’s waste is not cleared.', '料坑无法出料，当日垃圾清不完。'],
    'leachate-pump': ['Leachate rises and overflows.', '渗滤液上涨并外溢。'],
    'fan-1': ['Half the exhaust is gone; smell and gas leave the hall.', '排风减半，臭气外逸。'],
    'fan-2': ['Half the exhaust is gone; smell and gas leave the hall.', '排风减半，臭气外逸。'],
  }
  return advise(
    [`${en} does not follow its command`, `${zh}启停失败`],
    m === 'leachate-pump' ? 120 : 30,
    ['Protection tripped, jammed, emergency stop pressed.', '保护跳闸、卡阻或急停被按下。'],
    meaning[m],
    ['Ask on site whether somebody works at it.', '向现场确认是否有人作业。'],
    [
      'If not, reset it once; if it trips again, send the fitter and use the standby.',
      '若无人作业可复位一次，再跳则派人检修并启用备用设备。',
    ],
  )
}
const roundLate = advise(
  ['Disinfection round late', '消杀超时未完成'],
  60,
  ['Crew busy elsewhere, sprayer or lorry out of order, nobody told.', '人员被占用、喷洒设备故障或交接遗漏。'],
  ['Round will be missed; the hygiene rule asks for five a day.', '将漏做消杀，达不到每日五次要求。'],
  ['Call the crew: when will they be done?', '联系班组确认完成时间。'],
  ['Send a second crew if they cannot come.', '无法到位则改派其他班组。'],
)
const roundMissed = advise(
  ['Disinfection round missed', '消杀漏做'],
  60,
  ['Nobody did the round within its window.', '规定时段内无人消杀。'],
  ['Germs and vermin; the plant is judged by it.', '病菌蚊蝇滋生，影响考核。'],
  ['Have the round done now and write down why it was missed.', '立即补做并记录原因。'],
  ['Tell the shift leader and the duty officer.', '报告班长和值班负责人。'],
)
const roundTooLight = advise(
  ['Too little disinfectant in the last round', '上次消杀用药不足'],
  120,
  ['Tank empty, nozzle blocked, round cut short.', '药箱用尽、喷嘴堵塞或未走完全程。'],
  ['The round has no effect.', '消杀无效。'],
  ['Ask the crew; refill and spray again what was left out.', '询问班组，补药并补喷遗漏区域。'],
)

/** Machines without which nothing leaves the pit. */
const clearingMachines = ['crane-not-following', 'conveyor-not-following'] as const

/** Tonnes that will have come in by the end of the day. */
export const intakeToday = (received: number, planned: number, rated: Readonly<Record<WasteRated, number>>) =>
  Math.max(received, Number.isNaN(planned) ? rated['daily-intake'] : planned)

function throughputRules(build: Build) {
  return {
    shortfall: build.condition({
      ...shortfall,
      priority: 'high',
      points: ['cleared-today', 'weighbridge-in-today', 'clearing-rate', 'minutes-to-closing'],
      optional: ['planned-today'],
      // With next to nothing waiting the pace is that of the lorries and says nothing of the plant.
      when: ([cleared, received, rate, left, planned], rated, { waiting, shortfall }) => {
        if (left === 0 || received! - cleared! < waiting) return false
        return intakeToday(received!, planned!, rated) - cleared! - rate! * (left! / 60) > shortfall
      },
      expected: ([, received, , , planned], rated) => intakeToday(received!, planned!, rated),
      parameters: { waiting: 20, shortfall: 10 },
      onDelay: minutes(30),
      offDelay: minutes(15),
      expects: true,
      consequenceOf: clearingMachines,
    }),
    'not-cleared': build.condition({
      ...notCleared,
      priority: 'high',
      points: ['weighbridge-in-today', 'cleared-today', 'minutes-to-closing'],
      when: ([received, cleared, left], _rated, { leftOver }) => left === 0 && received! - cleared! > leftOver,
      parameters: { leftOver: 5 },
      onDelay: minutes(5),
    }),
    ...build.levels({
      point: 'pit-fill',
      deadband: 2,
      onDelay: minutes(4),
      highHigh: { key: 'pit-full', ...pitFull, priority: 'high', limit: 95 },
      high: { key: 'pit-filling', ...pitFilling, priority: 'medium', limit: 80, consequenceOf: clearingMachines },
    }),
    ...perItem('', machines, '-not-following', (m) =>
      build.discrepancy({
        ...machineStopped(m),
        priority: m === 'leachate-pump' ? 'medium' : 'high',
        command: `${m}-command`,
        feedback: m,
        onDelay: seconds(30),
        expects: true,
      }),
    ),
  }
}

function roundRules(build: Build) {
  return {
    ...build.levels({
      point: 'minutes-to-round',
      low: { key: 'round-late', ...roundLate, priority: 'medium', limit: -30 },
      // The window of a round is two hours; after it the round counts as missed.
      lowLow: { key: 'round-missed', ...roundMissed, priority: 'high', limit: -120 },
    }),
    'round-too-light': build.limit({
      ...roundTooLight,
      priority: 'low',
      point: 'round-litres',
      low: (rated) => 0.6 * rated['round-litres'],
    }),
  }
}

export const clearingRules = (build: Build) => ({ ...throughputRules(build), ...roundRules(build) })
