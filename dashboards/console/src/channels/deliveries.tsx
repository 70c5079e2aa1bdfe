import type { ListedChannel, ListedDelivery } from '../../../../src/edges/channels.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { say } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { c } from '../texts/channels.ts'
import { getDeliveries, sendAgain } from './channels-api.ts'

const PAGE = 50
const states = ['waiting', 'delivered', 'dead'] as const

/** Every message and what became of it; those given up can be sent again. */
export function Deliveries({ channels }: { channels: readonly ListedChannel[] }) {
  const state = query.value.get('state') ?? ''
  const target = query.value.get('target') ?? ''
  const pages = usePages((before) => getDeliveries({ state, target, before, limit: PAGE }), `${state} ${target}`)
  const items = pages.page?.items ?? []
  const names = new Map(channels.map(({ id, name }) => [id, name]))
  if (target && !names.has(target)) names.set(target, targetName(target, names))
  return (
    <>
      <div class="list-bar">
        <label>
          {c().state}{' '}
          <select onChange={(event) => setQuery('state', event.currentTarget.value || null, false)}>
            <option value="">{c().any}</option>
            {states.map((one) => (
              <option key={one} value={one} selected={one === state}>
                {c().deliveryStates[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {c().goesTo}{' '}
          <select onChange={(event) => setQuery('target', event.currentTarget.value || null, false)}>
            <option value="">{c().any}</option>
            {[...names].map(([id, name]) => (
              <option key={id} value={id} selected={id === target}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button" onClick={pages.again}>
          {c().again}
        </button>
      </div>
      <Awaited isThere={pages.page !== null} problem={pages.problem} />
      {pages.page && items.length === 0 && <p class="hint muted">{c().noMessages}</p>}
      {items.length > 0 && (
        <ScrollTable label={c().views.messages} titles={c().deliveryColumns}>
          {items.map((one) => (
            <Row key={one.id} one={one} target={targetName(one.target, names)} again={pages.again} />
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </>
  )
}

const targetName = (target: string, names: ReadonlyMap<string, string>): string =>
  target.startsWith('push:') ? c().phoneOf(target.slice('push:'.length)) : (names.get(target) ?? target)

function Row({ one, target, again }: { one: ListedDelivery; target: string; again: () => void }) {
  const { id, created, told, urgent, state, attempts, notBefore, delivered, problem } = one
  const send = async () => {
    await act(() => sendAgain(id), c().sentAgain)
    again()
  }
  return (
    <tr>
      <td class="nowrap">{formatDateTime(created)}</td>
      <td class="breakable">{target}</td>
      <td>
        {told?.path ? <a href={told.path}>{say(told.title)}</a> : told ? say(told.title) : c().keptNoMore}
        {urgent && <div class="muted small">{c().urgent}</div>}
      </td>
      <td>
        <span class={state === 'dead' ? 'tag missed' : 'tag'}>
          {state === 'dead' ? '✕ ' : ''}
          {c().deliveryStates[state]}
        </span>
        {delivered !== null && <div class="muted small nowrap">{formatDateTime(delivered)}</div>}
        {state === 'waiting' && attempts > 0 && <div class="muted small nowrap">{c().triedAgain(formatDateTime(notBefore))}</div>}
      </td>
      <td>{formatNumber(attempts)}</td>
      <td class="breakable">{problem}</td>
      <td>
        {state !== 'waiting' && told && (
          <button type="button" class="button" onClick={() => void send()}>
            {c().sendAgain}
            <span class="unseen"> {id}</span>
          </button>
        )}
      </td>
    </tr>
  )
}
