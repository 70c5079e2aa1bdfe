import type { RuleBuilders } from '../../detection/builders.ts'
import { above, all, any, below, certainly, is } from '../../detection/expression.ts'
import { minutes } from '../../telemetry/duration.ts'
import { advise, inEach, perItem } from '../writing.ts'
import { type LiftPump, liftPumps, type Machine, machineName, machines, type SewagePoint, type SewageRated } from './points.ts'

type Build = RuleBuilders<SewagePoint, SewageRated>

const isBlower = (m: Machine): m is 'blower-1' | 'blower-2' => m.startsWith('blower')

const notFollowing = (m: Machine) =>
  advise(
    [`${machineName[m].en} does not follow its command`, `${machineName[m].zh}启停失败`],
    15,
    ['Protection tripped, drive or contactor failed, emergency stop pressed.', '保护跳闸、变频器或接触器故障、急停被按下。'],
    isBlower(m)
      ? ['Oxygen falls; NH3-N rises within hours.', '溶解氧下降，数小时内氨氮升高。']
      : ['Wet well rises and overflows.', '集水井水位上升并溢流。'],
    ['Start the standby machine.', '启动备用设备。'],
    ['Read the fault of the drive before it is reset; send the electrician.', '复位前查看故障代码，派电工检查。'],
  )
const overloadTrip = (m: Machine) =>
  advise(
    [`${machineName[m].en} heavily overloaded`, `${machineName[m].zh}严重过载`],
    5,
    ['Impeller jammed, bearing seized, one phase lost.', '叶轮卡死、轴承抱死或缺相。'],
    ['Protection trips or the winding burns.', '保护跳闸或绕组烧毁。'],
    ['Change to the standby machine and stop this one.', '切换备用设备并停机。'],
    ['Do not restart before the shaft turns by hand.', '盘车正常前不得重启。'],
  )
const overload = (m: Machine) =>
  advise(
    [`${machineName[m].en} overloaded`, `${machineName[m].zh}过载`],
    60,
    isBlower(m)
      ? ['Filter or diffusers clogged, low voltage.', '滤网或曝气头堵塞、电压低。']
      : ['Impeller partly blocked, low voltage.', '叶轮部分堵塞、电压低。'],
    ['Winding ages quickly.', '绕组加速老化。'],
    ['Reduce the load; order a check.', '降低负荷，派单检查。'],
  )
const vibrationTrip = (m: Machine) =>
  advise(
    [`${machineName[m].en} vibrates dangerously`, `${machineName[m].zh}振动超限`],
    15,
    ['Bearing or coupling breaking, impeller damaged, surge.', '轴承或联轴器将断裂、叶轮损坏或喘振。'],
    ['Machine destroys itself.', '设备将损毁。'],
    ['Change to the standby machine and stop this one.', '切换备用设备并停机。'],
  )
const vibrationHigh = (m: Machine) =>
  advise(
    [`${machineName[m].en} vibration raised`, `${machineName[m].zh}振动偏大`],
    1440,
    ['Imbalance, misalignment, loose bolts, worn bearing.', '不平衡、不对中、螺栓松动或轴承磨损。'],
    ['Bearings and seals wear quickly.', '轴承与密封加速磨损。'],
    ['Order a vibration measurement on site.', '派单现场测振。'],
  )
const bearingTrip = (m: Machine) =>
  advise(
    [`${machineName[m].en} bearing overheated`, `${machineName[m].zh}轴承过热`],
    10,
    ['Bearing is failing, no oil.', '轴承正在损坏或缺油。'],
    ['Shaft seizes; the motor burns.', '轴抱死，电机烧毁。'],
    ['Change to the standby machine and stop this one.', '切换备用设备并停机。'],
    ['Order replacement of the bearing.', '派单更换轴承。'],
  )
const bearingWarm = (m: Machine) =>
  advise(
    [`${machineName[m].en} bearing warm`, `${machineName[m].zh}轴承温度偏高`],
    240,
    ['Oil or grease missing or too much, misalignment, wear.', '油脂不足或过多、不对中或磨损。'],
    ['Bearing will fail.', '轴承将损坏。'],
    ['Check oil level and cooling; order lubrication.', '检查油位与冷却，派单润滑。'],
  )
const dryRunning = (m: LiftPump) =>
  advise(
    [`${machineName[m].en} runs dry`, `${machineName[m].zh}干转`],
    5,
    ['Air drawn in, inlet blocked, broken shaft.', '吸入空气、进口堵塞或断轴。'],
    ['Seal and bearings are destroyed within minutes.', '数分钟内机封与轴承损坏。'],
    ['Stop the pump now and start the other.', '立即停泵并启动另一台。'],
  )
