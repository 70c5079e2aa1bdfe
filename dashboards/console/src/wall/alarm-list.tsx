// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table cannot be placed one by one as a virtual list needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows and heads of this table do nothing by themselves
import { useEffect, useMemo, useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { acknowledge, type SeenAlarm } from '../live/api.ts'
import { live, takeAnswer } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { act } from '../shell/notice.tsx'
import { isUnacknowledged, noFilter, placeOf } from './alarm-order.ts'
import { AlarmRow, ROW_HEIGHT } from './alarm-row.tsx'
import { useHeldRows } from './held-rows.ts'
import { mayAct, pick, picked, pickOnly } from './picked.ts'
import { filter, isCollapsed, lessUrgent, listPath, rows, selectedId, showsAllInFlood, standing } from './selection.ts'
import { Shelf } from './shelf.tsx'
import { useVirtualRows } from './virtual-rows.ts'

const MOST_AT_ONCE = 500

/** Loaded when somebody chooses several. */
const BulkBar = lazy(async () => (await import('../alarms/bulk-bar.tsx')).BulkBar)

export async function acknowledgeAlarms(seen: readonly SeenAlarm[]): Promise<boolean> {
  if (seen.length === 0 || !may('alarm.answer')) return false
  return act(async () => takeAnswer((await acknowledge(seen.slice(0, MOST_AT_ONCE))).alarms), t().acknowledgedCount(seen.length))
}

function ListBar({ visible }: { visible: () => SeenAlarm[] }) {
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
      <a class="button" href={listPath(filter.value)}>
        {t().openAsList}
      </a>
      <Shelf />
      {may('alarm.answer') && (
        <button type="button" class="button" onClick={() => void acknowledgeAlarms(visible())}>
          {t().acknowledgeVisible}
        </button>
      )}
    </div>
  )
}

/** During a flood: how many less urgent alarms there are, and the switch that lists them. */
function Collapsed() {
  if (!live.value.flood || filter.value.priority !== null || lessUrgent.value.length === 0) return null
  const medium = lessUrgent.value.filter(({ priority }) => priority === 'medium').length
  return (
    <p class="list-bar collapsed">
      {isCollapsed.value && <b>{t().collapsed(formatNumber(medium), formatNumber(lessUrgent.value.length - medium))}</b>}
      <button type="button" class="button" onClick={() => (showsAllInFlood.value = isCollapsed.value)}>
        {isCollapsed.value ? t().showCollapsed : t().hideCollapsed}
      </button>
    </p>
  )
}

/** Every standing alarm, one row each; only the rows in sight are in the page. */
export function AlarmList() {
  const list = rows.value
  const places = useMemo(() => list.map(placeOf), [list])
  const [slack, setSlack] = useState(0)
  const { scroller, from, to, above, height, reveal } = useVirtualRows(list.length, ROW_HEIGHT, slack)
  const held = useHeldRows(places, scroller, ROW_HEIGHT, slack, setSlack)
  const selectedIndex = list.findIndex(({ id }) => id === selectedId.value)
  useEffect(() => {
    if (selectedIndex >= 0) reveal(selectedIndex)
  }, [selectedId.value])
  // What is chosen here is not chosen on another page.
  useEffect(() => () => pickOnly([]), [])
  useKeys({
    x: () => selectedId.peek() !== null && pick(selectedId.peek() as number, ids),
    ...(picked.value.size > 0 && { Escape: () => pickOnly([]) }),
  })
  const ids = () => list.map(({ id }) => id)
  const visible = (): SeenAlarm[] => {
    const count = Math.ceil((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT)
    const inSight = list.slice(above, above + count)
    return inSight.filter(isUnacknowledged)
  }
  return (
    <section class="panel list" aria-label={t().alarmList}>
      <ListBar visible={visible} />
      <Collapsed />
      {above > 0 && (
        <div class="above-place">
          <button type="button" class="button above" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
            ▲ {t().rowsAbove(formatNumber(above))}
          </button>
        </div>
      )}
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
                picked={picked.value.has(alarm.id)}
                ids={ids}
              />
            ))}
          </div>
        </div>
      </div>
      {picked.value.size > 0 && mayAct() && <BulkBar list={list} />}
      {list.length === 0 && <p class="empty-list">{standing.value.length === 0 ? t().noAlarms : t().noneMatches}</p>}
    </section>
  )
}
