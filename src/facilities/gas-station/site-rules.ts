import type { RuleBuilders } from '../../detection/builders.ts'
import { is } from '../../detection/expression.ts'
import { seconds } from '../../telemetry/duration.ts'
import { advise, perItem } from '../writing.ts'
import { type GasPoint, type GasRated, type Valve, valves } from './points.ts'

const valveStuck = (v: Valve) =>
  advise(
    v === 'inlet' ? ['Inlet valve does not follow', '进站阀拒动'] : ['Outlet valve does not follow', '出站阀拒动'],
    10,
    ['Actuator without air or power, valve jammed, limit switch wrong.', '执行机构失气失电、阀门卡涩或限位开关失准。'],
    ['Station cannot be isolated in an emergency.', '紧急情况下无法隔离站场。'],
    ['Repeat the command once; watch the pressures.', '重发一次指令并观察压力。'],
    ['Send two people to operate it by hand.', '派两人现场手动操作。'],
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

/** Valves, supply and doors of the site. */
export function siteRules(build: RuleBuilders<GasPoint, GasRated>) {
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
    'on-battery': build.condition({
      ...onBattery,
      priority: 'high',
      when: is('on-battery', 1),
      onDelay: seconds(10),
    }),
    'door-open': build.condition({ ...doorOpen, priority: 'medium', when: is('door', 1), onDelay: seconds(30) }),
  }
}
