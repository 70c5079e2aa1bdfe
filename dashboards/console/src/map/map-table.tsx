import { useMemo } from 'preact/hooks'
import { symbolStates } from '../../../shared/palette.ts'
import { formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import { say, t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { StateSymbol } from '../symbols.tsx'
import { m } from '../texts/map.ts'
import { layersOn, shownFacilities, slowStates } from './map-state.ts'

const PAGE = 100
const order = symbolStates.map((state) => stateCodes.indexOf(state))

/** The facilities that the map shows, the worst first. */
export function MapTable() {
  const states = slowStates.value
  const list = useMemo(() => {
    const codes = new Set(symbolStates.filter((state) => layersOn.value.has(state)).map((state) => stateCodes.indexOf(state)))
    const shown = shownFacilities.value.filter(({ number }) => codes.has(states[number] ?? 0))
    return shown.sort((a, b) => order.indexOf(states[a.number] ?? 0) - order.indexOf(states[b.number] ?? 0) || a.number - b.number)
  }, [shownFacilities.value, states, layersOn.value])
  const pages = usePages<number>(async (after) => {
    const from = Number(after ?? 0)
    const items = Array.from({ length: Math.min(PAGE, list.length - from) }, (_, i) => from + i)
    return { items, next: from + PAGE < list.length ? from + PAGE : null, total: list.length }
  }, `${list.length}`)
  return (
    <div class="map-table">
      <p class="muted" role="status">
        {m().found(list.length)}
      </p>
      <ScrollTable label={m().table} titles={m().tableColumns}>
        {pages.page?.items.flatMap((at) => {
          const facility = list[at]
          if (!facility) return []
          const state = stateCodes[states[facility.number] ?? 0] ?? 'normal'
          const kind = kinds.value.get(facility.kind)
          return [
            <tr key={facility.number}>
              <td>
                <span class="with-symbol">
                  <StateSymbol state={state} size={16} />
                  {t().facilityStates[state]}
                </span>
              </td>
              <th scope="row">
                <a href={`/facilities/${encodeURIComponent(facility.id)}`}>{facility.id}</a>
              </th>
              <td>{facility.name}</td>
              <td>{kind && say(kind.title)}</td>
              <td>{facility.district}</td>
              <td>{facility.road}</td>
            </tr>,
          ]
        })}
      </ScrollTable>
      <Pager pages={pages} size={PAGE} />
      {list.length === 0 && <p class="hint muted">{formatNumber(0)}</p>}
    </div>
  )
}
