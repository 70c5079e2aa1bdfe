import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { withoutFilter } from '../../../../src/alarms/alarm-filter.ts'
import { priorities } from '../../../../src/detection/rule.ts'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { get, getAlarm } from '../live/api.ts'
import { alarms, facilityById, kinds, view as liveView, serverNow, watch } from '../live/live.ts'
import { language, t } from '../settings.ts'
import { useKeys } from '../shell/keys.ts'
import { type Page, Pager, usePages } from '../shell/pages.tsx'
import { navigate, query } from '../shell/router.ts'
import { StateSymbol } from '../symbols.tsx'
import { al } from '../texts/alarms.ts'
import { Detail } from '../wall/alarm-detail.tsx'
import { isListed, isUnacknowledged } from '../wall/alarm-order.ts'
import { alarmTitle } from '../wall/alarm-row.tsx'
import { mayAct, pick, pickOnly } from '../wall/picked.ts'
import { alarmPath } from '../wall/selection.ts'
import { Shelf } from '../wall/shelf.tsx'
import { AlarmTable } from './alarm-table.tsx'
import './alarms.css'
import { BulkBar } from './bulk-bar.tsx'
import { sortAlarms } from './columns.tsx'
import { FilterPanel } from './filter-panel.tsx'
import { filterWords } from './filter-words.ts'
import { asBefore, causeOf, type GroupRow, groupedRows } from './list-rows.ts'
import { columnKeys, columnsOf, type Grouping, groupings, type ListState, saysList, searchOf } from './list-state.ts'
import { filterLive } from './live-list.ts'
import {
  changeFilter,
  changeList,
  clearFilter,
  currentId,
  isViewMissing,
  list,
  loadViews,
  setCurrent,
  showView,
  views,
  viewsProblem,
} from './page-state.ts'
import { usePrinting } from './print-sheet.tsx'
import { queryProblem, useQueried } from './queried.ts'
import { ViewsMenu } from './views-menu.tsx'

const PAGE = 200
/** With less room the details have a page of their own. */
const WIDE = '(min-width: 1500px)'
/** The age of alarms moves on by minutes, as its filter does. */
const AGE_STEP = 60_000

/** All alarms, live and past. */
export function AlarmsPage() {
  const state = list.value
  useFirstView()
  // What is chosen here is not chosen on another page, nor among other alarms.
  useEffect(() => () => pickOnly([]), [state.isPast])
  return state.isPast ? <PastList state={state} /> : <LiveList state={state} />
}

/** Without anything in its address the list opens with the view that the person chose for it. */
function useFirstView(): void {
  useEffect(() => {
    const isPlain = !saysList(query.peek()) && !query.peek().has('view')
    void loadViews().then(() => {
      const first = views.peek()?.first
      if (isPlain && first != null && !saysList(query.peek())) showView(first, true)
    })
  }, [])
}

function LiveList({ state }: { state: ListState }) {
  const { filter, sort } = state
  const queried = useQueried(filter.query)
  const minute = filter.olderThan > 0 ? Math.floor(serverNow.value / AGE_STEP) : 0
  const context = { kinds: kinds.value, facilities: facilityById.value, queried }
  const withSuppressed = state.group === 'cause'
  const before = useRef<readonly AlarmView[]>([])
  const found = useMemo(() => {
    const shown = filterLive(alarms.value.values(), filter, { ...context, now: serverNow.peek(), withSuppressed })
    before.current = sortAlarms(asBefore(shown, before.current), sort)
    return before.current
  }, [alarms.value, context.kinds, context.facilities, queried, list.value, minute, language.value])
  if (!liveView.value) return <p class="hint muted">{t().loading}</p>
  const isWaiting = filter.query !== '' && queried === null && !queryProblem.value
  const standing = filter.states.length > 0 || withSuppressed ? alarms.value.size : [...alarms.value.values()].filter(isListed).length
  return (
    <Frame
      state={state}
      found={found}
      count={al().count(formatNumber(found.length), formatNumber(standing))}
      problem={queryProblem.value}
      nothing={isWaiting ? al().queryRunning : filterWords(state).length > 0 ? al().noneMatches : al().none}
    />
  )
}

