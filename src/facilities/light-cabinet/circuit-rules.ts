import type { RuleBuilders } from '../../detection/builders.ts'
import { seconds } from '../../telemetry/duration.ts'
import { advise, perItem } from '../writing.ts'
import { type CabinetPoint, type CabinetRated, type Circuit, circuits } from './points.ts'

const openCircuit = (n: Circuit) =>
  advise(
    [`Circuit ${n} carries no current`, `${n} 号回路无电流`],
    10,
    ['Cable cut or stolen, fuse blown, main joint burnt.', '电缆被盗或被挖断、熔断器熔断、主接头烧损。'],
    ['Every lamp of the circuit is dark; bare cable ends may be live.', '整个回路灯具熄灭，裸露线头可能带电。'],
    ['Look at the breaker: if it has not tripped, suspect cable theft.', '查看断路器：未跳闸则怀疑电缆被盗。'],
    [
      'Open the contactor so that cut ends are dead, and send a crew (with the police for theft).',
      '断开接触器使断头不带电，派人抢修，疑似被盗时联系公安。',
    ],
  )

const unexpectedLoad = (n: Circuit) =>
  advise(
    [`Circuit ${n} carries current although open`, `${n} 号回路断开仍有电流`],
    240,
    ['Contactor contacts welded, or the circuit is fed from elsewhere.', '接触器触点粘连，或回路被外部反送电。'],
    ['Lamps burn by day; crews may touch a circuit they think is dead.', '白天亮灯；检修人员可能误触带电线路。'],
    ['Warn every crew on this circuit before anything else.', '首先通知该回路所有检修人员。'],
    ['Repeat the open command; if current stays, order a contactor check.', '重发断开指令，仍有电流则派单检查接触器。'],
  )

const contactorStuck = (n: Circuit) =>
  advise(
    [`Circuit ${n} contactor does not follow`, `${n} 号回路接触器拒动`],
    60,
    ['Coil burnt, contacts welded, control wire loose, or local switch in manual.', '线圈烧毁、触点粘连、控制线松动或就地手动。'],
    ['The circuit stays dark at night or burns by day.', '夜间不亮或白天亮灯。'],
    ['Repeat the command once.', '重新下发一次指令。'],
    ['Look at the mode: in manual, ask the crew on site; otherwise order a repair.', '查看运行模式：手动时询问现场，否则派单维修。'],
  )

const breakerTripped = (n: Circuit) =>
  advise(
    [`Circuit ${n} breaker tripped`, `${n} 号回路断路器跳闸`],
    60,
    ['Short circuit or overload, often water in a joint box after rain.', '短路或过载，雨后常见接线盒进水。'],
    ['All lamps of the circuit are dark.', '该回路全部灯具熄灭。'],
    ['Do not reclose from here before the insulation was measured.', '测量绝缘前不得远程合闸。'],
    ['Send a crew; on a main road tell the traffic police.', '派人处理；主干道通知交警。'],
  )

const leakage = (n: Circuit) =>
  advise(
    [`Circuit ${n} leakage dangerous to life`, `${n} 号回路漏电危及人身安全`],
    5,
    ['Damaged cable, water in joint boxes or poles.', '电缆破损，接线盒或灯杆进水。'],
    ['Poles of this circuit may be live; people can be killed.', '该回路灯杆可能带电，危及生命。'],
    ['Open the circuit now.', '立即断开该回路。'],
    ['Send a crew to measure pole by pole; keep people away, above all in standing water.', '派人逐杆检测，疏散人员，特别是积水路段。'],
  )

const leakageRising = (n: Circuit) =>
  advise(
    [`Circuit ${n} leakage raised`, `${n} 号回路漏电流升高`],
    30,
    ['Moisture or ageing insulation somewhere on the circuit.', '线路某处受潮或绝缘老化。'],
    ['May become dangerous to life with the next rain.', '下次降雨时可能危及生命。'],
    ['Watch the value; above 300 mA open the circuit.', '持续关注，超过 300 mA 立即断开。'],
    ['Send a crew today to find the place by opening branch after branch.', '当日派人逐段排查漏点。'],
  )

/** The rules every circuit has; circuits a cabinet does not have report nothing and are not judged. */
export function circuitRules(build: RuleBuilders<CabinetPoint, CabinetRated>) {
  const safety = { priority: 'critical', shelvable: false } as const
  return {
    ...perItem('open-circuit-', circuits, '', (n) =>
      build.condition({
        ...openCircuit(n),
        priority: 'critical',
        points: [`circuit-${n}-current`, `circuit-${n}-contactor`, `circuit-${n}-tripped`],
        when: ([current, contactor, tripped]) => contactor === 1 && tripped === 0 && current! < 0.2,
        onDelay: seconds(30),
        parameters: { closedBelow: 0.2 },
      }),
    ),
    ...perItem('unexpected-load-', circuits, '', (n) =>
      build.condition({
        ...unexpectedLoad(n),
        priority: 'medium',
        points: [`circuit-${n}-current`, `circuit-${n}-contactor`],
        when: ([current, contactor]) => contactor === 0 && current! > 0.5,
        onDelay: seconds(30),
        parameters: { openAbove: 0.5 },
      }),
    ),
    ...perItem('contactor-stuck-', circuits, '', (n) =>
      build.discrepancy({
        ...contactorStuck(n),
        priority: 'high',
        command: `circuit-${n}-command`,
        feedback: `circuit-${n}-contactor`,
        onDelay: seconds(10),
      }),
    ),
    ...perItem('breaker-tripped-', circuits, '', (n) =>
      build.condition({ ...breakerTripped(n), priority: 'high', points: [`circuit-${n}-tripped`], when: ([tripped]) => tripped === 1 }),
    ),
    ...perItem('leakage-', circuits, '', (n) =>
      build.limit({ ...leakage(n), ...safety, point: `circuit-${n}-leakage`, high: 300, deadband: 20 }),
    ),
    ...perItem('leakage-rising-', circuits, '', (n) =>
      build.limit({ ...leakageRising(n), ...safety, point: `circuit-${n}-leakage`, high: 100, deadband: 10, onDelay: seconds(10) }),
    ),
  }
}
