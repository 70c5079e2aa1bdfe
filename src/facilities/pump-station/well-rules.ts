import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, resetByTwo } from '../writing.ts'
import type { PumpPoint, PumpRated } from './points.ts'

type Build = RuleBuilders<PumpPoint, PumpRated>

const overflow = advise(
  ['Wet well about to overflow', '集水井即将溢流'],
  5,
  ['Inflow above capacity, pumps failed, outlet blocked.', '进水超出能力、水泵故障或出口堵塞。'],
  ['Sewage floods the street and the river.', '污水外溢至道路和河道。'],
  ['Start every pump that is able to run.', '启动所有可用水泵。'],
  ['Tell the flood dispatcher; send the mobile pump.', '通知防汛调度，派出移动泵车。'],
)
const levelHigh = advise(
  ['Wet well level high', '集水井液位高'],
  30,
  ['Rain, a pump fails, screen blocked.', '降雨、水泵故障或格栅堵塞。'],
  ['Well overflows if nothing is done.', '不处理将溢流。'],
  ['Start a further pump; check flow and screen.', '增开水泵，检查流量与格栅。'],
)
const levelLow = advise(
  ['Wet well level too low', '集水井液位过低'],
  10,
  ['Stop level missed, level sensor or controller wrong.', '未按停泵液位停泵，液位计或控制器异常。'],
  ['Pump draws air and runs dry.', '水泵吸入空气干转。'],
  ['Stop the pumps.', '停泵。'],
  ['Check the level sensor against the staff gauge.', '用水尺核对液位计。'],
)
const levelStuck = advise(
  ['Level reading does not move', '液位读数不变'],
  30,
  ['Sensor silted, float caught, transmitter hangs.', '探头淤积、浮球卡住或变送器死机。'],
  ['Pumps are controlled by a wrong level: overflow or dry running.', '按错误液位控制，可能溢流或干转。'],
  ['Control by hand after the staff gauge or camera.', '依据水尺或视频手动控制。'],
  ['Order cleaning of the sensor.', '派单清理液位计。'],
)
const screenBlocked = advise(
  ['Screen blocked', '格栅堵塞'],
  240,
  ['Rubbish in front of the screen, rake failed.', '栅前垃圾堆积或清污机故障。'],
  ['Less flow reaches the pumps; the sewer backs up.', '进泵水量减少，上游管道壅水。'],
  ['Start the rake by hand.', '手动启动清污机。'],
  ['If the head stays above 0.3 m, send a crew.', '液位差仍超 0.3 m 则派人清理。'],
)
const h2sHigh = advise(
  ['Hydrogen sulphide: danger to life', '硫化氢超标，危及生命'],
  2,
  ['Stirred sludge, ventilation failed, industrial discharge.', '淤泥扰动、通风故障或工业废水排入。'],
  ['People in the station faint and die.', '站内人员可能中毒死亡。'],
  ['Call everyone out; nobody enters without breathing apparatus and a guard.', '立即撤人，无呼吸器和监护不得进入。'],
  ['Start the ventilation.', '启动通风。'],
  resetByTwo('a measurement on site', '现场检测合格'),
)
const oxygenLow = advise(
  ['Too little oxygen', '氧气不足'],
  2,
  ['Ventilation failed, gas displaces air.', '通风故障，其他气体置换空气。'],
  ['People suffocate without warning.', '人员可能无征兆窒息。'],
  ['Call everyone out; start the ventilation.', '立即撤人，启动通风。'],
  ['Measure before anyone enters.', '检测合格后方可进入。'],
  resetByTwo('a measurement on site', '现场检测合格'),
)

function levelRules(build: Build) {
  return {
    ...build.levels({
      point: 'wet-well-level',
      deadband: 0.1,
      onDelay: seconds(5),
      highHigh: { key: 'overflow', ...overflow, priority: 'critical', limit: 4.2 },
      high: {
        key: 'level-high',
        ...levelHigh,
        priority: 'medium',
        limit: 3.5,
        onDelay: minutes(2),
        consequenceOf: ['no-flow', 'dry-running', 'start-failure', 'flow-below-curve'],
      },
      low: { key: 'level-low', ...levelLow, priority: 'high', limit: 0.5, consequenceOf: ['dry-running'] },
    }),
    'level-stuck': build.stuck({ ...levelStuck, priority: 'medium', point: 'wet-well-level', period: minutes(15), tolerance: 0 }),
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

function airRules(build: Build) {
  const safety = { priority: 'critical', latching: true, shelvable: false } as const
  return {
    'h2s-high': build.limit({ ...h2sHigh, ...safety, point: 'h2s', high: 6, deadband: 1 }),
    'oxygen-low': build.limit({ ...oxygenLow, ...safety, point: 'o2', low: 19.5, deadband: 0.3 }),
  }
}

export const wellRules = (build: Build) => ({ ...levelRules(build), ...airRules(build) })
