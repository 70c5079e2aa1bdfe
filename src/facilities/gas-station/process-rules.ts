import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, perItem } from '../writing.ts'
import { type GasPoint, type GasRated, type Valve, valves } from './points.ts'

type Build = RuleBuilders<GasPoint, GasRated>
type Rated = Readonly<Record<GasRated, number>>

const valveStuck = (v: Valve) =>
  advise(
    v === 'inlet' ? ['Inlet valve does not follow', '进站阀拒动'] : ['Outlet valve does not follow', '出站阀拒动'],
    10,
    ['Actuator without air or power, valve jammed, limit switch wrong.', '执行机构失气失电、阀门卡涩或限位开关失准。'],
    ['Station cannot be isolated in an emergency.', '紧急情况下无法隔离站场。'],
    ['Repeat the command once; watch the pressures.', '重发一次指令并观察压力。'],
    ['Send two people to operate it by hand.', '派两人现场手动操作。'],
  )
const inletOff = advise(
  ['Inlet pressure out of range', '进口压力越限'],
  30,
  ['Disturbance upstream: compressor, gate station, great draught.', '上游门站、压缩机异常或用气骤增。'],
  ['Regulators leave their range; supply may fail.', '调压器超出工作范围，供气可能中断。'],
  ['Call the dispatcher upstream.', '联系上游调度。'],
  ['Low: limit large customers. High: watch the outlet pressure closely.', '偏低时限制大用户；偏高时密切监视出口压力。'],
)
const outletLow = advise(
  ['Outlet pressure low', '出口压力低'],
  15,
  ['Regulator or filter blocked, demand above capacity, leak downstream.', '调压器或过滤器堵塞、用气超能力或下游泄漏。'],
  ['Flames go out at customers; gas may escape when pressure returns.', '用户火焰熄灭，恢复供气时可能漏气。'],
  ['Compare flow: high flow means a leak or great demand.', '查看流量：偏大为泄漏或用气高峰。'],
  ['Open the standby line.', '开启备用调压路。'],
)
const outletHigh = advise(
  ['Outlet pressure high', '出口压力高'],
  10,
  ['Regulator does not close tightly, pilot dirty.', '调压器关闭不严或指挥器脏堵。'],
  ['Shut-off valve will trip; overpressure at customers.', '切断阀将动作，用户超压。'],
  ['Change to the standby line.', '切换备用调压路。'],
  ['Send two people to the regulator.', '派两人检查调压器。'],
)
const outletTooHigh = advise(
  ['Outlet pressure above shut-off', '出口压力超过切断值'],
  2,
  ['Regulator failed open and the shut-off valve did not act.', '调压器失效全开且切断阀未动作。'],
  ['Gas appliances leak and burn; explosion in homes.', '用户燃具泄漏燃烧，可能引发室内爆炸。'],
  ['Close the outlet valve now.', '立即关闭出站阀。'],
  ['Tell the emergency crew of the district.', '通知片区抢险队。'],
)
const pressureFalls = advise(
  ['Outlet pressure falls fast', '出口压力快速下降'],
  5,
  ['Pipe broken downstream, often by digging.', '下游管道破裂，常见于施工挖断。'],
  ['Gas escapes in the street.', '燃气在街道泄漏。'],
  ['Look at flow and the digging permits of the district.', '查看流量及片区施工许可。'],
  ['Close the section valve; send the emergency crew.', '关闭分段阀，派出抢险队。'],
)
const pressureStuck = advise(
  ['Outlet pressure reading does not move', '出口压力读数冻结'],
  60,
  ['Transmitter hangs, impulse line blocked or shut.', '变送器死机、引压管堵塞或关闭。'],
  ['Over- and underpressure go unseen.', '超压、欠压无法发现。'],
  ['Compare with the local gauge by telephone.', '电话核对就地压力表。'],
  ['Order a check of the transmitter.', '派单检查变送器。'],
)
const filterDirty = advise(
  ['Filter getting dirty', '过滤器差压升高'],
  4320,
  ['Dust and liquid from the pipe.', '管道粉尘及液体。'],
  ['Will limit the flow at the next peak.', '高峰时将限制流量。'],
  ['Plan to change the filter this week.', '本周安排更换滤芯。'],
)
const filterBlocked = advise(
  ['Filter blocked', '过滤器堵塞'],
  120,
  ['Filter element full or torn off.', '滤芯堵满或脱落。'],
  ['Outlet pressure falls; dust reaches the regulator.', '出口压力下降，粉尘进入调压器。'],
  ['Change to the standby line and replace the element.', '切换备用路并更换滤芯。'],
)
const temperatureOff = advise(
  ['Gas temperature out of range', '燃气温度越限'],
  120,
  ['Cold by expansion, heater failed, extreme weather.', '节流降温、加热器故障或极端天气。'],
  ['Regulators ice up; seals leak.', '调压器结冰，密封泄漏。'],
  ['Check the heater; reduce the pressure drop by using two lines.', '检查加热器，双路运行以减小压降。'],
)
const odorantLow = advise(
  ['Odorant low', '加臭剂浓度偏低'],
  480,
  ['Injection pump weak, tank nearly empty.', '加臭泵出力不足或药剂将尽。'],
  ['Leaks are harder to smell.', '泄漏不易被察觉。'],
  ['Check pump strokes and tank level.', '检查加臭泵行程与药剂液位。'],
)
const odorantMissing = advise(
  ['Odorant too low to smell', '加臭不足，无法闻到'],
  60,
  ['Injection stopped.', '加臭中断。'],
  ['People do not smell leaks: danger to life.', '泄漏无法闻到，危及生命。'],
  ['Start the standby injection pump.', '启动备用加臭泵。'],
  ['Add odorant by hand and tell the safety officer.', '人工加臭并报告安全主管。'],
)
const tankLow = advise(
  ['Tank level low', '储罐液位低'],
  720,
  ['Use above plan or a delivery is late.', '用量超计划或来车延误。'],
  ['Reserve is shrinking.', '储备减少。'],
  ['Ask where the next delivery is.', '确认下一车到站时间。'],
)
const tankEmpty = advise(
  ['Tank nearly empty', '储罐即将用尽'],
  60,
  ['No delivery came.', '未及时补液。'],
  ['Supply ends within hours.', '数小时内断供。'],
  ['Feed the district from another station.', '由其他站场供气。'],
  ['Order an emergency delivery.', '安排应急运输。'],
)
const tankFull = advise(
  ['Tank level high', '储罐液位高'],
  60,
  ['Filling continues.', '正在充装。'],
  ['Overfilling is near.', '接近超装。'],
  ['Tell the filler to slow down and stop at 90 %.', '通知充装人员减速并在 90% 停止。'],
)
const tankOverfull = advise(
  ['Tank overfilled', '储罐超装'],
  5,
  ['Filling was not stopped.', '未及时停止充装。'],
  ['Relief valve opens; liquid expands and may burst the tank.', '安全阀起跳，液体膨胀可能胀裂储罐。'],
  ['Stop filling now; move liquid to another tank.', '立即停止充装并倒罐。'],
)
const tankPressure = advise(
  ['Tank pressure high', '储罐压力高'],
  10,
  ['Vacuum of the insulation lost, heat, vaporiser runs on.', '绝热真空失效、受热或增压器未停。'],
  ['Relief valve opens and gas escapes.', '安全阀起跳排放燃气。'],
  ['Stop the vaporiser of the tank; release to the network.', '停止增压，向管网泄压。'],
  ['Cool the tank with water if it rises on.', '继续升高则喷淋降温。'],
)
const onBattery = advise(
  ['Station runs on battery', '站场由电池供电'],
  60,
  ['Mains failed.', '市电中断。'],
  ['Safety system ends with the battery.', '电池耗尽后安全系统失效。'],
  ['Ask the electricity company how long it takes.', '向供电公司了解恢复时间。'],
  ['More than an hour: send a generator.', '超过一小时派发电机。'],
)
const doorOpen = advise(
  ['Station door open', '站门打开'],
  30,
  ['A crew at work or a break-in.', '检修作业或外人闯入。'],
  ['Strangers reach valves.', '外人可能操作阀门。'],
  ['Look at the camera; ask whether a crew is registered.', '查看视频，核实是否有登记人员。'],
  ['If not, send the guard.', '若无，派安保人员前往。'],
)
const reserveWarn = advise(
  ['Reserve below seven days', '储备不足七天'],
  2880,
  ['Use above forecast or deliveries late.', '用量超预测或来气不足。'],
  ['Short supply if the road or the source fails.', '道路或气源中断时将供应紧张。'],
  ['Order further deliveries and check the forecast.', '增订气量并核对用量预测。'],
)
const reserveLow = advise(
  ['Reserve below three days', '储备不足三天'],
  480,
  ['Deliveries failed or a cold spell.', '来气中断或寒潮用气激增。'],
  ['Supply to the city is at risk.', '城市供气面临风险。'],
  ['Start the supply plan: large customers to the other fuel.', '启动保供预案，大用户切换燃料。'],
  ['Report to the bureau on duty.', '上报主管部门值班室。'],
)

