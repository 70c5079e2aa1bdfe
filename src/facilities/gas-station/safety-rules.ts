import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, any, certainly, is } from '../../detection/expression.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, type Both, inEach, perItem, resetByTwo } from '../writing.ts'
import { detectors, type GasDetector, type GasPoint, type GasRated } from './points.ts'

const noSparks: Both = ['No switching, no telephone, no vehicles within the station.', '站内禁止开关电器、使用电话和车辆启动。']

const gasCutOff = (n: GasDetector) =>
  advise(
    [`Methane ${n} at 40 %LEL: cut off`, `${n} 号探测器甲烷达 40%LEL，须切断`],
    1,
    ['Large leak at a flange, valve, filter or pipe.', '法兰、阀门、过滤器或管道大量泄漏。'],
    ['Explosive mixture within minutes.', '数分钟内形成爆炸性混合气体。'],
    ['Close inlet and outlet valve; press emergency shutdown.', '关闭进出站阀，启动紧急停车。'],
    noSparks,
    ['Evacuate upwind, call the fire brigade (119), close the road.', '向上风向疏散，拨打 119，封闭道路。'],
    resetByTwo('a measurement on site', '现场检测合格'),
  )
const gasAlarm = (n: GasDetector) =>
  advise(
    [`Methane ${n} at 20 %LEL`, `${n} 号探测器甲烷达 20%LEL`],
    3,
    ['Leak at a flange, valve, filter or instrument.', '法兰、阀门、过滤器或仪表接头泄漏。'],
    ['May rise to an explosive mixture.', '可能达到爆炸浓度。'],
    ['Check that the fan runs; start it.', '确认风机运行，未运行则启动。'],
    noSparks,
    ['Send two people with portable detectors; they look from outside first.', '派两人携便携式检测仪，先在室外检测。'],
    ['Make ready to close the inlet valve at 40 %LEL.', '达 40%LEL 立即关闭进站阀。'],
    resetByTwo('the leak was found and a measurement on site', '查明漏点且现场检测合格'),
  )
const detectorLost = (n: GasDetector) =>
  advise(
    [`Methane detector ${n} lost`, `${n} 号甲烷探测器失效`],
    5,
    ['Detector failed, cable cut, supply of the detector off.', '探测器损坏、线缆断开或供电中断。'],
    ['A leak at this place would go unseen.', '该处泄漏将无法发现。'],
    ['Treat the place as if gas were there until it was measured.', '检测前按有气处理。'],
    ['Send two people with portable detectors to stand in for it.', '派两人携便携式检测仪现场值守。'],
    ['Replace the detector today.', '当日更换探测器。'],
  )
const detectorFrozen = (n: GasDetector) =>
  advise(
    [`Methane detector ${n} does not move`, `${n} 号甲烷探测器读数冻结`],
    15,
    ['Transmitter hangs or its output is held in service mode.', '变送器死机或处于检修保持状态。'],
    ['A leak at this place would go unseen.', '该处泄漏将无法发现。'],
    ['Ask whether it is in calibration.', '确认是否正在标定。'],
    ['If not, send two people to test it with calibration gas.', '若非标定，派两人用标准气测试。'],
  )
