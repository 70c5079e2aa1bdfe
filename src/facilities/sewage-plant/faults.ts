import { hours, minutes } from '../../telemetry/duration.ts'
import { text } from '../../telemetry/point.ts'
import type { SimulatedFault } from '../facility-kind.ts'
import { perItem } from '../writing.ts'
import { type Quality, qualities, qualityName, type Tank, tankName, tanks } from './points.ts'

const levels = <const Q extends Quality>(q: Q) => [`effluent-${q}-high`, `effluent-${q}-near-limit`, `effluent-${q}-breach`] as const

/** What comes when too little ammonia is turned into nitrate: ammonia is part of total nitrogen. */
const unnitrified = [...levels('nh3-n'), ...levels('tn')] as const
const withoutAir = ['do-very-low', 'do-low', ...unnitrified, ...levels('cod'), 'effluent-bod5-breach', 'effluent-bod5-near-limit'] as const
/** A well that has filled is pumped out at full capacity afterwards. */
const rising = ['wet-well-high', 'wet-well-overflow', 'influent-surge'] as const

/** What is unlike itself in several points may be noticed before a limit is passed. */
const learned = 'out-of-pattern'
const learnedOfBlowers = ['blower-1-out-of-pattern', 'blower-2-out-of-pattern'] as const

const followsDosing: Record<Tank, readonly string[]> = {
  pac: levels('tp'),
  carbon: ['denitrification-disturbed', ...levels('tn'), learned],
  disinfectant: [],
}

const dosingFaults = {
  ...perItem('', tanks, '-dosing-failure', (t) => ({
    title: { en: `${tankName[t].en} dosing pump stands`, zh: `${tankName[t].zh}加药泵停` },
    raises: [`${t}-dosing-failure`, ...followsDosing[t]] as const,
    within: minutes(12),
  })),
  ...perItem('', tanks, '-tank-leaks', (t) => ({
    title: { en: `${tankName[t].en} tank leaks`, zh: `${tankName[t].zh}罐泄漏` },
    raises: [`${t}-reserve-low`, `${t}-reserve-warning`] as const,
    learning: hours(7),
    within: hours(2.5),
  })),
}

const analyserFaults = {
  ...perItem('', qualities, '-analyser-frozen', (q) => ({
    title: { en: `Analyser of ${qualityName[q].en} hangs`, zh: `出水${qualityName[q].zh}仪表死机` },
    raises: [`effluent-${q}-stuck`] as const,
    within: hours(6) + minutes(2),
  })),
  ...perItem('', qualities, '-analyser-dead', (q) => ({
    title: { en: `Analyser of ${qualityName[q].en} without signal`, zh: `出水${qualityName[q].zh}仪表无信号` },
    raises: [`effluent-${q}-lost`] as const,
    within: hours(1) + minutes(2),
  })),
}

const processFaults = {
  'undegradable-discharge': { title: text('Undegradable COD', '难降解 COD 排入'), raises: levels('cod'), within: hours(3) },
  'organic-overload': {
    title: text('Industrial discharge', '工业废水冲击'),
    raises: ['influent-cod-high', ...levels('cod'), 'effluent-bod5-breach', 'effluent-bod5-near-limit'],
    within: hours(1),
  },
  'toxic-shock': { title: text('Poison in the influent', '进水含毒'), raises: unnitrified, within: hours(3) },
  'internal-recycle-stopped': {
    title: text('Internal recycle stands', '内回流泵停'),
    raises: ['effluent-tn-breach', 'effluent-tn-high', 'effluent-tn-near-limit'],
    needs: { 'tn-limit': 15 },
    within: hours(24),
  },
  'sludge-bulking': {
    title: text('Sludge bulks', '污泥膨胀'),
    raises: [...levels('ss'), 'effluent-turbidity-high', learned],
    within: hours(2.5),
  },
  'filter-broken-through': {
    title: text('Filter broken through', '滤池穿透'),
    raises: ['effluent-turbidity-high', learned],
    within: hours(1),
  },
  'weak-treatment': {
    title: text('BOD5 of the laboratory too high', '化验 BOD5 偏高'),
    raises: ['effluent-bod5-breach', 'effluent-bod5-near-limit'],
    within: hours(25),
  },
  'sludge-washout': {
    title: text('Too much sludge drawn off', '排泥过量'),
    raises: ['mlss-out-of-range', ...unnitrified, learned],
    within: hours(5),
  },
  'alkali-overdosed': {
    title: text('Too much alkali dosed', '碱投加过量'),
    raises: ['effluent-ph-out-of-range', learned],
    within: hours(1.5),
  },
  'aeration-stopped': {
    title: text('Control stops all blowers', '控制误停全部风机'),
    raises: ['aeration-failure', ...withoutAir],
    within: minutes(45),
  },
  'over-aeration': {
    title: text('Air control runs away', '曝气控制失调'),
    raises: ['do-high', 'denitrification-disturbed', learned, ...learnedOfBlowers],
    within: hours(2),
  },
  'do-frozen': { title: text('Oxygen probe overgrown', '溶解氧探头挂膜'), raises: ['do-stuck'], within: minutes(62) },
  'do-dead': { title: text('Oxygen probe without signal', '溶解氧探头无信号'), raises: ['do-lost'], within: minutes(17) },
} as const