/** Days the usable inventory lasts at the forecast use. */
const daysLeft = (inventory: number, rated: Rated) => (inventory * rated['usable-share']) / rated['daily-use']

function pressureRules(build: Build) {
  const outlet = { point: 'outlet-pressure', deadband: 0.005 } as const
  return {
    ...perItem('', valves, '-valve-stuck', (v) =>
      build.discrepancy({
        ...valveStuck(v),
        priority: 'high',
        command: `${v}-valve-command`,
        feedback: `${v}-valve`,
        onDelay: seconds(10),
      }),
    ),
    'inlet-pressure-off': build.limit({
      ...inletOff,
      priority: 'medium',
      point: 'inlet-pressure',
      low: (rated) => rated['inlet-low'],
      high: (rated) => rated['inlet-high'],
      deadband: 0.01,
      onDelay: seconds(30),
    }),
    'outlet-pressure-low': build.limit({
      ...outletLow,
      ...outlet,
      priority: 'high',
      low: (rated) => rated['outlet-low'],
      onDelay: seconds(10),
    }),
    'outlet-pressure-high': build.limit({
      ...outletHigh,
      ...outlet,
      priority: 'high',
      high: (rated) => rated['outlet-high'],
      onDelay: seconds(5),
    }),
    'outlet-overpressure': build.limit({
      ...outletTooHigh,
      ...outlet,
      priority: 'critical',
      shelvable: false,
      high: (rated) => rated['shut-off'],
    }),
    'outlet-pressure-falling': build.rate({
      ...pressureFalls,
      priority: 'critical',
      point: 'outlet-pressure',
      perMinute: -0.03,
      window: minutes(1),
      offDelay: minutes(2),
      // The end of an overpressure is a fast fall too.
      only: { points: ['outlet-pressure'], when: ([pressure], rated) => pressure! < 1.1 * rated['outlet-low'] },
    }),
    'outlet-pressure-stuck': build.stuck({
      ...pressureStuck,
      priority: 'high',
      point: 'outlet-pressure',
      period: minutes(30),
      tolerance: 0,
    }),
  }
}

