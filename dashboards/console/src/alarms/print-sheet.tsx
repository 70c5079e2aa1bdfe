import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatCityExact } from '../city-time.ts'
import { formatNumber } from '../format.ts'
import { session } from '../live/api.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { lookOf, StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { filter, isCollapsed, lessUrgent, listPath, rows } from '../wall/selection.ts'
import './alarms.css'
import { cellText } from './columns.tsx'
import { filterWords } from './filter-words.ts'
import { type ColumnKey, type ListState, readList } from './list-state.ts'

/** Some forty pages. */
const MOST_PRINTED = 2000

interface PrintSheetProps {
  list: readonly AlarmView[]
  state: ListState
  title: string
  /** What the list leaves out. */
  note?: string | false
}

/** The whole list as it goes on paper: what it is limited to, when and for whom it was printed. */
function PrintSheet({ list, state, title, note }: PrintSheetProps) {
  const words = filterWords(state)
  return (
    <article>
      <h1>{title}</h1>
      <p>{words.length === 0 ? al().noFilters : words.map(({ label, value }) => (value ? `${label}: ${value}` : label)).join(' · ')}</p>
      <p>{al().printedBy(session.peek()?.name ?? '', formatCityExact(serverNow.peek()))}</p>
      {note && <p>{note}</p>}
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
    return whilePrinting(begin, end)
  })
}

/** The rows of the wall as they go on paper, in the place of the list. */
export function WallSheet() {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const box = place.current as HTMLDivElement
    const begin = () => {
      const [, search = ''] = listPath(filter.peek()).split('?')
      const list = rows.peek()
      const medium = lessUrgent.peek().filter(({ priority }) => priority === 'medium').length
      const note = isCollapsed.peek() && t().collapsed(formatNumber(medium), formatNumber(lessUrgent.peek().length - medium))
      const title = `${t().alarmList} · ${formatNumber(list.length)}`
      render(<PrintSheet list={list} state={readList(new URLSearchParams(search))} title={title} note={note} />, box)
    }
    return whilePrinting(begin, () => render(null, box))
  }, [])
  return <div class="alarm-print" ref={place} />
}

function whilePrinting(begin: () => void, end: () => void): () => void {
  addEventListener('beforeprint', begin)
  addEventListener('afterprint', end)
  return () => {
    removeEventListener('beforeprint', begin)
    removeEventListener('afterprint', end)
    end()
  }
}
