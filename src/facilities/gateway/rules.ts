import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import { hours, minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import type { GatewayPoint, GatewayRated } from './points.ts'

const silent = advise(
  ['Gateway does not report', '网关通信中断'],
  60,
  ['Mobile network or SIM card failed, supply and battery empty, device hung.', '移动网络或 SIM 卡故障、市电及电池失电、设备死机。'],
  ['No lamp behind it can be watched or commanded.', '所辖灯具无法监视与控制。'],
  ['Look whether neighbouring gateways are silent too: then it is the network.', '查看邻近网关是否也离线，若是则为网络故障。'],
  [
    'If it is this one alone, send a crew; the lamps go on by their own programme meanwhile.',
    '仅此网关离线时派人处理，期间灯具按本地方案运行。',
  ],
)
const radioFailed = advise(
  ['Lamp radio of the gateway failed', '网关无线模块故障'],
  60,
  ['Radio module defective, antenna cable cut or water in the antenna.', '无线模块损坏、天线馈线断开或天线进水。'],
  ['The gateway reports, but none of its lamps can.', '网关在线，但所辖灯具全部失联。'],
  ['Restart the gateway from here.', '远程重启网关。'],
  ['If the radio stays away, send a crew with module and antenna.', '仍不恢复则派人携带模块与天线更换。'],
)
const onBattery = advise(
  ['Gateway runs on battery', '网关由电池供电'],
  240,
  ['Supply cut, fuse blown, or its feed was put on a switched circuit.', '停电、熔断器熔断或误接至受控回路。'],
  ['Falls silent when the battery is empty, usually within hours.', '电池耗尽后离线，通常只有数小时。'],
  ['Look at the cabinet that feeds it.', '查看为其供电的控制柜。'],
  ['If the cabinet is well, order a check of the fuse.', '控制柜正常则派单检查熔断器。'],
)
const batteryLow = advise(
  ['Battery of the gateway nearly empty', '网关电池电量低'],
  60,
  ['Supply away for hours, or an old battery.', '长时间停电或电池老化。'],
  ['The gateway falls silent soon.', '网关即将离线。'],
  ['Bring a mobile supply, or accept the outage and tell the control room.', '现场接入临时电源；无法供电时告知值班人员做好离线准备。'],
)
const weakBackhaul = advise(
  ['Backhaul signal weak', '回传信号弱'],
  2880,
  ['Antenna turned or covered, new building, changed mobile network.', '天线偏转或遮挡、新建建筑、运营商网络调整。'],
  ['Reports come late and commands fail now and then.', '数据延迟，指令偶有失败。'],
  ['Compare with gateways near it, then ask the network operator.', '与附近网关比较后联系运营商。'],
  ['If it is this one alone, order a check of the antenna.', '仅此网关异常则派单检查天线。'],
)
const backlogGrows = advise(
  ['Reports pile up in the gateway', '网关数据积压'],
  480,
  ['Backhaul too slow or broken off again and again.', '回传带宽不足或频繁中断。'],
  ['What the wall shows is old.', '监控画面数据滞后。'],
  ['Look at the backhaul signal; if it is good, restart the gateway.', '查看回传信号，正常则重启网关。'],
)
const overheated = advise(
  ['Gateway overheated', '网关温度过高'],
  480,
  ['Sun on a closed box, blocked ventilation, failing power supply.', '箱体暴晒、通风受阻或电源模块将损坏。'],
  ['Device fails or restarts; battery ages.', '设备损坏或反复重启，电池老化。'],
  ['Order a check of its box.', '派单检查箱体。'],
)
const restarting = advise(
  ['Gateway restarts again and again', '网关频繁重启'],
  480,
  ['Bad supply, overheating, faulty firmware.', '供电不稳、过热或固件异常。'],
  ['Lamps lose contact for minutes each time.', '每次重启灯具失联数分钟。'],
  ['Look at supply and temperature.', '查看供电与温度。'],
  ['If both are well, update or replace the gateway.', '均正常则升级固件或更换网关。'],
)

const MISSED_REPORTS = 3

export function rules(build: RuleBuilders<GatewayPoint, GatewayRated>) {
  return {
    'communication-loss': build.silence({
      ...silent,
      priority: 'high',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      deprives: { of: ['link'] },
    }),
    'radio-failed': build.condition({
      ...radioFailed,
      priority: 'high',
      when: is('radio', 0),
      onDelay: seconds(10),
      deprives: { of: ['link'] },
    }),
    'on-battery': build.condition({
      ...onBattery,
      priority: 'medium',
      when: is('on-battery', 1),
      onDelay: minutes(1),
      needs: ['supply'],
    }),
    'battery-low': build.limit({ ...batteryLow, priority: 'medium', point: 'battery', low: 20, deadband: 5 }),
    'weak-backhaul': build.limit({
      ...weakBackhaul,
      priority: 'low',
      point: 'signal',
      low: -105,
      deadband: 5,
      onDelay: minutes(15),
      offDelay: minutes(15),
    }),
    'backlog-grows': build.limit({
      ...backlogGrows,
      priority: 'low',
      point: 'backlog',
      high: 5000,
      deadband: 1000,
      onDelay: minutes(10),
      consequenceOf: ['weak-backhaul'],
    }),
    overheated: build.limit({ ...overheated, priority: 'medium', point: 'temperature', high: 75, deadband: 5, onDelay: minutes(2) }),
    restarting: build.counter({
      ...restarting,
      version: 2,
      priority: 'medium',
      point: 'restarts',
      counts: 'increments',
      most: 2,
      window: hours(1),
      consequenceOf: ['overheated'],
    }),
  }
}
