import type { MimicElementView } from '../../../../src/edges/http/mimic-schemas.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { say, t } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { m } from '../texts/mimic.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { alarmPath } from '../wall/selection.ts'
import { type Said, stateWords, valueWords } from './element-state.ts'

interface ListProps {
  elements: readonly MimicElementView[]
  said: Said
  alarms: ReadonlyMap<string, readonly AlarmView[]>
}

/** What the picture shows, in words. */
export function MimicList({ elements, said, alarms }: ListProps) {
  return (
    <details class="mimic-list">
      <summary>{m().asList}</summary>
      <p class="muted small">{m().pictureHint}</p>
      <ScrollTable label={m().asList} titles={m().listColumns}>
        {elements.map((element) => (
          <tr key={element.key}>
            <th scope="row">{say(element.title)}</th>
            <td>{stateWords(element, said)}</td>
            <td>{(element.values ?? []).map(({ point, label }) => valueWords(point, say(label), said)).join('; ')}</td>
            <td>
              {(alarms.get(element.key) ?? []).map((alarm) => (
                <a key={alarm.id} href={alarmPath(alarm.id)}>
                  {t().priorities[alarm.priority]}: {alarmTitle(alarm)}
                </a>
              ))}
            </td>
          </tr>
        ))}
      </ScrollTable>
    </details>
  )
}