type PastPage = Page<AlarmView> & { lookedBackTo: number | null }

function PastList({ state }: { state: ListState }) {
  const search = searchOf({ ...state, columns: columnsOf(true), group: null })
  const load = async (before?: string | number): Promise<PastPage> =>
    get<PastPage>('/api/alarms', { ...Object.fromEntries(new URLSearchParams(search)), limit: PAGE, before })
  const pages = usePages(load, search)
  const page = pages.page as PastPage | null
  const found = useMemo(() => [...(page?.items ?? [])], [page])
  const back = page?.lookedBackTo ?? null
  const goesOn = page?.next != null
  const isNarrowed = filterWords(state).length > 0
  return (
    <Frame
      state={state}
      found={found}
      count={al().pastCount(formatNumber(found.length))}
      problem={pages.problem}
      nothing={
        !page
          ? t().loading
          : goesOn && back !== null
            ? al().noneMatchesYet(formatDateTime(back))
            : isNarrowed
              ? al().noneMatches
              : al().nonePast
      }
    >
      <div class="list-bar">
        <Pager pages={pages} size={PAGE} />
        {goesOn && back !== null && <span class="muted">{al().lookedBackTo(formatDateTime(back))}</span>}
      </div>
    </Frame>
  )
}

interface FrameProps {
  state: ListState
  found: readonly AlarmView[]
  count: string
  problem: string
  /** What is said where no row is. */
  nothing: string
  children?: ComponentChildren
}

/** Bar, table and details, of live and past alarms alike. */
function Frame({ state, found, count, problem, nothing, children }: FrameProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const isWide = useWide()
  const keyOf = keyOfGroup(state.group)
  const rows = useMemo(() => groupedRows(found, keyOf, closed), [found, state.group, closed])
  const current = found.find(({ id }) => id === currentId.value) ?? null
  const ids = () => rows.flatMap((row) => (row.type === 'alarm' ? [row.alarm.id] : []))
  const step = (by: number) => {
    const all = ids()
    const here = all.indexOf(currentId.peek() ?? 0)
    const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by))]
    if (next !== undefined) setCurrent(next)
  }
  const canPick = mayAct() && !state.isPast
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => {
      if (currentId.peek() === null) return
      if (isWide) document.getElementById('detail')?.focus()
      else navigate(alarmPath(currentId.peek() as number))
    },
    '/': () => document.getElementById('filter')?.focus(),
    Escape: () => (currentId.peek() === null ? clearFilter() : setCurrent(null)),
    ...(canPick && {
      x: () => currentId.peek() !== null && pick(currentId.peek() as number, ids),
      X: () => pickOnly(found.map(({ id }) => id)),
    }),
  })
  usePrinting({ list: found, state, title: `${al().title} · ${state.isPast ? al().past : al().live} · ${count}` })
  const toggle = (key: string) => {
    const next = new Set(closed)
    if (!next.delete(key)) next.add(key)
    setClosed(next)
  }
  return (
    <div class={`alarms-page ${isWide ? 'wide-page' : ''}`}>
      <section class="panel list" aria-label={al().title}>
        <TopBar state={state} found={found} count={count} />
        <FilterWords state={state} />
        {[problem, viewsProblem.value, isViewMissing.value ? al().noSuchView : ''].filter(Boolean).map((text) => (
          <p key={text} class="problem" role="alert">
            {text}
          </p>
        ))}
        <AlarmTable
          rows={rows}
          alarms={found}
          state={state}
          currentId={currentId.value}
          canPick={canPick}
          groupTitle={groupTitle(state.group)}
          onToggle={toggle}
          hasPane={isWide}
        />
        {found.length === 0 && <p class="empty-alarms muted">{nothing}</p>}
        {canPick && <BulkBar list={found} current={current} />}
        {children}
        {!state.isPast && canPick && <p class="muted small list-keys">{al().listKeys}</p>}
      </section>
      {isWide && <Pane key={currentId.value} id={currentId.value} />}
    </div>
  )
}