const machineFaults = {
  'blower-trip': { title: text('Blower 1 trips', '1 号鼓风机跳闸'), raises: ['blower-1-not-following', 'do-low'], within: minutes(3) },
  'blower-overload': {
    title: text('Blower 1 drags', '1 号鼓风机卡滞'),
    raises: ['blower-1-overload-trip', 'blower-1-overload', ...learnedOfBlowers],
    within: minutes(5),
  },
  'blower-bearing-worn': {
    title: text('Bearing of blower 1 worn', '1 号鼓风机轴承磨损'),
    raises: [
      'blower-1-bearing-overheated',
      'blower-1-bearing-warm',
      'blower-1-vibration-trip',
      'blower-1-vibration-high',
      ...learnedOfBlowers,
    ],
    within: hours(2),
  },
  'blower-unbalanced': {
    title: text('Blower 1 unbalanced', '1 号鼓风机不平衡'),
    raises: ['blower-1-vibration-high', ...learnedOfBlowers],
    within: minutes(5),
  },
  'diffusers-clogged': {
    title: text('Diffusers clogged', '曝气头堵塞'),
    raises: ['air-pressure-high', 'do-low', ...learnedOfBlowers],
    within: minutes(8),
  },
  'diffusers-fouling': {
    title: text('Diffusers begin to clog', '曝气头开始堵塞'),
    raises: learnedOfBlowers,
    learning: hours(36),
    within: hours(5),
  },
  'air-main-broken': {
    title: text('Air main broken', '曝气风管破裂'),
    raises: ['air-pressure-low', ...withoutAir, ...learnedOfBlowers],
    within: minutes(8),
  },
  'lift-pump-trip': {
    title: text('Lift pump 1 trips', '1 号提升泵跳闸'),
    raises: ['lift-pump-1-not-following', ...rising, learned],
    within: minutes(3),
  },
  'lift-pump-dry': {
    title: text('Lift pump 1 draws air', '1 号提升泵吸气'),
    raises: ['lift-pump-1-dry-running', 'no-lift-flow', ...rising, learned],
    within: minutes(4),
  },
  'lift-pump-blocked': {
    title: text('Impeller of lift pump 1 jammed', '1 号提升泵叶轮卡滞'),
    raises: ['lift-pump-1-overload-trip', 'lift-pump-1-overload'],
    within: minutes(5),
  },
  'rising-main-closed': {
    title: text('Valve of the rising main closed', '出水总阀关闭'),
    raises: ['no-lift-flow', ...rising, learned],
    within: minutes(6),
  },
  'well-drained': { title: text('Lift pumps do not stop', '提升泵不停泵'), raises: ['wet-well-low', learned], within: minutes(90) },
} as const

const inletFaults = {
  cloudburst: {
    title: text('Cloudburst', '特大暴雨'),
    raises: ['influent-surge', 'wet-well-high', 'wet-well-overflow', 'effluent-ss-near-limit', learned],
    within: hours(1.5),
  },
  'acid-discharge': {
    title: text('Acid discharged', '酸性废水排入'),
    raises: ['influent-ph-out-of-range', 'effluent-ph-out-of-range', learned],
    within: hours(1),
  },
  'level-drifting': {
    title: text('Level transmitter of the wet well drifts', '集水井液位计漂移'),
    raises: [learned],
    learning: hours(36),
    within: hours(4),
  },
  'screen-blocked': { title: text('Rubbish at the screen', '格栅垃圾'), raises: ['screen-blocked', learned], within: minutes(5) },
  'sludge-lorries-missing': {
    title: text('Sludge lorries do not come', '污泥车未到'),
    raises: ['sludge-store-full', 'sludge-store-filling'],
    within: hours(23),
  },
  'impossible-temperature': { title: text('Water temperature impossible', '水温读数不可能'), raises: ['sensor-fault'], within: minutes(2) },
  'communication-loss': { title: text('No reports', '通信中断'), raises: ['communication-loss'], within: minutes(8) },
} as const

export const faults = { ...processFaults, ...dosingFaults, ...analyserFaults, ...machineFaults, ...inletFaults } satisfies Record<
  string,
  SimulatedFault
>

export type SewageFault = keyof typeof faults
export type FaultSize = (name: SewageFault) => number