const flame = advise(
  ['Flame in the station', '站内发现火焰'],
  1,
  ['Burning leak, welding, fire.', '泄漏着火、动火作业或火灾。'],
  ['Explosion of tanks and pipes.', '储罐及管道可能爆炸。'],
  ['Press emergency shutdown; close inlet and outlet valve.', '启动紧急停车，关闭进出站阀。'],
  ['Call the fire brigade (119); evacuate.', '拨打 119 并疏散。'],
  resetByTwo('the fire is out and a measurement on site', '确认明火熄灭且现场检测合格'),
)
const shutOffTripped = advise(
  ['Shut-off valve tripped', '切断阀动作'],
  5,
  ['Outlet pressure was too high, regulator failed.', '出口超压或调压器失效。'],
  ['The district has no gas; flames at customers go out.', '片区停气，用户灶火熄灭。'],
  ['Change to the standby line.', '切换备用调压路。'],
  ['Do not reopen before the regulator was checked and customers were warned.', '检查调压器并通知用户前不得恢复供气。'],
)
const esd = advise(
  ['Emergency shutdown', '紧急停车动作'],
  2,
  ['Button pressed on site, or the safety controller acted.', '现场按下急停或安全系统动作。'],
  ['Station is shut; the district lives on what is in the pipes.', '站场停运，片区仅靠管存供气。'],
  ['Call the station: what happened, is anyone hurt?', '联系现场，确认情况与人员安全。'],
  ['Tell the dispatcher to feed the district from elsewhere.', '通知调度由其他气源供气。'],
)
const fanMissing = advise(
  ['Gas present and fan not running', '有燃气而风机未运行'],
  2,
  ['Fan failed or its interlock is bypassed.', '风机故障或联锁被旁路。'],
  ['Gas gathers in the room.', '燃气在室内积聚。'],
  ['Start the fan from here (explosion-proof switchgear only).', '远程启动防爆风机。'],
  ['If it does not start, close the inlet valve.', '无法启动则关闭进站阀。'],
)
const closedValveFlow = advise(
  ['Flow with all valves shut: leak', '阀门全关仍有流量，疑似泄漏'],
  5,
  ['Valve does not close tightly, or gas leaves between the valves.', '阀门内漏或阀间管道泄漏。'],
  ['Gas escapes; the station cannot be isolated.', '燃气外泄，站场无法隔离。'],
  ['Close the next valve upstream.', '关闭上一级阀门。'],
  ['Send two people with portable detectors.', '派两人携便携式检测仪前往。'],
  resetByTwo('the leak was closed and a measurement on site', '漏点消除且现场检测合格'),
)
const silent = advise(
  ['Gas station does not report', '燃气站通信中断'],
  5,
  ['Network or controller failed, power lost.', '网络或控制器故障、停电。'],
  ['Leaks and overpressure go unseen.', '泄漏与超压无法发现。'],
  ['Call the person on duty there; have pressure and gas read by hand every 10 minutes.', '联系现场值班人员，每 10 分钟人工读数上报。'],
  ['Nobody there: send two people at once.', '现场无人则立即派两人前往。'],
)

const MISSED_REPORTS = 3
/** Gas that brings the fan on, %LEL. */
const FAN_LEVEL = 20

export function safetyRules(build: RuleBuilders<GasPoint, GasRated>) {
  const safety = { priority: 'critical', shelvable: false } as const
  return {
    // The higher alarm hides the lower one of its own detector; those of the others still show.
    ...inEach(detectors, (n) =>
      build.levels({
        point: `ch4-${n}`,
        deadband: 2,
        latching: true,
        shelvable: false,
        highHigh: { key: `ch4-cut-off-${n}`, ...gasCutOff(n), priority: 'critical', limit: 40 },
        high: { key: `ch4-alarm-${n}`, ...gasAlarm(n), priority: 'critical', limit: FAN_LEVEL },
      }),
    ),
    ...perItem('ch4-lost-', detectors, '', (n) => build.loss({ ...detectorLost(n), ...safety, point: `ch4-${n}`, period: seconds(30) })),
    // A live detector flickers by some tenths even in clean air.
    ...perItem('ch4-frozen-', detectors, '', (n) =>
      build.stuck({ ...detectorFrozen(n), ...safety, point: `ch4-${n}`, period: minutes(60), tolerance: 0 }),
    ),
    flame: build.condition({ ...flame, ...safety, latching: true, when: is('flame', 1) }),
    'shut-off-tripped': build.condition({ ...shutOffTripped, ...safety, when: is('shut-off-tripped', 1) }),
    esd: build.condition({ ...esd, ...safety, when: is('esd', 1) }),
    'fan-not-running': build.condition({
      ...fanMissing,
      ...safety,
      when: all(is('fan', 0), any(...detectors.map((n) => certainly(above(`ch4-${n}`, 'gas'))))),
      onDelay: seconds(10),
      parameters: { gas: FAN_LEVEL },
    }),
    'closed-valve-flow': build.condition({
      ...closedValveFlow,
      ...safety,
      latching: true,
      when: all(above('flow', { rated: 'flow', times: 'flowShare' }), is('inlet-valve', 0), is('outlet-valve', 0)),
      onDelay: seconds(30),
      parameters: { flowShare: 0.01 },
    }),
    'communication-loss': build.silence({
      ...silent,
      ...safety,
      period: (rated) => seconds(MISSED_REPORTS * rated['report-interval']),
      needs: ['supply', 'link'],
      deprives: { of: ['link'] },
    }),
  }
}
