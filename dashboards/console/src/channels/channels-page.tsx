import { useState } from 'preact/hooks'
import type { ListedChannel } from '../../../../src/edges/channels.ts'
import { getDuty } from '../duty/duty-api.ts'
import { formatFull, formatNumber } from '../format.ts'
import { Awaited } from '../shell/awaited.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate, query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { SureDialog } from '../shell/sure-dialog.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { as } from '../texts/alert-sources.ts'
import { c } from '../texts/channels.ts'
import { qh } from '../texts/quiet-hours.ts'
import { AlertSources } from './alert-sources.tsx'
import { ChannelDialog } from './channel-dialog.tsx'
import { getChannels, removeChannel } from './channels-api.ts'
import { Deliveries } from './deliveries.tsx'
import './channels.css'

const REFRESH = 5_000
const DUTY_REFRESH = 30_000
const views = ['channels', 'messages', 'sources'] as const

/** How people are told of orders: the channels, and what became of each message. */
export function ChannelsPage() {
  useKeys({ Escape: () => navigate('/administration') })
  const [shown, show] = useState<{ what: 'form' | 'removal'; one: ListedChannel | null } | null>(null)
  const { answer, problem, again } = useAnswer(getChannels, '', () => REFRESH)
  const quietUntil = useAnswer(getDuty, '', () => DUTY_REFRESH).answer?.quietUntil ?? null
  const view = views.find((one) => one === query.value.get('view')) ?? 'channels'
  const items = answer?.items ?? []
  const id = shown?.one?.id ?? ''
  const close = () => {
    show(null)
    again()
  }
  return (
    <section class="panel">
      <div class="list-bar">
        <h1>{c().title}</h1>
        {views.map((one) => (
          <button
            key={one}
            type="button"
            class="button"
            aria-pressed={one === view}
            onClick={() => setQueries({ view: one === 'channels' ? null : one, state: null, target: null }, false)}
          >
            {one === 'sources' ? as().view : c().views[one]}
          </button>
        ))}
        <span class="grow" />
        {view === 'channels' && (
          <button type="button" class="button primary" onClick={() => show({ what: 'form', one: null })}>
            {c().add}…
          </button>
        )}
      </div>
      {view === 'messages' && <Deliveries channels={items} />}
      {view === 'sources' && <AlertSources />}
      {view === 'channels' && (
        <>
          <p class="muted small">{c().about}</p>
          {quietUntil !== null && <p class="hint">{qh().until(formatFull(quietUntil))}</p>}
          <Awaited isThere={answer !== null} problem={problem} />
          {answer && items.length === 0 && <p class="hint muted">{c().none}</p>}
          {items.length > 0 && (
            <ScrollTable label={c().title} titles={c().columns}>
              {items.map((one) => (
                <Row key={one.id} one={one} show={(what) => show({ what, one })} />
              ))}
            </ScrollTable>
          )}
        </>
      )}
      {shown?.what === 'form' && <ChannelDialog one={shown.one} onClose={close} />}
      {shown?.what === 'removal' && shown.one && (
        <SureDialog
          what={c().remove}
          name={shown.one.name}
          means={c().removeMeans}
          done={c().removed}
          work={() => removeChannel(id)}
          onClose={close}
        />
      )}
    </section>
  )
}

function Row({ one, show }: { one: ListedChannel; show: (what: 'form' | 'removal') => void }) {
  const { id, name, settings, language, types, districts, address, counts, problem, disabled } = one
  const state = disabled ? 'off' : problem !== null ? 'trouble' : counts.waiting > 0 ? 'waiting' : 'ok'
  const messages = (of: 'waiting' | 'dead') => `/administration/channels?view=messages&state=${of}&target=${encodeURIComponent(id)}`
  return (
    <tr>
      <th scope="row">
        {name}
        <div class="muted small">{id}</div>
      </th>
      <td>
        <span class={state === 'trouble' ? 'tag missed' : 'tag'}>
          {state === 'trouble' ? '✕ ' : ''}
          {c().states[state]}
        </span>
        {problem !== null && <div class="problem breakable">{problem}</div>}
      </td>
      <td>
        {c().types[settings.type].title}
        <div class="muted small">{c().languages[language]}</div>
      </td>
      <td class="breakable">{address}</td>
      <td>
        {types === 'all' ? c().allTypes : c().someTypes(types.length)}
        <div class="muted small">{districts === 'all' ? c().allDistricts : districts.join(', ')}</div>
      </td>
      <td class="nowrap">{formatNumber(counts.delivered)}</td>
      <td class="nowrap">{counts.waiting > 0 ? <a href={messages('waiting')}>{formatNumber(counts.waiting)}</a> : 0}</td>
      <td class="nowrap">{counts.dead > 0 ? <a href={messages('dead')}>✕ {formatNumber(counts.dead)}</a> : 0}</td>
      <td>
        <span class="together">
          <button type="button" class="button" onClick={() => show('form')}>
            {c().change}…<span class="unseen"> {id}</span>
          </button>
          <button type="button" class="button" onClick={() => show('removal')}>
            {c().remove}…<span class="unseen"> {id}</span>
          </button>
        </span>
      </td>
    </tr>
  )
}
