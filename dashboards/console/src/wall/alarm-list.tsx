// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table cannot be placed one by one as a virtual list needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows and heads of this table do nothing by themselves
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { acknowledge } from '../live/api.ts'
import { takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { act } from '../shell/notice.tsx'
import { isUnacknowledged, noFilter, placeOf, type RowPlace, shiftToHold } from './alarm-order.ts'
import { AlarmRow, ROW_HEIGHT } from './alarm-row.tsx'
import { filter, rows, selectedId, standing } from './selection.ts'
import { Shelf } from './shelf.tsx'
import { useVirtualRows } from './virtual-rows.ts'

const MOST_AT_ONCE = 500

export async function acknowledgeAlarms(ids: readonly number[], comment?: string): Promise<boolean> {
  if (ids.length === 0) return false
  return act(async () => takeAnswer((await acknowledge(ids.slice(0, MOST_AT_ONCE), comment)).alarms), t().acknowledgedCount(ids.length))
}

/** Keeps the row under the pointer, or the first one in sight, where it is while others come and go. */
function useHeldRows(
  list: readonly RowPlace[],
  scroller: { current: HTMLDivElement | null },
  slack: number,
  setSlack: (px: number) => void,
) {
  const before = useRef<readonly RowPlace[]>([])
  const pointer = useRef<number | null>(null)
  const followsTop = useRef(true)
  useLayoutEffect(() => {
    const box = scroller.current
    const previous = before.current
    before.current = list
    if (!box || (pointer.current === null && box.scrollTop === 0)) return
    const index = Math.floor((box.scrollTop - slack + (pointer.current ?? 0)) / ROW_HEIGHT)
    const shift = shiftToHold(previous, list, index) * ROW_HEIGHT
    if (shift === 0) return
    followsTop.current &&= box.scrollTop - slack <= 0 || slack > 0 || pointer.current !== null
    if (box.scrollTop + shift < 0) setSlack(slack - (box.scrollTop + shift))
    box.scrollTop += shift
  }, [list])
  return {
    onPointerMove: (event: PointerEvent) => {
      if (pointer.current === null) followsTop.current = scroller.current?.scrollTop === 0
      pointer.current = event.clientY - (scroller.current?.getBoundingClientRect().top ?? 0)
    },
    onPointerLeave: () => {
      pointer.current = null
      setSlack(0)
      if (followsTop.current && scroller.current) scroller.current.scrollTop = 0
    },
    onWheel: () => {
      followsTop.current = false
    },
  }
}

function ListBar({ visible }: { visible: () => number[] }) {
  const unacknowledged = standing.value.filter(isUnacknowledged).length
  const { text, domain, priority } = filter.value
  const filtered = Boolean(text || domain || priority)
  return (
    <div class="list-bar">
      <input
        id="filter"
        type="search"
        aria-label={t().filter}
        placeholder={`${t().filter} (/)`}
        value={text}
        onInput={(event) => {
          filter.value = { ...filter.value, text: event.currentTarget.value }
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
        }}
      />
      <span class="muted" id="list-count">
        {t().listCount(formatNumber(unacknowledged), formatNumber(standing.value.length))}
      </span>
      {filtered && (
        <button type="button" class="button" onClick={() => (filter.value = noFilter)}>
          {t().shownOfFilter(formatNumber(rows.value.length))} ✕
        </button>
      )}
      <span class="grow" />
      <Shelf />
      <button type="button" class="button" onClick={() => void acknowledgeAlarms(visible())}>
        {t().acknowledgeVisible}
      </button>
    </div>
  )
}

/** Every standing alarm, one row each; only the rows in sight are in the page. */
export function AlarmList() {
  const list = rows.value
  const places = useMemo(() => list.map(placeOf), [list])
  const [slack, setSlack] = useState(0)
  const { scroller, from, to, above, height, reveal } = useVirtualRows(list.length, ROW_HEIGHT, slack)
  const held = useHeldRows(places, scroller, slack, setSlack)
  const selectedIndex = list.findIndex(({ id }) => id === selectedId.value)
  useEffect(() => {
    if (selectedIndex >= 0) reveal(selectedIndex)
  }, [selectedId.value])
  const visible = (): number[] => {
    const count = Math.ceil((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT)
    const inSight = list.slice(above, above + count)
    return inSight.filter(isUnacknowledged).map(({ id }) => id)
  }
  return (
    <section class="panel list" aria-label={t().alarmList}>
      <ListBar visible={visible} />
      <div
        class="table"
        role="table"
        aria-label={t().alarmList}
        aria-rowcount={list.length + 1}
        aria-colcount={t().columns.length}
        aria-describedby="list-count"
      >
        <div role="rowgroup">
          <div class="row head" role="row" aria-rowindex={1}>
            {t().columns.map((title) => (
              <span key={title} role="columnheader">
                {title}
              </span>
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div class="scroller" role="rowgroup" tabIndex={0} aria-label={t().alarmList} ref={scroller} {...held}>
          <div class="rows" role="presentation" style={{ height: `${height}px` }}>
            {list.slice(from, to).map((alarm, i) => (
              <AlarmRow
                key={alarm.id}
                alarm={alarm}
                index={from + i}
                top={slack + (from + i) * ROW_HEIGHT}
                selected={from + i === selectedIndex}
              />
            ))}
          </div>
        </div>
      </div>
      {above > 0 && (
        <button type="button" class="button above" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
          ▲ {t().rowsAbove(formatNumber(above))}
        </button>
      )}
      {list.length === 0 && <p class="empty-list">{standing.value.length === 0 ? t().noAlarms : t().noneMatches}</p>}
    </section>
  )
}
