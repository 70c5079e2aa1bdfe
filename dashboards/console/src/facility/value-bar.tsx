import type { FacilityDetail, LatestView, PointView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatValue, formatWithUnit } from '../format.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import { say, t } from '../settings.ts'
import { p } from '../texts/plant.ts'
import { hasBar, scaleOf, shareOn } from './bar-scale.ts'
import type { Freshness } from './freshness.ts'

interface ValueProps {
  point: PointView
  latest: LatestView | undefined
  /** What it should read now, and why; absent when nobody can say. */
  expected: FacilityDetail['expected'][number] | undefined
  limits: readonly PlotLimit[]
  freshness: Freshness
  large: boolean
}

/** One value: a moving analogue bar with its normal band and limits, age and quality always beside it. */
export function ValueBar({ point, latest, expected, limits, freshness, large }: ValueProps) {
  const { age, isOld: old, isBad: bad } = freshness
  const outside =
    latest?.good && point.normal && typeof latest.value === 'number' && (latest.value < point.normal[0] || latest.value > point.normal[1])
  return (
    <li class={`value-bar ${large ? 'large' : ''} ${old ? 'old' : ''} ${bad ? 'bad' : ''}`} data-point={point.key}>
      <span class="name">{say(point.title)}</span>
      <span class="reading">
        <b>{formatValue(point, latest?.value)}</b> {point.unit !== '1' && point.unit}
      </span>
      {expected && (
        <span class="expected muted">
          {p().expected(formatWithUnit(point, expected.value))} · {p().expectedFrom[expected.source]}
        </span>
      )}
      {hasBar(point) ? <Bar point={point} value={latest?.value} limits={limits} /> : <span />}
      <span class="quality muted">
        {age === null ? p().neverReported : formatDuration(age)}
        {bad && <strong class="tag">{t().badQuality}</strong>}
        {old && <strong class="tag">{p().oldValue}</strong>}
        {outside && <strong class="tag outside">{p().outsideNormal}</strong>}
      </span>
    </li>
  )
}

function Bar({ point, value, limits }: { point: PointView; value: LatestView['value'] | undefined; limits: readonly PlotLimit[] }) {
  const scale = scaleOf(point, limits)
  const place = (at: number) => 100 * shareOn(scale, at)
  const words = [
    formatWithUnit(point, value),
    point.normal && p().normalBand(formatWithUnit(point, point.normal[0]), formatWithUnit(point, point.normal[1])),
  ]
  return (
    <svg class="bar" role="img" aria-label={words.filter(Boolean).join(', ')} viewBox="0 0 100 16" preserveAspectRatio="none">
      <rect class="range" x="0" y="4" width="100" height="8" />
      {point.normal && (
        <rect class="normal" x={place(point.normal[0])} y="4" height="8" width={place(point.normal[1]) - place(point.normal[0])} />
      )}
      {limits.map(({ value: limit, priority }) => (
        <g key={`${limit}${priority}`}>
          <line class="limit under" x1={place(limit)} x2={place(limit)} y1="1" y2="15" vector-effect="non-scaling-stroke" />
          <line class={`limit stroke ${priority}`} x1={place(limit)} x2={place(limit)} y1="1" y2="15" vector-effect="non-scaling-stroke" />
        </g>
      ))}
      {typeof value === 'number' && (
        <line class="marker" x1={place(value)} x2={place(value)} y1="0" y2="16" vector-effect="non-scaling-stroke" />
      )}
    </svg>
  )
}
