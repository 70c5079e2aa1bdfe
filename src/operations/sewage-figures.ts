import { qualities, qualityName, sewageLimits } from '../facilities/sewage-plant/points.ts'
import { type Text, text } from '../telemetry/point.ts'
import type { Verdict } from './company-view.ts'
import type { Slots } from './slots.ts'

/** Whose limits a plant is judged by. */
export const limitSets = {
  own: text('as permitted', '按许可限值'),
  '1a': text('GB 18918 class 1A', 'GB 18918 一级A'),
  '1b': text('GB 18918 class 1B', 'GB 18918 一级B'),
} as const satisfies Record<string, Text>
export type LimitSet = keyof typeof limitSets

/** What is limited besides what analysers measure. */
export const judged = [...qualities, 'bod5', 'ph', 'coliforms'] as const
export type Judged = (typeof judged)[number]

export const judgedName: Readonly<Record<Judged, Text>> = {
  ...qualityName,
  bod5: text('BOD5', 'BOD5'),
  ph: text('pH', 'pH'),
  coliforms: text('Faecal coliforms', '粪大肠菌群'),
}

/** °C; at and below it the milder limit of ammonia holds (GB 18918-2002, table 1, note 2). */
export const COLD_WATER = 12
/** Share of the limit from which on somebody should look. */
const NEAR = 0.8
/** Hours of a day that must be known so that its mean counts. */
export const LEAST_HOURS = 18

export interface Limit {
  least: number
  most: number
}

/** mg/L, all that is measured: what a plant without a limit for total nitrogen is rated to. */
const UNLIMITED_NITROGEN = 150
const NO_LIMIT: Limit = { least: 0, most: Number.NaN }
/** The same in all classes. */
const PH: Limit = { least: 6, most: 9 }

/**
 * The limit of a daily mean (GB 18918-2002, table 1), mg/L, of coliforms per litre. That of ammonia depends on the temperature of the water; where nobody knows it
 * the stricter one holds.
 */
export function limitOf(quality: Judged, set: LimitSet, rated: Readonly<Record<string, number>>, temperature: number): Limit {
  if (quality === 'ph') return PH
  if (set === 'own' && quality === 'tn' && (rated['tn-limit'] as number) >= UNLIMITED_NITROGEN) return NO_LIMIT
  const values: Readonly<Record<string, number>> = set === 'own' ? rated : sewageLimits[set]
  const key = quality === 'nh3-n' && temperature <= COLD_WATER ? 'nh3-n-limit-cold' : `${quality}-limit`
  return { least: 0, most: values[key] as number }
}

export function judge(value: number, { least, most }: Limit): Verdict {
  if (Number.isNaN(most)) return 'none'
  if (Number.isNaN(value)) return 'unknown'
  if (value > most || value < least) return 'bad'
  return least === 0 && value >= NEAR * most ? 'near' : 'good'
}

export interface DayMean {
  /** NaN while nothing is known. */
  mean: number
  /** Hours that are known. */
  hours: number
  /** Weighted by the flow of each hour, as a mixed sample is; else each hour counts alike. */
  isWeighted: boolean
}

/** The mean of a day from means of its hours, weighted by the effluent of each, m³/h, where that is known of all of them. */
export function dayMean(values: Slots, flows: Slots): DayMean {
  const hours: number[] = []
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i] as number)) hours.push(i)
  const total = hours.reduce((sum, i) => sum + (flows[i] as number), 0)
  const isWeighted = total > 0
  const sum = hours.reduce((all, i) => all + (values[i] as number) * (isWeighted ? (flows[i] as number) : 1), 0)
  return { mean: hours.length === 0 ? Number.NaN : sum / (isWeighted ? total : hours.length), hours: hours.length, isWeighted }
}

/** Days a tank lasts. Level in %, tank in L, use in L/h. */
export const tankDays = (level: number, tank: number, use: number): number => ((level / 100) * tank) / (24 * use)

/** By how much an analyser reads more than the laboratory found, as a share of that. */
export const deviation = (online: number, laboratory: number): number => (laboratory > 0 ? online / laboratory - 1 : Number.NaN)
