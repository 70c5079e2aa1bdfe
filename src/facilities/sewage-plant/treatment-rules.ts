import type { RuleBuilders } from '../../detection/builders.ts'
import { all, below, certainly, is, not } from '../../detection/expression.ts'
import type { RuleOptions } from '../../detection/rule.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { advise, type Both, perItem } from '../writing.ts'
import { type SewagePoint, type SewageRated, type Tank, tankName, tanks } from './points.ts'

type Build = RuleBuilders<SewagePoint, SewageRated>

const aerationFailure = advise(
  ['Aeration failed: no blower runs and oxygen is gone', '曝气中断：鼓风机全停且溶解氧耗尽'],
  15,
  ['Blowers tripped, power lost, wrong interlock or command.', '鼓风机跳闸、失电、联锁或控制误动。'],
  ['Within hours NH3-N breaks its limit; the sludge dies within a day.', '数小时内氨氮超标，一天内污泥死亡。'],
  ['Start a blower; from the switchroom if not from here.', '启动鼓风机，远程无效则就地启动。'],
  ['Reduce the inflow until oxygen is back above 1 mg/L.', '溶解氧恢复到 1 mg/L 前减少进水。'],
  ['Power lost: start the emergency supply for one blower.', '失电则启用应急电源带一台风机。'],
)
const oxygenVeryLow = advise(
  ['Oxygen nearly gone', '溶解氧严重不足'],
  30,
  ['Blower failed, air main broken, load shock, probe wrong.', '鼓风机故障、风管破裂、负荷冲击或探头失准。'],
  ['Nitrification stops; NH3-N will break its limit.', '硝化停止，氨氮将超标。'],
  ['Start the standby blower.', '启动备用鼓风机。'],
  ['Measure with a portable probe.', '用便携探头复测。'],
)
const oxygenLow = advise(
  ['Oxygen low', '溶解氧偏低'],
  60,
  ['Load above the air supplied, diffusers clogged.', '负荷大于供气量或曝气头堵塞。'],
  ['Effluent NH3-N will rise.', '出水氨氮将升高。'],
  ['Raise the air; start the second blower.', '加大风量，启动第二台风机。'],
)
const oxygenHigh = advise(
  ['Too much oxygen', '溶解氧过高'],
  120,
  ['Control runs away, little load, probe wrong.', '控制失调、负荷低或探头失准。'],
  ['Power is wasted; denitrification suffers and total nitrogen rises.', '浪费电能，反硝化受抑，总氮升高。'],
  ['Reduce the air; stop one blower.', '减小风量，停一台风机。'],
  ['Measure with a portable probe.', '用便携探头复测。'],
)
const oxygenLost = advise(
  ['Oxygen probe lost', '溶解氧探头失效'],
  60,
  ['Probe or its cable broken, in service.', '探头或线缆损坏、正在维护。'],
  ['Air is controlled blindly.', '曝气失去控制依据。'],
  ['Set the air by hand to the usual value of this hour.', '手动设定为该时段常用风量。'],
  ['Measure every two hours; replace the probe.', '每两小时人工测定，更换探头。'],
)
const oxygenStuck = advise(
  ['Oxygen reading does not move', '溶解氧读数不变'],
  120,
  ['Probe overgrown, transmitter hangs.', '探头挂膜或变送器死机。'],
  ['Air is controlled by a wrong value.', '按错误数值控制曝气。'],
  ['Clean the probe and compare with a portable one.', '清洗探头并与便携仪比对。'],
)
const sludgeOff = advise(
  ['Amount of sludge out of range', '污泥浓度越限'],
  480,
  [
    'Too much or too little sludge drawn off, return sludge pump stands, sludge washed out by rain.',
    '排泥过多或过少、回流泵停或雨水冲刷流失。',
  ],
  ['Low: nitrification fails. High: clarifiers overflow with sludge.', '偏低硝化失效，偏高二沉池跑泥。'],
  ['Check the return sludge pumps and the flow drawn off.', '检查污泥回流泵和排泥量。'],
  ['Have the sludge settled in a cylinder (SV30).', '测定 SV30。'],
)
const denitrificationOff = advise(
  ['Denitrification disturbed', '反硝化异常'],
  240,
  ['Carbon source missing, oxygen carried over, internal recycle wrong.', '碳源不足、溶解氧带入或内回流异常。'],
  ['Total nitrogen will rise.', '总氮将升高。'],
  ['Check carbon dosing, then oxygen at the end of the aerated zone.', '检查碳源投加和好氧末端溶解氧。'],
)
const storeFilling = advise(
  ['Sludge store filling up', '污泥料仓料位高'],
  240,
  ['Lorries late, cake too wet, more sludge than planned.', '外运车辆延误、泥饼含水高或产泥增加。'],
  ['Dewatering must stop within hours.', '数小时内须停脱水机。'],
  ['Ask where the lorries are.', '确认外运车辆位置。'],
)
const storeFull = advise(
  ['Sludge store full', '污泥料仓将满'],
  60,
  ['No lorry came.', '外运车辆未到。'],
  ['Dewatering stops; sludge stays in the basins and is washed out.', '脱水停止，污泥积存并随出水流失。'],
  ['Stop dewatering; order lorries of another haulier.', '停脱水机，另调外运车辆。'],
)

