import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatCityExact } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { serverNow } from '../live/live.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { cellText } from './columns.tsx'
import { filterWords } from './filter-words.ts'
import type { ColumnKey, ListState } from './list-state.ts'

/** Some forty pages. */
const MOST_PRINTED = 2000

interface PrintSheetProps {
  list: readonly AlarmView[]
  state: ListState
  title: string
}

/** The whole list as it goes on paper: what it is limited to, when and for whom it was printed. */
function PrintSheet({ list, state, title }: PrintSheetProps) {
  const words = filterWords(state)
  return (
    <article>
      <h1>{title}</h1>
      <p>{words.length === 0 ? al().noFilters : words.map(({ label, value }) => (value ? `${label}: ${value}` : label)).join(' · ')}</p>
      <p>{al().printedBy(session.peek()?.name ?? '', formatCityExact(serverNow.peek()))}</p>
      {list.length > MOST_PRINTED && <p>{al().printedOf(formatNumber(MOST_PRINTED), formatNumber(list.length))}</p>}
      <table>
        <thead>
          <tr>
            {state.columns.map((key) => (
              <th key={key} scope="col">
                {al().columns[key]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.slice(0, MOST_PRINTED).map((alarm) => (
            <tr key={alarm.id}>
              {state.columns.map((key) => (
                <Cell key={key} column={key} alarm={alarm} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  )
}

const Cell = ({ column, alarm }: { column: ColumnKey; alarm: AlarmView }) => (
  <td>
    {column === 'priority' && <StateSymbol state={alarm.priority} look={lookOf(alarm)} size={14} />} {cellText(column, alarm)}
  </td>
)

/** Puts the whole list on paper in place of the rows that are in sight, however printing is begun. */
export function usePrinting(props: PrintSheetProps): void {
  useEffect(() => {
    const place = document.createElement('div')
    place.className = 'alarm-print'
    const begin = () => {
      document.body.append(place)
      document.body.classList.add('prints-alarms')
      render(<PrintSheet {...props} />, place)
    }
    const end = () => {
      render(null, place)
      place.remove()
      document.body.classList.remove('prints-alarms')
    }
    addEventListener('beforeprint', begin)
    addEventListener('afterprint', end)
    return () => {
      removeEventListener('beforeprint', begin)
      removeEventListener('afterprint', end)
      end()
    }
  })
}
