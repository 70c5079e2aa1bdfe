import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { advise, perItem } from '../writing.ts'
import { type FenceGas, fenceGases, gasName, type WastePoint, type WasteRated } from './points.ts'

const flame = advise(
  ['Fire in the plant', '厂内起火'],
  1,
  ['Glowing waste, batteries, hot ash, welding.', '垃圾阴燃、电池、热灰或动火作业。'],
  ['Pit and hall burn; poisonous smoke over the district.', '料坑和厂房燃烧，毒烟扩散。'],
  ['Call the fire brigade (119); get everyone out upwind.', '拨打 119，人员向上风向撤离。'],
  ['Start the water cannon of the pit; stop fans and conveyor.', '启动料坑水炮，停风机和输送机。'],
  ['Stop all lorries at the gate.', '车辆一律停在门外。'],
)
const pitHot = advise(
  ['Pit burns or is about to', '料坑高温，即将起火'],
  5,
  ['Fire under the surface.', '料层内部着火。'],
  ['Open fire within minutes.', '数分钟内可能明火。'],
  ['Aim the water cannon at the hot place; nobody enters the pit.', '水炮对准热点，严禁人员下坑。'],
  ['Call the fire brigade (119).', '拨打 119。'],
)
const pitWarm = advise(
  ['Hot place in the pit', '料坑局部发热'],
  30,
  ['Waste heats itself, hot ash or a battery was thrown in.', '垃圾自热，或混入热灰、电池。'],
  ['Starts to burn.', '可能引发火灾。'],
  ['Look at the thermal camera; have the crane take the hot waste out and spread it.', '查看热像，用抓斗取出热料摊开。'],
  ['Make the water cannon ready.', '水炮待命。'],
)
const leachateHigh = advise(
  ['Leachate level high', '渗滤液液位高'],
  240,
  ['Rain in the yard, wet waste, treatment takes less.', '降雨汇入、垃圾含水高或处理量下降。'],
  ['Tank is full within a day.', '一天内池满。'],
  ['Check that the pump runs; take more to treatment.', '确认渗滤液泵运行，加大处理量。'],
)
const leachateFull = advise(
  ['Leachate about to overflow', '渗滤液即将外溢'],
  60,
  ['Pump failed, heavy rain, treatment stopped.', '泵故障、暴雨或处理中断。'],
  ['Poisonous water runs into ground and river.', '污染土壤和河道。'],
  ['Order tankers; keep rain out of the yard drain.', '调罐车外运，切断雨水汇入。'],
  ['Tell the environment bureau if it overflows.', '发生外溢立即报告生态环境部门。'],
)
const pressureLost = advise(
  ['Hall no longer under suction', '卸料厅负压丧失'],
  30,
  ['Door left open, fan failed, duct or filter blocked.', '大门未关、风机故障或风道滤料堵塞。'],
  ['Smell leaves the hall; neighbours complain.', '臭气外逸，居民投诉。'],
  ['Close the doors; check both fans.', '关闭大门，检查两台风机。'],
)
const gasHigh = (gas: FenceGas) =>
  advise(
    [`${gasName[gas].en} at the fence above the limit`, `厂界${gasName[gas].zh}超标`],
    60,
    ['Hall open, exhaust filter used up, old waste, leachate standing.', '厂房敞开、除臭失效、垃圾积存或渗滤液滞留。'],
    ['Limit of GB 14554 is exceeded; neighbours smell it.', '超过 GB 14554 限值，扰民并可能被处罚。'],
    ['Close the doors; check fans, scrubber and biofilter.', '关闭大门，检查风机、洗涤塔和生物滤池。'],
    ['Spray deodorant; write down wind and cause for the environment bureau.', '喷洒除臭剂，记录风向和原因备查。'],
  )
const gasLost = (gas: FenceGas) =>
  advise(
    [`${gasName[gas].en} analyser lost`, `厂界${gasName[gas].zh}监测失效`],
    240,
    ['Analyser off, in service or broken.', '仪器断电、检修或损坏。'],
    ['Smell at the fence goes unseen; data missing for the authority.', '厂界异味无法发现，上报数据缺失。'],
    ['Ask whether it is being serviced; measure by hand meanwhile.', '确认是否检修，期间人工监测。'],
  )
const gasStuck = (gas: FenceGas) =>
  advise(
    [`${gasName[gas].en} reading does not move`, `厂界${gasName[gas].zh}读数冻结`],
    480,
    ['Analyser hangs, pump of the sampler stopped.', '仪器死机或采样泵停转。'],
    ['Smell at the fence goes unseen.', '厂界异味无法发现。'],
    ['Order a check with calibration gas.', '派单用标准气校验。'],
  )
const silent = advise(
  ['Waste plant does not report', '垃圾处理站通信中断'],
  30,
  ['Network or controller failed, power lost.', '网络或控制器故障、停电。'],
  ['Fire, gas and a full pit go unseen.', '火情、气体和料位无法发现。'],
  ['Call the plant; have pit, leachate and gas read by hand every hour.', '电话联系，每小时人工上报料位、液位和气体。'],
)

const MISSED_REPORTS = 3

export function safetyRules(build: RuleBuilders<WastePoint, WasteRated>) {
  const safety = { priority: 'critical', shelvable: false } as const
  return {
    flame: build.condition({ ...flame, ...safety, when: is('flame', 1) }),
    ...build.levels({
      point: 'pit-temperature',
      deadband: 5,
      consequenceOf: ['flame'],
      highHigh: { key: 'pit-hot', ...pitHot, ...safety, limit: 80 },
      high: { key: 'pit-warm', ...pitWarm, priority: 'high', limit: 65, onDelay: minutes(4) },
    }),
    ...build.levels({
      point: 'leachate-level',
      deadband: 2,
      onDelay: minutes(4),
      highHigh: { key: 'leachate-full', ...leachateFull, priority: 'high', limit: 90 },
      high: {
        key: 'leachate-high',
        ...leachateHigh,
        priority: 'medium',
        limit: 80,
        consequenceOf: ['leachate-pump-not-following'],
      },
    }),
    'hall-pressure-lost': build.limit({
      ...pressureLost,
      priority: 'medium',
      point: 'pit-pressure',
      high: -3,
      deadband: 2,
      onDelay: minutes(6),
      consequenceOf: ['fan-1-not-following', 'fan-2-not-following'],
    }),
    // Above the limit is an offence whatever brought it about, so no other alarm hides it.
    ...perItem('', fenceGases, '-high', (gas) =>
      build.limit({
        ...gasHigh(gas),
        priority: 'high',
        point: gas,
        high: (rated) => rated[`${gas}-limit`],
        deadband: gas === 'nh3' ? 0.1 : 0.005,
        onDelay: minutes(4),
      }),
    ),
    ...perItem('', fenceGases, '-lost', (gas) => build.loss({ ...gasLost(gas), priority: 'medium', point: gas, period: hours(1) })),
    ...perItem('', fenceGases, '-stuck', (gas) =>
      build.stuck({ ...gasStuck(gas), priority: 'low', point: gas, period: hours(6), tolerance: 0 }),
    ),
    'communication-loss': build.silence({
      ...silent,
      priority: 'high',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      needs: ['supply', 'link'],
    }),
  }
}
