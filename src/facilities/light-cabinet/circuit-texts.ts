import { advise, resetByTwo } from '../writing.ts'
import type { Circuit } from './points.ts'

export const openCircuit = (n: Circuit) =>
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

export const unexpectedLoad = (n: Circuit) =>
  advise(
    [`Circuit ${n} carries current although open`, `${n} 号回路断开仍有电流`],
    240,
    ['Contactor contacts welded, or the circuit is fed from elsewhere.', '接触器触点粘连，或回路被外部反送电。'],
    ['Lamps burn by day; crews may touch a circuit they think is dead.', '白天亮灯；检修人员可能误触带电线路。'],
    ['Warn every crew on this circuit before anything else.', '首先通知该回路所有检修人员。'],
    ['Repeat the open command; if current stays, order a contactor check.', '重发断开指令，仍有电流则派单检查接触器。'],
  )

export const contactorOpen = (n: Circuit) =>
  advise(
    [`Circuit ${n} contactor does not close`, `${n} 号回路接触器拒合`],
    30,
    ['Coil burnt, control fuse blown, control wire loose, or local switch in manual.', '线圈烧毁、控制熔断器熔断、控制线松动或就地手动。'],
    ['The circuit stays dark.', '该回路夜间不亮灯。'],
    ['Repeat the on command once.', '重新下发一次合闸指令。'],
    ['Look at the mode: in manual, ask the crew on site; otherwise order a repair.', '查看运行模式：手动时询问现场，否则派单维修。'],
  )

export const contactorWelded = (n: Circuit) =>
  advise(
    [`Circuit ${n} contactor does not open`, `${n} 号回路接触器拒分`],
    240,
    ['Contacts welded by inrush current, or local switch in manual.', '触点因冲击电流粘连，或就地手动。'],
    ['The circuit burns by day and cannot be made dead from here.', '该回路白天亮灯，且无法远程断电。'],
    ['Repeat the off command once.', '重新下发一次分闸指令。'],
    ['Warn every crew on this circuit that it is live; order a new contactor.', '通知该回路检修人员线路带电，派单更换接触器。'],
  )

export const breakerTripped = (n: Circuit) =>
  advise(
    [`Circuit ${n} breaker tripped`, `${n} 号回路断路器跳闸`],
    60,
    ['Short circuit or overload, often water in a joint box after rain.', '短路或过载，雨后常见接线盒进水。'],
    ['All lamps of the circuit are dark.', '该回路全部灯具熄灭。'],
    ['Do not reclose from here before the insulation was measured.', '测量绝缘前不得远程合闸。'],
    ['Send a crew; on a main road tell the traffic police.', '派人处理；主干道通知交警。'],
  )

export const leakage = (n: Circuit) =>
  advise(
    [`Circuit ${n} leakage dangerous to life`, `${n} 号回路漏电危及人身安全`],
    5,
    ['Damaged cable, water in joint boxes or poles.', '电缆破损，接线盒或灯杆进水。'],
    ['Poles of this circuit may be live; people can be killed.', '该回路灯杆可能带电，危及生命。'],
    ['Open the circuit now.', '立即断开该回路。'],
    ['Send a crew to measure pole by pole; keep people away, above all in standing water.', '派人逐杆检测，疏散人员，特别是积水路段。'],
    resetByTwo('the insulation of the circuit measured well', '回路绝缘检测合格'),
  )

export const leakageRising = (n: Circuit) =>
  advise(
    [`Circuit ${n} leakage raised`, `${n} 号回路漏电流升高`],
    30,
    ['Moisture or ageing insulation somewhere on the circuit.', '线路某处受潮或绝缘老化。'],
    ['May become dangerous to life with the next rain.', '下次降雨时可能危及生命。'],
    ['Watch the value; above 300 mA open the circuit.', '持续关注，超过 300 mA 立即断开。'],
    ['Send a crew today to find the place by opening branch after branch.', '当日派人逐段排查漏点。'],
    resetByTwo('the insulation of the circuit measured well', '回路绝缘检测合格'),
  )

const countLamps = [
  'The figure "lamps out" says how many: compare it with citizens\' reports and with lamps that report themselves.',
  '“灭灯数”给出估算盏数，与市民报修及单灯数据核对。',
] as const

export const fewLampsOut = (n: Circuit) =>
  advise(
    [`Circuit ${n} carries less than usual`, `${n} 号回路电流低于往常`],
    1440,
    ['Some lamps are out, or a branch of the cable is lost.', '部分灯具熄灭或支线断电。'],
    ['Dark places on the road; the lamp-on rate falls.', '路段缺亮，亮灯率下降。'],
    countLamps,
    ['Have the circuit driven along at night and order the repair of all lamps in one trip.', '安排夜间巡查该回路，一次派单修复全部灭灯。'],
  )

export const manyLampsOut = (n: Circuit) =>
  advise(
    [`Circuit ${n} has lost a quarter of its lamps`, `${n} 号回路成片灭灯`],
    240,
    ['Cable cut or stolen behind a joint, or a joint burnt.', '接头后端电缆断裂或被盗，或接头烧损。'],
    ['A stretch of road is dark; bare cable ends may be live.', '路段大面积缺亮，裸露线头可能带电。'],
    countLamps,
    [
      'Send a crew tonight: the last good lamp marks the place. Think of cable theft.',
      '当晚派人处理，最后一盏正常灯即为故障点，注意电缆被盗。',
    ],
  )
