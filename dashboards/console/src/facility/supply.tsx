import { useState } from 'preact/hooks'
import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { TableHead } from '../shell/table-head.tsx'
import { StateSymbol } from '../symbols.tsx'
import { p } from '../texts/plant.ts'
import { getChildren } from './facility-api.ts'
import { stateOf } from './facility-list.tsx'
import { nameOf } from './field-names.ts'

const PAGE = 50

const kindTitle = (key: string): string => {
  const kind = kinds.value.get(key)
  return kind ? say(kind.title) : key
}

/** What feeds the facility, and what hangs on it. */
export function Supply({ detail, kind }: { detail: FacilityDetail; kind: KindView }) {
  return (
    <div class="stack">
      <Chain detail={detail} />
      <Children detail={detail} kind={kind} />
    </div>
  )
}

/** Nearest first. */
export function Chain({ detail: { facility, feeders } }: { detail: FacilityDetail }) {
  return (
    <section class="panel">
      <h2>{p().chain}</h2>
      {feeders.length === 0 && <p class="muted">{facility.fedBy ?? p().feedsItself}</p>}
      <ol class="chain">
        {feeders.map(({ id, kind, circuit, state, ...names }) => (
          <li key={id}>
            <StateSymbol state={state} />
            <a href={`/facilities/${encodeURIComponent(id)}`}>{id}</a>
            <span>{nameOf(names)}</span>
            <span class="muted">
              {[kindTitle(kind), circuit !== null && p().onCircuit(String(circuit)), t().facilityStates[state]].filter(Boolean).join(' · ')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Children({ detail: { facility, children }, kind }: { detail: FacilityDetail; kind: KindView }) {
  const [of, choose] = useState<'supply' | 'link'>(children.supply === 0 && children.link > 0 ? 'link' : 'supply')
  const [circuit, setCircuit] = useState('')
  const hasAny = children.supply > 0 || children.link > 0
  const pages = usePages(
    hasAny ? (after) => getChildren(facility.id, of, circuit, PAGE, after) : null,
    `${facility.id} ${of} ${circuit} ${children[of]}`,
  )
  return (
    <section class="panel">
      <h2>{p().children}</h2>
      {!hasAny && <p class="muted">{p().noChildren}</p>}
      {hasAny && (
        <div class="buttons">
          {(['supply', 'link'] as const).map((one) => (
            <button key={one} type="button" class="button" aria-pressed={of === one} onClick={() => choose(one)}>
              {p().childrenOf[one](formatNumber(children[one]))}
            </button>
          ))}
          {kind.circuits > 0 && (
            <select aria-label={p().fields.circuit} value={circuit} onChange={(event) => setCircuit(event.currentTarget.value)}>
              <option value="">{p().allCircuits}</option>
              {Array.from({ length: kind.circuits }, (_, i) => (
                <option key={String(i + 1)} value={i + 1}>
                  {p().onCircuit(String(i + 1))}
                </option>
              ))}
            </select>
          )}
          {pages.page && <span class="muted">{p().foundCount(formatNumber(pages.page.total ?? 0))}</span>}
        </div>
      )}
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && pages.page.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="sideways" tabIndex={0} aria-label={p().children}>
          <table class="grid-table">
            <TableHead titles={p().childColumns} />
            <tbody>
              {pages.page.items.map((child) => (
                <tr key={child.id}>
                  <td>
                    <span class="with-symbol">
                      <StateSymbol state={stateOf(child)} />
                      {t().facilityStates[stateOf(child)]}
                    </span>
                  </td>
                  <th scope="row">
                    <a href={`/facilities/${encodeURIComponent(child.id)}`}>{child.id}</a>
                  </th>
                  <td>{nameOf(child)}</td>
                  <td>{kindTitle(child.kind)}</td>
                  <td>{child.circuit ?? p().nothing}</td>
                  <td>{child.road}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}
