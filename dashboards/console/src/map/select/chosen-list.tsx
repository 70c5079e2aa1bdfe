import { useEffect, useId, useState } from 'preact/hooks'
import { formatNumber } from '../../format.ts'
import { stateCodes, type WallFacility } from '../../live/live-state.ts'
import { t } from '../../settings.ts'
import { StateSymbol } from '../../symbols.tsx'
import { c } from '../../texts/select.ts'
import { useVirtualRows } from '../../wall/virtual-rows.ts'
import { found, states } from '../map-state.ts'
import type { MapView } from '../map-view.ts'
import { chooseNumbers, chosen, selectionRate } from './select-state.ts'

const ROW = 26
const PAGE_ROWS = 8

type Only = 'all' | 'dark' | 'unknown'

function useShown(): { list: readonly WallFacility[]; only: Only; limit: (only: Only) => void; counts: { dark: number; unknown: number } } {
  const [only, limit] = useState<Only>('all')
  const answer = selectionRate.value?.answer
  const counts = { dark: answer?.dark.length ?? 0, unknown: answer?.unknown.length ?? 0 }
  const wanted = only === 'all' || !answer ? null : new Set(answer[only])
  return { list: wanted ? chosen.value.filter(({ id }) => wanted.has(id)) : chosen.value, only, limit, counts }
}

/** The selected facilities one by one: arrows move, Enter shows, Delete takes out. */
export function ChosenList({ view }: { view: MapView }) {
  const { list, only, limit, counts } = useShown()
  const [active, activate] = useState(0)
  const name = useId()
  const { scroller, from, to, height, reveal } = useVirtualRows(list.length, ROW, 0)
  const at = Math.min(active, list.length - 1)
  const current = list[at]
  useEffect(() => reveal(at), [at])
  const show = (facility: WallFacility | undefined) => {
    if (!facility) return
    found.value = facility.id
    if (facility.position) view.goTo(facility.position)
  }
  const takeOut = (facility: WallFacility | undefined) => facility && chooseNumbers([facility.number], 'remove')
  const moves: Record<string, () => void> = {
    ArrowDown: () => activate(Math.min(at + 1, list.length - 1)),
    ArrowUp: () => activate(Math.max(at - 1, 0)),
    PageDown: () => activate(Math.min(at + PAGE_ROWS, list.length - 1)),
    PageUp: () => activate(Math.max(at - PAGE_ROWS, 0)),
    Home: () => activate(0),
    End: () => activate(list.length - 1),
    Enter: () => show(current),
    Delete: () => takeOut(current),
  }
  const press = (event: KeyboardEvent) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key]
    if (!move) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }
  return (
    <section>
      <h3>{c().list}</h3>
      {counts.dark + counts.unknown > 0 && (
        <div class="buttons">
          <span class="muted">{c().filterList}</span>
          {(['dark', 'unknown'] as const).map((one) => (
            <button key={one} type="button" class="button" aria-pressed={only === one} onClick={() => limit(only === one ? 'all' : one)}>
              {one === 'dark' ? c().onlyDark(formatNumber(counts.dark)) : c().onlyUnknown(formatNumber(counts.unknown))}
            </button>
          ))}
        </div>
      )}
      <div
        ref={scroller}
        class="chosen-list"
        role="listbox"
        tabIndex={0}
        aria-label={c().list}
        aria-activedescendant={current ? `${name}-${current.number}` : undefined}
        onKeyDown={press}
      >
        <div role="presentation" style={{ height: `${height}px`, position: 'relative' }}>
          {list.slice(from, to).map((facility, i) => (
            <Row
              key={facility.number}
              id={`${name}-${facility.number}`}
              facility={facility}
              place={from + i}
              total={list.length}
              isActive={from + i === at}
              onActivate={() => activate(from + i)}
              onShow={() => show(facility)}
            />
          ))}
        </div>
      </div>
      {current && (
        <div class="buttons">
          <button type="button" class="button" onClick={() => show(current)}>
            {c().showOnMap}
          </button>
          <a class="button" href={`/facilities/${encodeURIComponent(current.id)}`}>
            {c().open} {current.id}
          </a>
          <button type="button" class="button" onClick={() => takeOut(current)}>
            {c().takeOut} <kbd>Del</kbd>
          </button>
        </div>
      )}
    </section>
  )
}

interface RowProps {
  id: string
  facility: WallFacility
  place: number
  total: number
  isActive: boolean
  onActivate: () => void
  onShow: () => void
}

function Row({ id, facility, place, total, isActive, onActivate, onShow }: RowProps) {
  const state = stateCodes[states.value[facility.number] ?? 0] ?? 'normal'
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for all of its rows
    <div
      id={id}
      class={isActive ? 'chosen-row active' : 'chosen-row'}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      aria-posinset={place + 1}
      aria-setsize={total}
      style={{ top: `${place * ROW}px`, height: `${ROW}px` }}
      onClick={onActivate}
      onDblClick={onShow}
    >
      <StateSymbol state={state} size={14} />
      <span class="unseen">{t().facilityStates[state]}</span>
      <b>{facility.id}</b>
      <span class="cut">{facility.name !== facility.id && facility.name}</span>
      <span class="cut muted">{facility.road}</span>
    </div>
  )
}