const pressureHigh = advise(
  ['Air pressure high', '曝气风压高'],
  120,
  ['Diffusers clogged, valve closed.', '曝气头堵塞或风阀关闭。'],
  ['Less air reaches the basin; the blower surges.', '供气减少，风机可能喘振。'],
  ['Check the air valves; flex or clean the diffusers.', '检查风阀，清洗曝气头。'],
)
const pressureLow = advise(
  ['Air pressure low', '曝气风压低'],
  30,
  ['Air main broken or open, inlet filter clogged, belt torn.', '风管破裂或敞开、进风滤网堵塞或皮带断裂。'],
  ['Air does not reach the basin; oxygen falls.', '空气到不了曝气池，溶解氧下降。'],
  ['Start the other blower; look along the air main.', '启动另一台风机，沿风管巡查。'],
)

const ratedCurrent = (m: Machine, rated: Readonly<Record<SewageRated, number>>) =>
  rated[isBlower(m) ? 'blower-current' : 'lift-pump-current']

/** Reports come once a minute, so delays are some minutes long. */
function motorRules(build: Build) {
  return {
    ...perItem('', machines, '-not-following', (m) =>
      build.discrepancy({
        ...notFollowing(m),
        priority: 'high',
        command: `${m}-command`,
        feedback: m,
        onDelay: minutes(1),
        expects: true,
        consequenceOf: isBlower(m) ? ['aeration-failure'] : [],
      }),
    ),
    ...inEach(machines, (m) =>
      build.levels({
        point: `${m}-current`,
        onDelay: minutes(2),
        offDelay: minutes(2),
        highHigh: {
          key: `${m}-overload-trip`,
          ...overloadTrip(m),
          priority: 'high',
          limit: (rated) => 1.15 * ratedCurrent(m, rated),
        },
        high: { key: `${m}-overload`, ...overload(m), priority: 'medium', limit: (rated) => 1.05 * ratedCurrent(m, rated) },
      }),
    ),
    ...perItem('', liftPumps, '-dry-running', (m) =>
      build.condition({
        ...dryRunning(m),
        priority: 'high',
        when: all(below(`${m}-current`, { rated: 'lift-pump-current', times: 'currentShare' }), is(m, 1)),
        parameters: { currentShare: 0.5 },
        onDelay: minutes(1),
      }),
    ),
  }
}

function wearRules(build: Build) {
  const onDelay = minutes(2)
  return {
    ...inEach(machines, (m) =>
      build.levels({
        point: `${m}-bearing-temperature`,
        deadband: 3,
        onDelay,
        highHigh: { key: `${m}-bearing-overheated`, ...bearingTrip(m), priority: 'high', limit: 85 },
        high: { key: `${m}-bearing-warm`, ...bearingWarm(m), priority: 'medium', limit: 75 },
      }),
    ),
    ...inEach(machines, (m) =>
      build.levels({
        point: `${m}-vibration`,
        deadband: 0.3,
        onDelay,
        highHigh: {
          key: `${m}-vibration-trip`,
          ...vibrationTrip(m),
          priority: 'high',
          limit: (rated) => rated['vibration-trip'],
          consequenceOf: [`${m}-bearing-overheated`],
        },
        high: {
          key: `${m}-vibration-high`,
          ...vibrationHigh(m),
          priority: 'medium',
          limit: (rated) => rated['vibration-high'],
          consequenceOf: [`${m}-bearing-overheated`, `${m}-bearing-warm`],
        },
      }),
    ),
  }
}

/** Both blowers blow into one main: the pressure of any that runs is that of the main. */
function airRules(build: Build) {
  const limit = { rated: 'blower-pressure', times: 'share' } as const
  // A plant of one blower does not report the second.
  return {
    'air-pressure-high': build.condition({
      ...pressureHigh,
      priority: 'medium',
      when: any(
        all(is('blower-1', 1), above('blower-1-pressure', limit)),
        certainly(all(is('blower-2', 1), above('blower-2-pressure', limit))),
      ),
      parameters: { share: 1.15 },
      onDelay: minutes(5),
      offDelay: minutes(5),
    }),
    'air-pressure-low': build.condition({
      ...pressureLow,
      priority: 'high',
      when: any(
        all(is('blower-1', 1), below('blower-1-pressure', limit)),
        certainly(all(is('blower-2', 1), below('blower-2-pressure', limit))),
      ),
      parameters: { share: 0.7 },
      onDelay: minutes(5),
      offDelay: minutes(5),
    }),
  }
}

export const machineRules = (build: Build) => ({ ...motorRules(build), ...wearRules(build), ...airRules(build) })
