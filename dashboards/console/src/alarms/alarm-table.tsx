// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table cannot be placed one by one as a virtual list needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows and heads of this table do nothing by themselves
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { isUnacknowledged } from '../wall/alarm-order.ts'
import { alarmTitle, ROW_HEIGHT } from '../wall/alarm-row.tsx'
import { useHeldRows } from '../wall/held-rows.ts'
import { pick, picked, pickOnly } from '../wall/picked.ts'
import { alarmPath } from '../wall/selection.ts'
import { useVirtualRows } from '../wall/virtual-rows.ts'
import { blockOf, columns } from './columns.tsx'
import { type GroupRow, type ListRow, placeOfRow } from './list-rows.ts'
import type { ColumnKey, ListState } from './list-state.ts'
import { changeList, setCurrent } from './page-state.ts'

interface AlarmTableProps {
  rows: readonly ListRow[]
  alarms: readonly AlarmView[]
  state: ListState
  currentId: number | null
  canPick: boolean
  groupTitle: (group: GroupRow) => string
  onToggle: (key: string) => void
  /** Selecting a row shows its details beside the list. */
  hasPane: boolean
}

const PICK_WIDTH = '1.9rem'

/** The rows of the list; only those in sight are in the page. */
export function AlarmTable({ rows, alarms, state, currentId, canPick, groupTitle, onToggle, hasPane }: AlarmTableProps) {
  const { sort } = state
  const places = useMemo(() => {
    const block = blockOf(sort)
    return rows.map((row) => placeOfRow(row, block))
  }, [rows])
  const [slack, setSlack] = useState(0)
  const { scroller, from, to, height, reveal } = useVirtualRows(rows.length, ROW_HEIGHT, slack)
  const held = useHeldRows(places, scroller, ROW_HEIGHT, slack, setSlack)
  const currentIndex = rows.findIndex((row) => row.type === 'alarm' && row.alarm.id === currentId)
  useEffect(() => {
    if (currentIndex >= 0) reveal(currentIndex)
  }, [currentId])
  const ids = () => rows.flatMap((row) => (row.type === 'alarm' ? [row.alarm.id] : []))
  const template = [...(canPick ? [PICK_WIDTH] : []), ...state.columns.map((key) => columns[key].width)].join(' ')
  const chosen = canPick ? alarms.filter(({ id }) => picked.value.has(id)).length : 0
  return (
    <div class="table" role="table" aria-label={al().title} aria-rowcount={rows.length + 1} style={{ '--columns': template }}>
      <div role="rowgroup">
        <div class="row head" role="row" aria-rowindex={1}>
          {canPick && (
            <span role="columnheader">
              <input
                type="checkbox"
                aria-label={al().chooseAll}
                title={al().chooseAll}
                checked={chosen > 0 && chosen === alarms.length}
                indeterminate={chosen > 0 && chosen < alarms.length}
                onChange={(event) => pickOnly(event.currentTarget.checked ? alarms.map(({ id }) => id) : [])}
              />
            </span>
          )}
          {state.columns.map((key) => (
            <Head key={key} column={key} state={state} />
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="scroller" role="rowgroup" tabIndex={0} aria-label={al().title} ref={scroller} {...held}>
        <div class="rows" role="presentation" style={{ height: `${height}px` }}>
          {rows.slice(from, to).map((row, i) => {
            const at = { index: from + i, top: slack + (from + i) * ROW_HEIGHT }
            return row.type === 'group' ? (
              <GroupHead key={row.key} {...at} group={row} title={groupTitle(row)} onToggle={onToggle} />
            ) : (
              <Row
                key={row.alarm.id}
                {...at}
                alarm={row.alarm}
                shown={state.columns}
                isCurrent={row.alarm.id === currentId}
                canPick={canPick}
                ids={ids}
                hasPane={hasPane}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Head({ column, state: { sort, isPast } }: { column: ColumnKey; state: ListState }) {
  const title = al().columns[column]
  const isSorted = sort?.by === column
  const numeric = columns[column].isNumber ? 'number' : ''
  if (isPast)
    return (
      <span role="columnheader" class={numeric} title={al().newestFirst}>
        {title}
      </span>
    )
  const next = !isSorted ? { by: column, isDown: false } : sort.isDown ? null : { by: column, isDown: true }
  return (
    <span role="columnheader" class={numeric} aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sorting" title={al().sortBy(title)} onClick={() => changeList({ sort: next })}>
        {title}
        {isSorted ? (sort.isDown ? ' ▼' : ' ▲') : ''}
      </button>
    </span>
  )
}

interface Placed {
  index: number
  top: number
}

function GroupHead({ group, title, index, top, onToggle }: Placed & { group: GroupRow; title: string; onToggle: (key: string) => void }) {
  const { key, alarms, unacknowledged, isOpen } = group
  const worst = alarms.reduce(
    (one, other) => (columns.priority.key(other) < columns.priority.key(one) ? other : one),
    alarms[0] as AlarmView,
  )
  return (
    <div class="row group" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)`, height: `${ROW_HEIGHT}px` }}>
      <span role="cell" class="group-cell">
        <button
          type="button"
          class="group-button"
          aria-expanded={isOpen}
          aria-label={isOpen ? al().close(title) : al().open(title)}
          onClick={() => onToggle(key)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
        <StateSymbol state={worst.priority} look={unacknowledged > 0 ? 'unacknowledged' : 'acknowledged'} />
        <b>{title}</b>
        <span class="muted">{al().ofAll(formatNumber(unacknowledged), formatNumber(alarms.length))}</span>
      </span>
    </div>
  )
}

interface RowProps extends Placed {
  alarm: AlarmView
  shown: readonly ColumnKey[]
  isCurrent: boolean
  canPick: boolean
  ids: () => readonly number[]
  hasPane: boolean
}

function Row({ alarm, shown, isCurrent, canPick, ids, index, top, hasPane }: RowProps) {
  const isPicked = canPick && picked.value.has(alarm.id)
  const unacknowledged = isUnacknowledged(alarm) && alarm.ended === null
  const name = `${alarm.facility} ${alarmTitle(alarm)}`
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the page do the same
    <div
      class={`row ${alarm.priority} ${unacknowledged ? 'unacknowledged' : ''} ${isCurrent ? 'selected' : ''} ${isPicked ? 'picked' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      data-alarm={alarm.id}
      style={{ transform: `translateY(${top}px)`, height: `${ROW_HEIGHT}px` }}
      onClick={(event) => {
        if (!(event.target as Element).closest('input') && !event.defaultPrevented) {
          if (canPick && (event.shiftKey || event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            pick(alarm.id, ids, event.shiftKey)
          } else if (hasPane) {
            event.preventDefault()
            setCurrent(alarm.id)
          } else if (!(event.target as Element).closest('a')) setCurrent(alarm.id)
        }
      }}
    >
      {canPick && (
        <span role="cell">
          <input
            type="checkbox"
            aria-label={al().choose(name)}
            checked={isPicked}
            onClick={(event) => {
              event.stopPropagation()
              pick(alarm.id, ids, event.shiftKey)
            }}
          />
        </span>
      )}
      {shown.map((key) => (
        <span key={key} role="cell" class={`cell-${key} ${columns[key].isNumber ? 'number' : ''}`}>
          {key === 'fault' ? (
            <a href={alarmPath(alarm.id)} tabIndex={isCurrent ? 0 : -1} aria-current={isCurrent ? 'true' : undefined}>
              {columns.fault.cell(alarm)}
            </a>
          ) : (
            columns[key].cell(alarm)
          )}
        </span>
      ))}
    </div>
  )
}
