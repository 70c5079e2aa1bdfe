import { useState } from 'preact/hooks'
import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatWithUnit } from '../format.ts'
import { kinds, serverNow, watched } from '../live/live.ts'
import { limitsOf } from '../plots/plot-data.ts'
import { plotsAddress } from '../plots/series.ts'
import { Trend } from '../plots/trend.tsx'
import { t } from '../settings.ts'
import { plotTexts } from '../texts/plots.ts'

const HALF_HOUR = 30 * 60_000
/** Of the half hour around the moment an alarm arose, so much lies after it. */
const AFTERWARDS = 5 * 60_000

/** The rule's points, or for rules without any (silence) the one the kind's panel puts first. */
export function AlarmTrend({ alarm, rule }: { alarm: AlarmView; rule: RuleView }) {
  const kind = kinds.value.get(alarm.kind)
  const old = serverNow.peek() - alarm.activated > HALF_HOUR - AFTERWARDS
  const [whenRaised, setWhenRaised] = useState(alarm.ended !== null)
  const keys = rule.points.length > 0 ? rule.points.slice(0, 2) : kind ? [kind.panel.headline] : []
  const points = keys.flatMap((key) => kind?.points.find((point) => point.key === key) ?? [])
  if (!kind || points.length === 0) return null
  const first = points[0]?.key ?? ''
  const limits = limitsOf(alarm.evidence.parameters).map((value) => ({ value, priority: alarm.priority, point: first }))
  const end = alarm.activated + AFTERWARDS
  const window = whenRaised ? `from=${end - HALF_HOUR}&to=${end}` : 'span=1h'
  const series = keys.map((point) => ({ facility: alarm.facility, point }))
  return (
    <>
      <div class="trend-head">
        <h3>{whenRaised ? t().trendAtAlarm : t().trendNow}</h3>
        {(old || alarm.ended !== null) && (
          <button type="button" class="button" aria-pressed={whenRaised} onClick={() => setWhenRaised(!whenRaised)}>
            {t().whenRaised}
          </button>
        )}
        <a class="button" href={`${plotsAddress(series)}&${window}`}>
          {plotTexts().openInPlots}
        </a>
        <span class="grow" />
        <LiveValue facility={alarm.facility} point={points[0]} />
      </div>
      <Trend
        facility={alarm.facility}
        kind={kind}
        points={points}
        limits={limits}
        length={HALF_HOUR}
        end={whenRaised ? end : null}
        height={170}
      />
    </>
  )
}

function LiveValue({ facility, point }: { facility: string; point: Parameters<typeof formatWithUnit>[0] }) {
  const reading = watched.value.facility === facility && point ? watched.value.readings.get(point.key) : undefined
  if (!reading) return null
  return (
    <span>
      {t().now} <b class="value">{formatWithUnit(point, reading[1])}</b>{' '}
      <span class="muted">
        {formatDuration(serverNow.value - reading[2])} {reading[3] ? '' : `· ${t().badQuality}`}
      </span>
    </span>
  )
}
