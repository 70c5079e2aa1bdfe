import type { RuleBuilders } from '../../detection/builders.ts'
import { advise, type Both, perItem } from '../writing.ts'
import { COLD, cause, remedy } from './effluent-rules.ts'
import { type Quality, qualities, qualityName, type SewagePoint, type SewageRated } from './points.ts'

type Build = RuleBuilders<SewagePoint, SewageRated>

const offence: Both = [
  'The sample breaks a limit of the discharge permit (GB 18918): an offence.',
  '化验超出排放限值（GB 18918），构成违法排放。',
]
const again: Both = [
  'Have the kept sample analysed again; a wrong result is corrected where it was entered.',
  '复测留样；结果有误则在录入处更正。',
]
const report: Both = ['Report to the environment bureau and the duty officer.', '报告生态环境部门和值班负责人。']

const breach = (q: Quality) =>
  advise(
    [`Laboratory: effluent ${qualityName[q].en} above its limit`, `化验：出水${qualityName[q].zh}超标`],
    120,
    cause[q],
    offence,
    again,
    remedy[q],
    [
      'Compare with the analyser over the day before the sample; calibrate it if it read less.',
      '与取样前一日在线均值比对，在线偏低则校准。',
    ],
    report,
  )
const bod5Near = advise(
  ['Effluent BOD5 near its limit', '出水 BOD5 接近限值'],
  480,
  ['Too little air or sludge, overload.', '曝气或污泥不足、超负荷。'],
  ['The next sample may exceed the limit.', '下次化验可能超标。'],
  ['Raise dissolved oxygen; compare with COD of the same days.', '提高溶解氧，与同期 COD 比对。'],
)
const bod5Breach = advise(
  ['Effluent BOD5 above its limit', '出水 BOD5 超标'],
  120,
  ['Too little air or sludge, overload.', '曝气或污泥不足、超负荷。'],
  ['Limit of GB 18918 is broken; the river loses its oxygen.', '违反 GB 18918，河道缺氧。'],
  again,
  report,
)
const phOff = advise(
  ['Laboratory: effluent pH out of range', '化验：出水 pH 越限'],
  120,
  ['Acid or alkali in the influent, wrong dosing, nitrification without alkalinity.', '进水酸碱冲击、投药错误或硝化碱度不足。'],
  offence,
  again,
  ['Correct dosing of alkali; check the electrode of the analyser.', '调整碱投加，校核在线电极。'],
  report,
)
const germs = advise(
  ['Laboratory: too many faecal coliforms in the effluent', '化验：出水粪大肠菌群超标'],
  120,
  ['Disinfectant missing or too weak, too short a contact, solids shield the germs.', '消毒剂不足或失效、接触时间短或悬浮物遮蔽。'],
  ['Germs reach the river; bathing and intakes below are at risk.', '病菌进入河道，下游取水和亲水活动有风险。'],
  ['Raise the dose of disinfectant; look at its tank and pumps.', '提高消毒剂投加量，检查药罐和加药泵。'],
  again,
  report,
)
const wetSludge = advise(
  ['Laboratory: dewatered sludge too wet', '化验：脱水污泥含水率超标'],
  480,
  ['Too little polymer, worn belts or screw, fed too fast.', '絮凝剂不足、滤带或螺旋磨损、进泥过快。'],
  [
    'Above 80 % the sludge may not leave the plant (GB 18918); stores and lorries fill sooner.',
    '含水率超过 80% 不得出厂（GB 18918），料仓和车辆更快装满。',
  ],
  ['Adjust the dose of polymer and the feed; have another sample taken.', '调整絮凝剂投加和进泥量，重新取样。'],
)

/** Dewatered sludge must hold less water, % (GB 18918-2002, 4.3.2). */
const WETTEST = 80

/** A mixed sample of a day is a daily mean, so that each result is judged by the limit of that. */
export const laboratoryRules = (build: Build) => ({
  ...perItem('lab-', qualities, '-breach', (q) =>
    build.sample({
      ...breach(q),
      priority: 'high',
      point: `lab-${q}`,
      high: (rated) => rated[`${q}-limit`],
      ...(q === 'nh3-n' && { cold: { point: 'water-temperature', upTo: COLD, high: (rated) => rated['nh3-n-limit-cold'] } }),
    }),
  ),
  'effluent-bod5-breach': build.sample({
    ...bod5Breach,
    priority: 'high',
    point: 'effluent-bod5',
    high: (rated) => rated['bod5-limit'],
  }),
  'effluent-bod5-near-limit': build.sample({
    ...bod5Near,
    priority: 'medium',
    point: 'effluent-bod5',
    high: (rated) => 0.8 * rated['bod5-limit'],
    consequenceOf: ['effluent-bod5-breach'],
  }),
  'lab-ph-out-of-range': build.sample({ ...phOff, priority: 'high', point: 'lab-ph', low: 6, high: 9 }),
  'lab-coliforms-breach': build.sample({
    ...germs,
    priority: 'high',
    point: 'lab-coliforms',
    high: (rated) => rated['coliforms-limit'],
  }),
  'sludge-moisture-high': build.sample({ ...wetSludge, priority: 'medium', point: 'sludge-moisture', high: WETTEST }),
})