const missing: Record<Tank, Both> = {
  pac: ['Total phosphorus will break its limit within hours.', '数小时内总磷将超标。'],
  carbon: ['Total nitrogen will break its limit within hours.', '数小时内总氮将超标。'],
  disinfectant: ['Germs leave the plant with the effluent.', '出水粪大肠菌群超标。'],
}
const dosingFailure = (t: Tank) =>
  advise(
    [`${tankName[t].en} dosing failed`, `${tankName[t].zh}投加中断`],
    60,
    ['Dosing pump stands, line blocked or frozen, tank empty, air in the pump.', '加药泵停、管路堵塞或结冰、药罐空、泵进气。'],
    missing[t],
    ['Start the standby dosing pump.', '启动备用加药泵。'],
    ['Check tank level and suction line; dose by hand if it takes longer.', '检查药罐液位和吸药管，时间长则人工投加。'],
  )
const reserveLow = (t: Tank) =>
  advise(
    [`${tankName[t].en} for less than three days`, `${tankName[t].zh}储备不足三天`],
    480,
    ['Delivery failed, use risen, tank leaks.', '来货中断、用量增加或药罐泄漏。'],
    missing[t],
    ['Order an emergency delivery; borrow from another plant.', '安排应急供货或向其他厂调剂。'],
    ['Look for a leak if the level fell fast.', '液位下降快则查漏。'],
  )
const reserveWarning = (t: Tank) =>
  advise(
    [`${tankName[t].en} for less than seven days`, `${tankName[t].zh}储备不足七天`],
    2880,
    ['Delivery late or use risen.', '来货延误或用量增加。'],
    ['Runs out if the road or the supplier fails.', '道路或供应商中断时将断药。'],
    ['Ask the supplier for the day of delivery.', '向供应商确认到货日期。'],
  )

const withoutAir = ['aeration-failure', 'blower-1-not-following', 'blower-2-not-following', 'air-pressure-low'] as const

function aerationRules(build: Build) {
  return {
    'aeration-failure': build.condition({
      ...aerationFailure,
      priority: 'critical',
      // A plant of one blower does not report the second.
      when: all(below('do', 'low'), is('blower-1', 0), not(certainly(is('blower-2', 1)))),
      parameters: { low: 1 },
      onDelay: minutes(3),
    }),
    ...build.levels({
      point: 'do',
      deadband: 0.1,
      onDelay: minutes(10),
      high: { key: 'do-high', ...oxygenHigh, priority: 'medium', limit: 5 },
      low: { key: 'do-low', ...oxygenLow, priority: 'medium', limit: 1, consequenceOf: [...withoutAir, 'air-pressure-high'] },
      lowLow: { key: 'do-very-low', ...oxygenVeryLow, priority: 'high', limit: 0.5, consequenceOf: withoutAir },
    }),
    'do-lost': build.loss({ ...oxygenLost, priority: 'high', point: 'do', period: minutes(15) }),
    'do-stuck': build.stuck({ ...oxygenStuck, priority: 'medium', point: 'do', period: hours(1), tolerance: 0 }),
    'mlss-out-of-range': build.limit({
      ...sludgeOff,
      priority: 'medium',
      point: 'mlss',
      low: 1800,
      high: 6000,
      deadband: 100,
      onDelay: minutes(30),
    }),
    'denitrification-disturbed': build.limit({
      ...denitrificationOff,
      priority: 'low',
      point: 'orp',
      high: 50,
      deadband: 20,
      onDelay: minutes(20),
      consequenceOf: ['carbon-dosing-failure', 'do-high'],
    }),
  }
}

/** The stock in a tank bears no mean use above this for so many days, L/h. */
const bearable = (level: number, tank: number, days: number) => ((level / 100) * tank) / (24 * days)

/** Days the stock lasts at the mean use of the last day. */
function reserve(build: Build, t: Tank, days: number, options: RuleOptions) {
  return build.mean({
    ...options,
    point: `${t}-use`,
    window: hours(24),
    coverage: 0.25,
    beside: [`${t}-level`],
    parameters: { days, tank: (rated) => rated[`${t}-tank`] },
    limit: ([level], { days, tank }) => bearable(level!, tank, days),
  })
}

function dosingRules(build: Build) {
  return {
    ...perItem('', tanks, '-dosing-failure', (t) =>
      build.condition({
        ...dosingFailure(t),
        priority: 'high',
        when: all(below(`${t}-use`, { rated: `${t}-use`, times: 'useShare' }), is(`${t}-dosing`, 1)),
        expected: (_values, rated) => rated[`${t}-use`],
        parameters: { useShare: 0.05 },
        onDelay: minutes(10),
        expects: true,
      }),
    ),
    ...perItem('', tanks, '-reserve-low', (t) => reserve(build, t, 3, { ...reserveLow(t), priority: 'high' })),
    ...perItem('', tanks, '-reserve-warning', (t) =>
      reserve(build, t, 7, { ...reserveWarning(t), priority: 'medium', consequenceOf: [`${t}-reserve-low`] }),
    ),
  }
}

function sludgeRules(build: Build) {
  return build.levels({
    point: 'sludge-store',
    deadband: 2,
    onDelay: minutes(5),
    highHigh: { key: 'sludge-store-full', ...storeFull, priority: 'high', limit: 95 },
    high: { key: 'sludge-store-filling', ...storeFilling, priority: 'medium', limit: 80 },
  })
}

export const treatmentRules = (build: Build) => ({ ...aerationRules(build), ...dosingRules(build), ...sludgeRules(build) })
