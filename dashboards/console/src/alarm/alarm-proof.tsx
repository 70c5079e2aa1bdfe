import type { AlarmView, RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatDuration, formatNumber } from '../format.ts'
import { facilityById, kinds } from '../live/live.ts'
import { MOST_LINES, plotsAddress } from '../plots/series.ts'
import { t } from '../settings.ts'
import { a } from '../texts/alarm.ts'
import { Evidence } from './alarm-evidence.tsx'
import { History } from './alarm-history.tsx'
import { Reach } from './alarm-reach.tsx'
import { Record } from './alarm-record.tsx'
import { Samples } from './alarm-samples.tsx'

/** What stands behind a chosen alarm: whom it concerns, why it fired, what became of it. */
export function AlarmProof({ alarm, rule }: { alarm: AlarmView; rule: RuleView | undefined }) {
  return (
    <>
      <Elsewhere alarm={alarm} />
      <Standing alarm={alarm} />
      <Reach alarm={alarm} rule={rule} />
      <Evidence alarm={alarm} rule={rule} />
      <Samples key={alarm.id} alarm={alarm} />
      <History alarm={alarm} />
      <Record alarm={alarm} />
    </>
  )
}

/** Half an hour before it was raised, and as much after. */
const AROUND = 30 * 60_000

/** Where else one looks at it: its facility on the map, and what all its points said then. */
function Elsewhere({ alarm: { facility, kind, activated } }: { alarm: AlarmView }) {
  const points = kinds.value.get(kind)?.panel.trends.flat() ?? []
  const place = encodeURIComponent(facility)
  const time = `from=${activated - AROUND}&to=${activated + AROUND}`
  return (
    <p class="buttons">
      {facilityById.value.get(facility)?.position && (
        <a class="button" href={`/map?facility=${place}`}>
          {a().onMap}
        </a>
      )}
      {points.length > 0 && (
        <a class="button" href={`${plotsAddress(points.map((point) => ({ facility, point })).slice(0, MOST_LINES))}&${time}`}>
          {a().atItsTime}
        </a>
      )}
    </p>
  )
}

/** What is out of the ordinary about it, in full. */
function Standing({ alarm: { escalated, basePriority, priority, reminders, chattering, historical, suppressed } }: { alarm: AlarmView }) {
  const { priorities } = t()
  return (
    <>
      {escalated && <p>{a().escalated(priorities[basePriority], priorities[priority], formatDateTime(escalated.since))}</p>}
      {reminders && <p>{a().reminded(formatNumber(reminders.count), formatDateTime(reminders.last))}</p>}
      {chattering && <p>{a().chattersSince(formatDateTime(chattering.since), formatDuration(chattering.onDelay))}</p>}
      {historical && <p>{suppressed?.cause === 'late' ? a().historicalMeans : a().historicalTold}</p>}
    </>
  )
}
