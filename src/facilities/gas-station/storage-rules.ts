import type { RuleBuilders } from '../../detection/builders.ts'
import type { RuleOptions } from '../../detection/rule.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import { advise, resetByTwo } from '../writing.ts'
import type { GasPoint, GasRated, Rated } from './points.ts'

type Build = RuleBuilders<GasPoint, GasRated>

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
  resetByTwo('the level is below 90 %', '液位降至 90% 以下'),
)
const tankPressure = advise(
  ['Tank pressure high', '储罐压力高'],
  10,
  ['Vacuum of the insulation lost, heat, vaporiser runs on.', '绝热真空失效、受热或增压器未停。'],
  ['Relief valve opens and gas escapes.', '安全阀起跳排放燃气。'],
  ['Stop the vaporiser of the tank; release to the network.', '停止增压，向管网泄压。'],
  ['Cool the tank with water if it rises on.', '继续升高则喷淋降温。'],
  resetByTwo('the cause was found and the relief valve has closed', '查明原因并确认安全阀已回座'),
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

function tankRules(build: Build) {
  return {
    ...build.levels({
      point: 'tank-level',
      deadband: 1,
      onDelay: seconds(10),
      highHigh: { key: 'tank-overfull', ...tankOverfull, priority: 'critical', latching: true, shelvable: false, limit: 95 },
      high: { key: 'tank-full', ...tankFull, priority: 'medium', limit: 90 },
      low: { key: 'tank-low', ...tankLow, priority: 'medium', limit: 20, consequenceOf: ['reserve-low'] },
      lowLow: { key: 'tank-nearly-empty', ...tankEmpty, priority: 'high', limit: 10 },
    }),
    'tank-pressure-high': build.limit({
      ...tankPressure,
      priority: 'critical',
      latching: true,
      shelvable: false,
      point: 'tank-pressure',
      high: 0.75,
      deadband: 0.02,
    }),
  }
}

/** t a day: what is forecast, and the planned use until somebody has. */
const useOf = (expected: number, rated: Rated) => (expected > 0 ? expected : rated['daily-use'])

/** The usable inventory lasts for fewer days than this at the use that is expected. */
function reserve(build: Build, days: number, options: RuleOptions) {
  return build.condition({
    ...options,
    version: 2,
    points: ['inventory'],
    optional: ['expected-use'],
    when: ([inventory, expected], rated, limits) => (inventory! * rated['usable-share']) / useOf(expected!, rated) < limits.days,
    expected: ([, expected], rated, limits) => (limits.days * useOf(expected!, rated)) / rated['usable-share'],
    parameters: { days },
    onDelay: minutes(10),
    offDelay: minutes(10),
  })
}

function reserveRules(build: Build) {
  return {
    'reserve-low': reserve(build, 3, { ...reserveLow, priority: 'high', consequenceOf: ['tank-nearly-empty'] }),
    'reserve-warning': reserve(build, 7, {
      ...reserveWarn,
      priority: 'medium',
      consequenceOf: ['reserve-low', 'tank-nearly-empty', 'tank-low'],
    }),
  }
}

export const storageRules = (build: Build) => ({ ...tankRules(build), ...reserveRules(build) })
