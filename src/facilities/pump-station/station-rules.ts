import type { RuleBuilders } from '../../detection/builders.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise } from '../writing.ts'
import type { PumpPoint, PumpRated } from './points.ts'

const chlorineLow = advise(
  ['Residual chlorine low', '余氯不足'],
  60,
  ['Dosing pump failed, tank empty, demand of the water risen.', '加氯泵故障、药罐空或耗氯量增大。'],
  ['Germs may grow in the network; supply below the standard.', '管网可能滋生细菌，不符合标准。'],
  ['Check the dosing pump and tank level.', '检查加氯泵与药罐液位。'],
  ['Tell the waterworks; have a sample taken.', '通知水厂并取样化验。'],
)
const turbidityHigh = advise(
  ['Turbidity high', '浊度超标'],
  60,
  ['Flow reversed in the main, burst nearby, filter break-through.', '管道水流换向、附近爆管或滤池穿透。'],
  ['Brown water at the tap.', '用户水黄水浑。'],
  ['Flush at the nearest hydrant; tell the waterworks.', '就近消火栓排放，通知水厂。'],
)
const phOff = advise(
  ['pH out of range', 'pH 值越限'],
  60,
  ['Dosing wrong or foreign water has entered.', '加药异常或外来水侵入。'],
  ['Water below the standard; pipes corrode.', '水质不合格，管道腐蚀。'],
  ['Compare with the waterworks outlet; have a sample taken.', '与出厂水比对并取样化验。'],
)
const silent = advise(
  ['Pump station does not report', '泵站通信中断'],
  15,
  ['Network or controller failed, power lost.', '网络或控制器故障、停电。'],
  ['Station runs unwatched; it may flood or stop.', '泵站失去监视，可能溢流或停水。'],
  ['Call the station; look at pressure or level of its neighbours.', '电话联系站点，查看相邻站压力或液位。'],
  ['If nobody answers, send the nearest crew.', '无人应答则派最近人员前往。'],
)

const MISSED_REPORTS = 3

export function stationRules(build: RuleBuilders<PumpPoint, PumpRated>) {
  const quality = { priority: 'high', onDelay: minutes(2) } as const
  return {
    'chlorine-low': build.limit({ ...chlorineLow, ...quality, point: 'chlorine', low: 0.3, deadband: 0.05 }),
    'turbidity-high': build.limit({ ...turbidityHigh, ...quality, point: 'turbidity', high: 1, deadband: 0.1 }),
    'ph-out-of-range': build.limit({ ...phOff, ...quality, point: 'ph', low: 6.5, high: 8.5, deadband: 0.1 }),
    'communication-loss': build.silence({
      ...silent,
      priority: 'high',
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      needs: ['supply', 'link'],
      deprives: { of: ['link'] },
    }),
  }
}
