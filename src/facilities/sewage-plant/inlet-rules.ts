import type { RuleBuilders } from '../../detection/builders.ts'
import { all, any, below, certainly, is } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import { liftPumps, type SewagePoint, type SewageRated } from './points.ts'

const surge = advise(
  ['Inflow above what the plant can treat', '进水流量冲击'],
  60,
  ['Rain in combined sewers, a main pumped empty.', '合流管网降雨或上游泵站集中排水。'],
  ['Sludge is washed out of the clarifiers.', '二沉池污泥流失。'],
  ['Tell the pump stations upstream to hold back; fill the storm tank.', '通知上游泵站限流，启用调蓄池。'],
  ['Raise the return sludge.', '加大污泥回流。'],
)
const noFlow = advise(
  ['Lift pumps run without flow', '提升泵运行但无流量'],
  15,
  ['Valve closed, air in the pumps, flow meter failed.', '阀门关闭、泵内进气或流量计故障。'],
  ['Wet well overflows; the pumps are destroyed.', '集水井溢流，水泵损坏。'],
  ['Check the valves of the rising main.', '检查压力管阀门。'],
  ['Compare with the wet well level: if it falls, the flow meter is wrong.', '查看液位：下降则为流量计故障。'],
)
const codHigh = advise(
  ['Influent COD far above design', '进水 COD 严重超设计值'],
  120,
  ['Industrial discharge, tanker emptied into a sewer.', '工业废水排入或罐车偷排。'],
  ['Oxygen is used up; effluent COD will exceed its limit.', '溶解氧耗尽，出水 COD 将超标。'],
  ['Raise the air; keep a sample as evidence.', '加大曝气，留样取证。'],
  ['Tell the drainage inspectors to look for the source.', '通知排水监察溯源。'],
)
const phOff = advise(
  ['Influent pH out of range', '进水 pH 越限'],
  60,
  ['Acid or alkali from industry.', '工业酸碱废水排入。'],
  ['Kills the sludge; concrete and pumps corrode.', '污泥中毒，设备腐蚀。'],
  ['Lead the inflow into the storm tank if there is one.', '有条件时切入调蓄池。'],
  ['Keep a sample; tell the drainage inspectors.', '留样并通知排水监察。'],
)
const overflow = advise(
  ['Wet well about to overflow', '集水井即将溢流'],
  5,
  ['Inflow above capacity, lift pumps failed, rising main closed.', '进水超能力、提升泵故障或出水阀关闭。'],
  ['Raw sewage runs into street and river.', '污水外溢至道路和河道。'],
  ['Start every lift pump; tell the stations upstream to stop pumping.', '启动所有提升泵，通知上游泵站停泵。'],
  ['Tell the duty officer before the emergency outlet opens.', '开启应急溢流口前报告值班负责人。'],
)
const levelHigh = advise(
  ['Wet well level high', '集水井液位高'],
  30,
  ['Rain, a lift pump fails, screen blocked.', '降雨、提升泵故障或格栅堵塞。'],
  ['Well overflows if nothing is done.', '不处理将溢流。'],
  ['Start a further pump; check the screen.', '增开水泵，检查格栅。'],
)
const levelLow = advise(
  ['Wet well level too low', '集水井液位过低'],
  10,
  ['Pumps were not stopped, level sensor wrong.', '未停泵或液位计失准。'],
  ['Pumps draw air and run dry.', '水泵吸气干转。'],
  ['Stop the lift pumps; check the level sensor.', '停提升泵，核对液位计。'],
)
const screenBlocked = advise(
  ['Screen blocked', '格栅堵塞'],
  120,
  ['Rubbish after rain, rake failed.', '雨后垃圾多或清污机故障。'],
  ['The sewer backs up into the streets.', '上游管网壅水冒溢。'],
  ['Start the rake by hand; open the standby screen.', '手动启动清污机，开启备用格栅。'],
)
const silent = advise(
  ['Sewage plant does not report', '污水处理厂通信中断'],
  30,
  ['Network or controller failed, power lost.', '网络或控制器故障、停电。'],
  ['Aeration and effluent run unwatched.', '曝气和出水失去监视。'],
  ['Call the control room of the plant; have oxygen and effluent read every hour.', '联系厂内中控室，每小时上报溶解氧和出水数据。'],
)

const MISSED_REPORTS = 3
const liftPumpsStopped = liftPumps.flatMap((m) => [`${m}-not-following`, `${m}-dry-running`] as const)

function wellRules(build: RuleBuilders<SewagePoint, SewageRated>) {
  return {
    ...build.levels({
      point: 'wet-well-level',
      deadband: 0.1,
      highHigh: { key: 'wet-well-overflow', ...overflow, priority: 'critical', limit: 4.2, onDelay: seconds(5) },
      high: {
        key: 'wet-well-high',
        ...levelHigh,
        priority: 'medium',
        limit: 3.5,
        onDelay: minutes(2),
        consequenceOf: ['no-lift-flow', 'influent-surge', ...liftPumpsStopped],
      },
      low: { key: 'wet-well-low', ...levelLow, priority: 'high', limit: 0.5, onDelay: seconds(30) },
    }),
    'screen-blocked': build.limit({
      ...screenBlocked,
      priority: 'medium',
      point: 'screen-head',
      high: 0.3,
      deadband: 0.05,
      onDelay: minutes(2),
    }),
  }
}

export function inletRules(build: RuleBuilders<SewagePoint, SewageRated>) {
  return {
    ...wellRules(build),
    'influent-surge': build.limit({
      ...surge,
      priority: 'medium',
      point: 'influent-flow',
      high: (rated) => 1.2 * rated.flow,
      deadband: 50,
      onDelay: minutes(10),
      offDelay: minutes(10),
    }),
    'no-lift-flow': build.condition({
      ...noFlow,
      priority: 'high',
      // A plant of one lift pump does not report the second.
      when: all(below('influent-flow', { rated: 'flow', times: 'flowShare' }), any(is('lift-pump-1', 1), certainly(is('lift-pump-2', 1)))),
      parameters: { flowShare: 0.02 },
      onDelay: minutes(3),
      consequenceOf: liftPumps.map((m) => `${m}-dry-running`),
    }),
    'influent-cod-high': build.limit({
      ...codHigh,
      priority: 'medium',
      point: 'influent-cod',
      high: (rated) => 1.5 * rated['influent-cod'],
      deadband: 30,
      onDelay: minutes(15),
    }),
    'influent-ph-out-of-range': build.limit({
      ...phOff,
      priority: 'high',
      point: 'influent-ph',
      low: 6,
      high: 9,
      deadband: 0.1,
      onDelay: minutes(10),
    }),
    'communication-loss': build.silence({
      ...silent,
      priority: 'high',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      needs: ['supply', 'link'],
      deprives: { of: ['link'] },
    }),
  }
}