function useWide(): boolean {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches)
  useEffect(() => {
    const media = matchMedia(WIDE)
    const look = () => setWide(media.matches)
    media.addEventListener('change', look)
    return () => media.removeEventListener('change', look)
  }, [])
  return isWide
}

function keyOfGroup(group: Grouping | null): ((alarm: AlarmView) => string) | null {
  if (group === 'facility') return ({ facility }) => facility
  if (group === 'rule') return ({ kind, rule }) => `${kind}/${rule}`
  if (group === 'cause') return (alarm) => String(causeOf(alarm, alarms.peek()))
  return null
}

const groupTitle =
  (group: Grouping | null) =>
  ({ key, alarms: own }: GroupRow): string => {
    const first = own[0] as AlarmView
    if (group === 'facility') {
      const name = facilityById.value.get(key)?.name
      return name && name !== key ? `${key} · ${name}` : key
    }
    if (group === 'rule') return alarmTitle(first)
    const cause = alarms.value.get(Number(key)) ?? own.find(({ id }) => String(id) === key) ?? first
    return `${cause.facility} · ${alarmTitle(cause)}`
  }

/** Search, counters, views, and what is done with the whole list. */
function TopBar({ state, found, count }: { state: ListState; found: readonly AlarmView[]; count: string }) {
  const [open, setOpen] = useState(false)
  const { filter, isPast, group } = state
  const words = filterWords(state)
  const csv = new URLSearchParams({
    live: String(!isPast),
    ...Object.fromEntries(new URLSearchParams(searchOf({ ...state, columns: columnsOf(isPast), sort: null, group: null }))),
  })
  csv.set('language', language.value)
  csv.set('mark', 'true')
  if (!isPast && filter.states.length === 0) csv.set('state', standingStates)
  return (
    <>
      <div class="list-bar">
        <h1 class="list-title">{al().title}</h1>
        <span class="together">
          {[false, true].map((past) => (
            <button
              key={String(past)}
              type="button"
              class="button"
              aria-pressed={isPast === past}
              onClick={() =>
                changeList({ isPast: past, columns: columnsOf(past), sort: null, filter: { ...filter, states: [], unacknowledged: false } })
              }
            >
              {past ? al().past : al().live}
            </button>
          ))}
        </span>
        <input
          id="filter"
          type="search"
          aria-label={t().filter}
          placeholder={`${t().filter} (/)`}
          value={filter.words}
          onInput={(event) => changeFilter({ words: event.currentTarget.value }, true)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur()
          }}
        />
        {!isPast && <Counters found={found} state={state} />}
        <span class="muted" id="list-count" role="status">
          {count}
        </span>
        <span class="grow" />
        <Shelf />
      </div>
      <div class="list-bar second-bar">
        <button type="button" class="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {al().filters(formatNumber(words.length))}
        </button>
        <label>
          {al().grouping}{' '}
          <select onChange={(event) => changeList({ group: groupings.find((one) => one === event.currentTarget.value) ?? null })}>
            <option value="" selected={group === null}>
              {al().groups.none}
            </option>
            {groupings.map((one) => (
              <option key={one} value={one} selected={group === one}>
                {al().groups[one]}
              </option>
            ))}
          </select>
        </label>
        <ColumnsChoice state={state} />
        <ViewsMenu />
        <span class="grow" />
        <button type="button" class="button" onClick={() => print()}>
          {al().print}
        </button>
        <a class="button" href={`/api/alarms/export?${csv}`} download>
          {al().csv}
        </a>
      </div>
      {open && <FilterPanel />}
    </>
  )
}

const standingStates = 'unacknowledged,acknowledged,rtn-unacknowledged,latched'

