import type { RuleBuilders } from '../../detection/builders.ts'
import type { RuleOptions } from '../../detection/rule.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import { advise, type Both, perItem } from '../writing.ts'
import { type Quality, qualities, qualityName, type SewagePoint, type SewageRated } from './points.ts'

type Build = RuleBuilders<SewagePoint, SewageRated>

/** What an operator looks at for each substance. */
export const remedy: Record<Quality, Both> = {
  cod: ['Look at influent COD and dissolved oxygen; hold industrial inflow back.', '查看进水 COD 和溶解氧，控制工业来水。'],
  'nh3-n': ['Raise dissolved oxygen to 3 mg/L; keep more sludge in the basin.', '将溶解氧提高到 3 mg/L，减少排泥。'],
  tn: ['Check carbon dosing and the internal recycle.', '检查碳源投加和内回流。'],
  tp: ['Check PAC dosing; raise it by a fifth.', '检查 PAC 投加，增加两成。'],
  ss: ['Look at the clarifiers: sludge blanket and flow; draw off more sludge.', '查看二沉池泥位和流量，加大排泥。'],
}
export const cause: Record<Quality, Both> = {
  cod: ['Industrial discharge, overload, too little air.', '工业废水冲击、超负荷或曝气不足。'],
  'nh3-n': ['Too little air, cold water, poison in the influent, too little sludge.', '曝气不足、水温低、进水有毒物质或污泥量少。'],
  tn: ['Carbon source missing, internal recycle stopped.', '碳源不足或内回流停止。'],
  tp: ['PAC missing, sludge carried over.', 'PAC 不足或出水带泥。'],
  ss: ['Sludge bulks, clarifier overloaded, scraper stands.', '污泥膨胀、二沉池超负荷或刮泥机停转。'],
}

const nearLimit = (q: Quality) =>
  advise(
    [`Effluent ${qualityName[q].en} near its limit`, `出水${qualityName[q].zh}接近限值`],
    120,
    cause[q],
    ['The limit will be exceeded within hours.', '数小时内将超标。'],
    remedy[q],
    ['Have a sample taken to check the analyser.', '取样核对在线仪表。'],
  )
const aboveLimit = (q: Quality) =>
  advise(
    [`Effluent ${qualityName[q].en} above its limit for an hour`, `出水${qualityName[q].zh}小时均值超标`],
    60,
    cause[q],
    ['If it lasts, the daily mean exceeds the limit: an offence.', '持续下去日均值将超标，构成违法排放。'],
    remedy[q],
    ['Reduce the inflow as far as the sewers can hold it; use the spare line.', '在管网可调蓄范围内减少进水，启用备用系列。'],
    ['Take and keep a sample every two hours.', '每两小时留样。'],
  )
const breach = (q: Quality) =>
  advise(
    [`Effluent ${qualityName[q].en}: daily mean above its limit`, `出水${qualityName[q].zh}日均值超标`],
    60,
    cause[q],
    ['Limit of GB 18918 is broken; the river suffers and the plant is liable.', '违反 GB 18918，污染河道并须承担责任。'],
    ['Report to the environment bureau and the duty officer.', '报告生态环境部门和值班负责人。'],
    remedy[q],
    ['Keep samples and the records of this day.', '保留水样和当日运行记录。'],
  )
const phOff = advise(
  ['Effluent pH out of range', '出水 pH 越限'],
  60,
  ['Acid or alkali in the influent, wrong dosing, nitrification without alkalinity.', '进水酸碱冲击、投药错误或硝化碱度不足。'],
  ['Limit of GB 18918 (6 to 9) is broken.', '超出 GB 18918 规定的 6–9。'],
  ['Compare with influent pH; correct dosing of alkali.', '与进水 pH 比对，调整碱投加。'],
  ['Check the electrode with a portable meter.', '用便携仪校核电极。'],
)
const turbid = advise(
  ['Effluent turbid', '出水浊度高'],
  60,
  ['Sludge carried over the weirs, filter broken through.', '二沉池跑泥或滤池穿透。'],
  ['Suspended solids will exceed their limit; disinfection fails.', '悬浮物将超标，消毒失效。'],
  ['Look at the clarifiers and filters; reduce their flow.', '查看二沉池和滤池，降低负荷。'],
)
const lost = (q: Quality) =>
  advise(
    [`Analyser of effluent ${qualityName[q].en} lost`, `出水${qualityName[q].zh}仪表失效`],
    240,
    ['Analyser off, without reagent or in service; sample pump stands.', '仪表断电、缺试剂、检修或采样泵停转。'],
    ['A breach would go unseen; data owed to the authority are missing.', '超标无法发现，上报数据缺失。'],
    ['Ask whether it is being serviced.', '确认是否正在维护。'],
    ['Have samples taken every six hours until it is back.', '恢复前每六小时人工取样。'],
  )
