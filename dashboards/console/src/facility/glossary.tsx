import type { KindView, PointView } from '../../../../src/edges/http/schemas.ts'
import { formatValue } from '../format.ts'
import { say } from '../settings.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'

/** What each point of the kind is called, its unit and its ranges. */
export function Glossary({ kind }: { kind: KindView }) {
  return (
    <details class="panel">
      <summary>
        {f().glossary} ({kind.points.length})
      </summary>
      <ScrollTable label={f().glossary} titles={f().glossaryColumns}>
        {kind.points.map((point) => (
          <tr key={point.key}>
            <td>
              <code>{point.key}</code>
            </td>
            <th scope="row">{say(point.title)}</th>
            <td>{point.unit === '1' ? '' : point.unit}</td>
            <td>{rangeOf(point, point.plausible)}</td>
            <td>{rangeOf(point, point.normal)}</td>
            <td>{point.states.map(({ title }) => say(title)).join(p().comma)}</td>
          </tr>
        ))}
      </ScrollTable>
    </details>
  )
}

const rangeOf = (point: PointView, range: PointView['normal']): string =>
  range === null ? '' : f().to(formatValue(point, range[0]), formatValue(point, range[1]))
