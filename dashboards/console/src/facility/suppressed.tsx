import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { alarms } from '../live/live.ts'
import { StateSymbol } from '../symbols.tsx'
import { f } from '../texts/facility.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'
import { pathOf } from './facility-head.tsx'

const SHOWN = 12

/** What the alarms of this facility explain at others, so that nobody is told of it. */
export function Suppressed({ id: here, own }: { id: string; own: readonly AlarmView[] }) {
  const ids = new Set(own.map(({ id }) => id))
  const explained = [...alarms.value.values()].filter(({ facility, suppressed }) => facility !== here && ids.has(suppressed?.by ?? -1))
  const affected = own.reduce((sum, { affects, active }) => sum + (active ? affects : 0), 0)
  if (explained.length === 0 && affected === 0) return null
  const facilities = new Set(explained.map(({ facility }) => facility)).size
  return (
    <section class="panel suppressed">
      <h2>{f().suppressed(formatNumber(explained.length))}</h2>
      <p>
        {[
          explained.length > 0 && f().suppressedOf(formatNumber(explained.length), formatNumber(facilities)),
          affected > 0 && f().alsoLack(formatNumber(affected)),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul class="alarm-lines">
        {explained.slice(0, SHOWN).map((alarm) => (
          <li key={alarm.id}>
            <StateSymbol state={alarm.priority} look="acknowledged" size={16} />
            <a href={pathOf(alarm.facility)}>{alarm.facility}</a>
            <a href={alarmPath(alarm.id)}>{alarmTitle(alarm)}</a>
            {alarm.suppressed && <span class="muted">{f().causes[alarm.suppressed.cause]}</span>}
          </li>
        ))}
      </ul>
      {explained.length > SHOWN && (
        <p>
          <a href={alarmPath(own.find(({ id }) => explained.some(({ suppressed }) => suppressed?.by === id))?.id ?? 0)}>{f().showAll}</a>
        </p>
      )}
    </section>
  )
}