/** How many of each priority are shown; a press limits the list to it. */
function Counters({ found, state: { filter } }: { found: readonly AlarmView[]; state: ListState }) {
  return (
    <span class="counters" title={al().counters}>
      {priorities.map((priority) => {
        const own = found.filter((alarm) => alarm.priority === priority)
        const open = own.filter(isUnacknowledged).length
        const isOn = filter.priorities.includes(priority)
        const rest = filter.priorities.filter((one) => one !== priority)
        return (
          <button
            key={priority}
            type="button"
            class="button counter"
            aria-pressed={isOn}
            title={`${t().priorities[priority]}: ${al().ofAll(formatNumber(open), formatNumber(own.length))}`}
            onClick={() => changeFilter({ priorities: isOn ? rest : [...filter.priorities, priority] })}
          >
            <StateSymbol state={priority} size={16} />
            <span class="unseen">{t().priorities[priority]}: </span>
            <b>{formatNumber(open)}</b>/{formatNumber(own.length)}
          </button>
        )
      })}
    </span>
  )
}

function ColumnsChoice({ state: { columns, isPast } }: { state: ListState }) {
  const choices = columnKeys.filter((key) => (isPast ? key !== 'left' && key !== 'shelved' : key !== 'ended'))
  const next = (key: (typeof columnKeys)[number]) =>
    columns.includes(key) ? columns.filter((one) => one !== key) : choices.filter((one) => one === key || columns.includes(one))
  return (
    <details
      class="columns-choice"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !event.currentTarget.open) return
        event.preventDefault()
        event.currentTarget.open = false
        event.currentTarget.querySelector('summary')?.focus()
      }}
    >
      <summary class="button">{al().columnsChoice}</summary>
      <div class="panel">
        {choices.map((key) => (
          <label key={key} class="check">
            <input
              type="checkbox"
              checked={columns.includes(key)}
              disabled={key === 'fault'}
              onChange={() => changeList({ columns: next(key) })}
            />
            {al().columns[key]}
          </label>
        ))}
        <button type="button" class="button" onClick={() => changeList({ columns: columnsOf(isPast) })}>
          {al().usualColumns}
        </button>
      </div>
    </details>
  )
}

/** What limits the list, each with a button that takes it away. */
function FilterWords({ state }: { state: ListState }) {
  const words = filterWords(state)
  if (words.length === 0) return null
  return (
    <p class="list-bar filter-words">
      {words.map(({ name, label, value }) => (
        <button
          key={name}
          type="button"
          class="button"
          title={al().remove(label)}
          onClick={() =>
            name === 'from' || name === 'to' ? changeList({ [name]: null }) : changeFilter(withoutFilter(list.peek().filter, name))
          }
        >
          {value ? `${label}: ${value}` : label} ✕
        </button>
      ))}
      <button type="button" class="button" onClick={clearFilter}>
        {al().clear}
      </button>
    </p>
  )
}

/** Details of the selected alarm, also of one that has ended meanwhile. */
function Pane({ id }: { id: number | null }) {
  const [ended, setEnded] = useState<AlarmView | null>(null)
  const [isMissing, setMissing] = useState(false)
  const live = id === null ? undefined : alarms.value.get(id)
  const isLive = live !== undefined
  const alarm = live ?? ended
  useEffect(() => {
    if (id === null || isLive) return
    let wanted = true
    getAlarm(id).then(
      (found) => wanted && setEnded(found),
      () => wanted && setMissing(true),
    )
    return () => {
      wanted = false
    }
  }, [id, isLive])
  const facility = alarm?.facility ?? null
  useEffect(() => {
    watch(facility)
    return () => watch(null)
  }, [facility])
  return (
    <section class="panel detail" aria-label={al().detail} tabIndex={-1} id="detail">
      {alarm ? (
        <>
          {alarm.ended !== null && <p class="muted">{al().gone}</p>}
          <Detail key={alarm.id} alarm={alarm} chosen />
        </>
      ) : (
        <p class="muted hint">{id === null ? al().detailHint : isMissing ? t().noSuchAlarm(id) : t().loading}</p>
      )}
    </section>
  )
}