function treatmentRules(build: Build) {
  const filter = { point: 'filter-differential', deadband: 0.003, onDelay: minutes(1) } as const
  const odorant = { point: 'odorant', deadband: 1, onDelay: minutes(2) } as const
  return {
    'filter-blocked': build.limit({ ...filterBlocked, ...filter, priority: 'high', high: 0.05 }),
    'filter-dirty': build.limit({ ...filterDirty, ...filter, priority: 'low', high: 0.03 }),
    'temperature-out-of-range': build.limit({
      ...temperatureOff,
      priority: 'medium',
      point: 'temperature',
      low: -10,
      high: 40,
      deadband: 1,
      onDelay: minutes(1),
    }),
    'odorant-missing': build.limit({ ...odorantMissing, ...odorant, priority: 'high', low: 8 }),
    'odorant-low': build.limit({ ...odorantLow, ...odorant, priority: 'medium', low: 12 }),
  }
}

function storageRules(build: Build) {
  const level = { point: 'tank-level', deadband: 1, onDelay: seconds(10) } as const
  return {
    'tank-nearly-empty': build.limit({ ...tankEmpty, ...level, priority: 'high', low: 10 }),
    'tank-low': build.limit({ ...tankLow, ...level, priority: 'medium', low: 20 }),
    'tank-overfull': build.limit({ ...tankOverfull, ...level, priority: 'critical', high: 95 }),
    'tank-full': build.limit({ ...tankFull, ...level, priority: 'medium', high: 90 }),
    'tank-pressure-high': build.limit({ ...tankPressure, priority: 'critical', point: 'tank-pressure', high: 0.75, deadband: 0.02 }),
    'reserve-low': build.condition({
      ...reserveLow,
      priority: 'high',
      points: ['inventory'],
      when: ([inventory], rated) => daysLeft(inventory!, rated) < 3,
      onDelay: minutes(10),
      parameters: { days: 3 },
    }),
    'reserve-warning': build.condition({
      ...reserveWarn,
      priority: 'medium',
      points: ['inventory'],
      when: ([inventory], rated) => daysLeft(inventory!, rated) < 7,
      onDelay: minutes(10),
      parameters: { days: 7 },
    }),
    'on-battery': build.condition({
      ...onBattery,
      priority: 'high',
      points: ['on-battery'],
      when: ([battery]) => battery === 1,
      onDelay: seconds(10),
    }),
    'door-open': build.condition({ ...doorOpen, priority: 'medium', points: ['door'], when: ([door]) => door === 1, onDelay: seconds(30) }),
  }
}

export const processRules = (build: Build) => ({ ...pressureRules(build), ...treatmentRules(build), ...storageRules(build) })
