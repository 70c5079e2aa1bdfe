import type { RoadClass } from '../facilities/plant.ts'
import { type Text, text } from '../telemetry/point.ts'
import type { ReportCell, ReportColumn, ReportTable } from './duty-report.ts'
import { type LampDays, type LampPeriod, lightEnergy, SLOT } from './lamp-history.ts'

/** What a report tells of the lamps of a time. */
export interface LampFacts {
  total: LampPeriod
  /** By class of the road, and key areas and elsewhere. */
  classes: readonly LampDays[]
  keyAreas: readonly LampDays[]
  roads: readonly LampDays[]
  /** Part of the time of which something is known, from 0 to 1. */
  seen: number
}

const classNames: Readonly<Record<RoadClass | '', Text>> = {
  main: text('Main roads', '主干路'),
  secondary: text('Secondary roads', '次干路'),
  branch: text('Branch roads', '支路'),
  landscape: text('Landscape', '景观照明'),
  '': text('Roads without a class', '未分级道路'),
}
const areaNames: Readonly<Record<string, Text>> = { yes: text('Key areas', '重点区域'), no: text('Elsewhere', '其他区域') }

const rateColumns: readonly ReportColumn[] = [
  { key: 'rate', title: text('Lamp-on rate', '亮灯率'), format: 'share', digits: 1 },
  { key: 'target', title: text('Target', '目标'), format: 'share', digits: 1 },
  { key: 'verdict', title: text('Against it', '达标情况') },
  { key: 'due', title: text('Due, lamp-hours', '应亮灯时') },
  { key: 'dark', title: text('Dark, lamp-hours', '未亮灯时') },
  { key: 'unknown', title: text('Unknown, lamp-hours', '不明灯时') },
]
const verdicts = {
  met: text('met', '达标'),
  missed: text('missed', '未达标'),
  open: text('uncertain', '待定'),
  none: text('no lamp due', '无应亮路灯'),
} as const

/** Lamps times slots as lamp-hours. */
const lampHours = (slots: number) => (slots * SLOT) / 3_600_000

function rateCells({ light, rate }: LampPeriod): ReportCell[] {
  const { lit, dark, unknown, estimated, estimatedLit } = light
  const due = lit + dark + unknown + estimated
  return [rate.rate, rate.target, verdicts[rate.verdict], lampHours(due), lampHours(dark + estimated - estimatedLit), lampHours(unknown)]
}

/** The lamp-on rate, what missed it, how whole the facilities were, and the energy. */
export function lampTables({ total, classes, keyAreas, roads, seen }: LampFacts): ReportTable[] {
  const missed = roads.filter(({ rate }) => rate.verdict === 'missed').sort((a, b) => (a.rate.rate ?? 1) - (b.rate.rate ?? 1))
  const { measured, estimated, savedByDimming, savedByProgramme, savedShare, notLit, wasted, wholeNight } = lightEnergy(total.light)
  const { share, target } = total.integrity
  const wholeness = (one: LampPeriod): ReportCell[] => [one.integrity.share, one.integrity.target]
  return [
    {
      key: 'lamps.rate',
      title: text('Lamp-on rate', '亮灯率'),
      columns: [
        { key: 'what', title: text('Where', '范围') },
        ...rateColumns,
        { key: 'integrity', title: text('Whole', '设施完好率'), format: 'share', digits: 1 },
        { key: 'integrity-target', title: text('Target', '完好率目标'), format: 'share', digits: 1 },
      ],
      rows: [
        ...classes.map((one) => [classNames[one.key as RoadClass | ''] ?? one.key, ...rateCells(one), ...wholeness(one)]),
        ...keyAreas.map((one) => [areaNames[one.key] ?? one.key, ...rateCells(one), ...wholeness(one)]),
        [text('All', '合计'), ...rateCells(total), ...wholeness(total)],
      ],
      note: seenNote(seen),
      figures: [
        {
          ...{ key: 'lamps.rate', title: text('Lamp-on rate', '亮灯率'), value: total.rate.rate, format: 'share', digits: 1 },
          ...(total.rate.target !== null && { target: { atLeast: total.rate.target } }),
        },
        { key: 'lamps.missed', title: text('Roads below their target', '未达标道路'), value: missed.length, target: { atMost: 0 } },
        {
          ...{ key: 'lamps.integrity', title: text('Facilities that are whole', '设施完好率'), value: share, format: 'share', digits: 1 },
          ...(target !== null && { target: { atLeast: target } }),
        },
      ],
    },
    {
      key: 'lamps.roads',
      title: text('Roads below their target', '亮灯率未达标道路'),
      columns: [{ key: 'road', title: text('Road', '道路') }, { key: 'class', title: text('Class', '等级') }, ...rateColumns],
      rows: missed.map((one) => [
        one.key || text('without a name', '未命名'),
        one.roadClass === null ? '' : classNames[one.roadClass],
        ...rateCells(one),
      ]),
    },
    {
      key: 'lamps.energy',
      title: text('Energy of lighting', '照明电能'),
      columns: [
        { key: 'what', title: text('What', '项目') },
        { key: 'energy', title: text('Energy', '电能'), unit: 'kWh', digits: 1 },
      ],
      rows: [
        [text('Taken, from the power that lamps reported', '实测用电（单灯上报功率）'), measured],
        [text('Taken, estimated for lamps without a controller', '估算用电（无单灯控制器）'), estimated],
        [text('All lamps at full power from dusk to dawn', '全部路灯整夜全功率'), wholeNight],
        [text('Saved by dimming', '调光节电'), savedByDimming],
        [text('Saved by lamps that the programme left off', '方案熄灯节电'), savedByProgramme],
        [text('Not taken by lamps that were dark or unknown (no saving)', '应亮未亮少用电（不计节电）'), notLit],
        [text('Taken by lamps that should have been dark', '不应亮而亮的用电'), wasted],
      ],
      figures: [
        { key: 'lamps.energy', title: text('Energy of lighting', '照明电能'), value: measured + estimated, unit: 'kWh' },
        { key: 'lamps.saved', title: text('Saved against full power', '较全功率节电率'), value: savedShare, format: 'share', digits: 1 },
      ],
    },
  ]
}

function seenNote(seen: number): Text {
  const how = text(
    'By lamp-hours, from all lamps looked at every five minutes. Lamps without a controller count by the current of their circuit. The rate is that of lamps whose state is known.',
    '按灯时计，每五分钟统计一次全部路灯。无单灯控制器的路灯按回路电流估算。亮灯率以状态已知的路灯计。',
  )
  if (seen > 0.995) return how
  const part = Math.floor(seen * 100)
  return text(`${how.en} Only ${part} % of the time was counted.`, `${how.zh}本时段仅统计到 ${part} %。`)
}