const stuck = (q: Quality) =>
  advise(
    [`Effluent ${qualityName[q].en} reading does not move`, `出水${qualityName[q].zh}读数不变`],
    480,
    ['Analyser hangs, sample line blocked, output held.', '仪表死机、采样管堵塞或输出保持。'],
    ['A breach would go unseen.', '超标无法发现。'],
    ['Have a sample compared in the laboratory; clean the sample line.', '取样化验比对，清洗采样管。'],
  )

/** NH3-N may be higher in water of 12 degC or less (GB 18918-2002, table 1, note 2). An unknown temperature excuses nothing. */
export const COLD = 12

/** Alarms of the process that bring a substance out with the effluent. */
const roots: Record<Quality, readonly string[]> = {
  cod: ['aeration-failure', 'influent-cod-high'],
  'nh3-n': ['aeration-failure', 'do-very-low', 'mlss-out-of-range'],
  tn: ['carbon-dosing-failure', 'aeration-failure', 'effluent-nh3-n-high', 'mlss-out-of-range'],
  tp: ['pac-dosing-failure'],
  ss: [],
}

/** The mean of a window against a share of the daily limit. */
function meanAbove(build: Build, q: Quality, window: number, share: number, options: RuleOptions) {
  const most = { ...options, point: `effluent-${q}`, window } as const
  if (q !== 'nh3-n') {
    return build.mean({
      ...most,
      parameters: { share, high: (rated) => rated[`${q}-limit`] },
      limit: (_beside, { share, high }) => share * high,
    })
  }
  return build.mean({
    ...most,
    beside: ['water-temperature'],
    parameters: { share, high: (rated) => rated['nh3-n-limit'], cold: (rated) => rated['nh3-n-limit-cold'], coldUpTo: COLD },
    limit: ([temperature], { share, high, cold, coldUpTo }) => share * (temperature! <= coldUpTo ? cold : high),
  })
}

/** A breach of the daily mean is an offence whatever brought it about, so no other alarm hides it. */
function meanRules(build: Build) {
  return {
    ...perItem('effluent-', qualities, '-breach', (q) => meanAbove(build, q, hours(24), 1, { ...breach(q), priority: 'critical' })),
    ...perItem('effluent-', qualities, '-high', (q) =>
      meanAbove(build, q, hours(1), 1, { ...aboveLimit(q), priority: 'high', consequenceOf: roots[q] }),
    ),
    ...perItem('effluent-', qualities, '-near-limit', (q) =>
      meanAbove(build, q, hours(1), 0.8, {
        ...nearLimit(q),
        priority: 'medium',
        consequenceOf: [`effluent-${q}-high`, `effluent-${q}-breach`, ...roots[q]],
      }),
    ),
  }
}

function sampleRules(build: Build) {
  return {
    'effluent-ph-out-of-range': build.limit({
      ...phOff,
      priority: 'high',
      point: 'effluent-ph',
      low: 6,
      high: 9,
      deadband: 0.1,
      onDelay: minutes(10),
      consequenceOf: ['influent-ph-out-of-range'],
    }),
    // A turbid litre holds about as many mg of solids as it has NTU.
    'effluent-turbidity-high': build.limit({
      ...turbid,
      priority: 'medium',
      point: 'effluent-turbidity',
      high: (rated) => rated['ss-limit'],
      deadband: 1,
      onDelay: minutes(10),
      consequenceOf: ['effluent-ss-high', 'effluent-ss-breach'],
    }),
  }
}

function analyserRules(build: Build) {
  return {
    ...perItem('effluent-', qualities, '-lost', (q) =>
      build.loss({ ...lost(q), priority: 'medium', point: `effluent-${q}`, period: hours(1) }),
    ),
    // Analysers that digest a sample hold their value for two hours between two of them.
    ...perItem('effluent-', qualities, '-stuck', (q) =>
      build.stuck({ ...stuck(q), priority: 'medium', point: `effluent-${q}`, period: hours(6), tolerance: 0 }),
    ),
  }
}

export const effluentRules = (build: Build) => ({ ...meanRules(build), ...sampleRules(build), ...analyserRules(build) })
