import { useState } from 'preact/hooks'
import type { ConnectionTrial, ListedBrokerConnection } from '../../../../src/edges/brokers/brokers.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { get, id, request, session } from '../live/api.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act, tell } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { TrialButton } from '../shell/trial-button.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { b } from '../texts/brokers.ts'

const REFRESH = 5_000
const modes = ['off', 'state', 'home-assistant'] as const
const NEW = { ...{ id: '', title: '', enabled: true, url: 'mqtt://', protocol: '3.1.1', username: '' } } as const

const mayManage = () => session.value?.permissions.includes('device.manage') ?? false

/** Connections to brokers of others: how they are, made, tried, changed, removed. */
export function BrokersPage() {
  useKeys({ Escape: () => navigate('/administration') })
  const [shown, show] = useState<{ what: 'form' | 'removal'; one: ListedBrokerConnection | null } | null>(null)
  const { answer, problem, again } = useAnswer(
    () => get<{ items: ListedBrokerConnection[] }>('/api/broker-connections'),
    '',
    () => REFRESH,
  )
  const items = answer?.items ?? []
  const close = () => {
    show(null)
    again()
  }
  return (
    <section class="panel">
      <div class="list-bar">
        <h1>{b().title}</h1>
        <span class="grow" />
        {mayManage() && (
          <button type="button" class="button primary" onClick={() => show({ what: 'form', one: null })}>
            {b().add}…
          </button>
        )}
      </div>
      <p class="muted small">{b().about}</p>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && items.length === 0 && <p class="hint muted">{b().none}</p>}
      {items.length > 0 && (
        <ScrollTable label={b().title} titles={b().columns}>
          {items.map((one) => (
            <Row key={one.id} one={one} show={(what) => show({ what, one })} />
          ))}
        </ScrollTable>
      )}
      {shown?.what === 'form' && <ConnectionDialog one={shown.one} onClose={close} />}
      {shown?.what === 'removal' && shown.one && <RemovalDialog one={shown.one} onClose={close} />}
    </section>
  )
}

function Row({ one, show }: { one: ListedBrokerConnection; show: (what: 'form' | 'removal') => void }) {
  const { live, readAlong } = one
  const isTrouble = live.state === 'away' || live.problem !== null
  return (
    <tr>
      <th scope="row">
        {one.title || one.id}
        {one.title && <div class="muted small">{one.id}</div>}
      </th>
      <td>
        <span class={isTrouble ? 'tag missed' : 'tag'}>
          {isTrouble ? '✕ ' : ''}
          {b().states[live.state]}
        </span>
        <div class="muted small nowrap">{b().since(formatDateTime(live.since))}</div>
        {live.problem && <div class="problem breakable">{live.problem}</div>}
      </td>
      <td class="breakable">
        {one.url}
        <div class="muted small">
          {[one.username, one.share && `$share/${one.share}`, b().readsAlong[readAlong.mode]].filter(Boolean).join(' · ')}
        </div>
      </td>
      <td class="breakable">
        {one.topics.map((topic) => (
          <div key={topic}>
            <code>{topic}</code>
          </div>
        ))}
      </td>
      <td>
        {formatNumber(live.received)}
        {live.lastMessage !== null && <div class="muted small nowrap">{b().lastMessage(formatDateTime(live.lastMessage))}</div>}
        {readAlong.mode !== 'off' && <div class="muted small nowrap">{b().sent(formatNumber(live.sent), formatNumber(live.unsent))}</div>}
      </td>
      <td>{formatNumber(live.refused)}</td>
      <td>
        {mayManage() && (
          <span class="together">
            <button type="button" class="button" onClick={() => show('form')}>
              {b().change}…<span class="unseen"> {one.id}</span>
            </button>
            <button type="button" class="button" onClick={() => show('removal')}>
              {b().remove}…<span class="unseen"> {one.id}</span>
            </button>
          </span>
        )}
      </td>
    </tr>
  )
}

/** What the form says, as the API takes it; a secret that is left empty stays as it is. */
function inputOf(form: FormData) {
  const field = (name: string) => String(form.get(name) ?? '').trim()
  const [password, key] = [field('password'), field('key')]
  return {
    ...{ title: field('title'), enabled: form.has('enabled'), url: field('url'), protocol: field('protocol'), username: field('username') },
    ...{
      clientId: field('clientId'),
      topics: field('topics')
        .split(/\s*\n\s*/)
        .filter(Boolean),
      share: field('share'),
      ca: field('ca'),
    },
    certificate: field('certificate'),
    readAlong: { mode: field('mode'), query: field('query') },
    ...(password || !field('username') ? { password } : {}),
    ...(key || !field('certificate') ? { key } : {}),
  }
}

function ConnectionDialog({ one, onClose }: { one: ListedBrokerConnection | null; onClose: () => void }) {
  const before = one ?? {
    ...NEW,
    clientId: `lamplighter-${Math.random().toString(36).slice(2, 8)}`,
    topics: ['facilities/#', 'gateways/#'],
  }
  const path = (form: FormData) => `/api/broker-connections/${id(one?.id ?? String(form.get('id')))}`
  const save = (form: FormData) =>
    act(async () => {
      await request('PUT', path(form), inputOf(form))
      tell(b().saved)
    })
  const names = b().fields
  const text = (name: keyof typeof names, value: string, more: object = {}) => (
    <label class="field">
      {names[name]}
      <input name={name} defaultValue={value} maxLength={500} spellcheck={false} autocomplete="off" {...more} />
    </label>
  )
  const area = (name: keyof typeof names, value: string, rows: number, more: object = {}) => (
    <label class="field">
      {names[name]}
      <textarea name={name} defaultValue={value} rows={rows} spellcheck={false} {...more} />
    </label>
  )
  const saved = one !== null
  return (
    <Dialog title={one ? one.title || one.id : b().add} confirm={b().save} onConfirm={save} onClose={onClose}>
      {!saved && text('id', '', { required: true, pattern: '[a-z0-9][a-z0-9\\-]{0,39}' })}
      {text('title', before.title)}
      {text('url', before.url, { required: true })}
      <label class="field">
        {names.protocol}
        <select name="protocol">
          {['3.1.1', '5'].map((version) => (
            <option key={version} selected={version === before.protocol}>
              {version}
            </option>
          ))}
        </select>
      </label>
      {text('username', before.username)}
      {text('password', '', { type: 'password', placeholder: one?.hasPassword ? b().kept : '', autocomplete: 'new-password' })}
      {one?.hasPassword && <p class="muted small">{b().passwordMeans}</p>}
      {text('clientId', before.clientId, { required: true })}
      <p class="muted small">{b().clientIdMeans}</p>
      {area('topics', before.topics.join('\n'), 3)}
      <details open={Boolean(one && (one.ca || one.certificate || one.share || one.readAlong.mode !== 'off'))}>
        <summary>{b().more}</summary>
        {text('share', one?.share ?? '')}
        {area('ca', one?.ca ?? '', 2)}
        {area('certificate', one?.certificate ?? '', 2)}
        {area('key', '', 2, { placeholder: one?.hasKey ? b().kept : '' })}
        <label class="field">
          {names.mode}
          <select name="mode">
            {modes.map((mode) => (
              <option key={mode} value={mode} selected={mode === one?.readAlong.mode}>
                {b().modes[mode]}
              </option>
            ))}
          </select>
        </label>
        {text('query', one?.readAlong.query ?? '')}
      </details>
      <label class="check">
        <input type="checkbox" name="enabled" defaultChecked={before.enabled} /> {names.enabled}
      </label>
      <TrialButton
        words={b().try}
        busy={b().trying}
        run={(form) => request<ConnectionTrial>('POST', `${path(form)}/try`, inputOf(form))}
        show={(trial) => <Trial trial={trial} />}
      />
    </Dialog>
  )
}

function Trial({ trial: { connected, problem, refused, messages, topics } }: { trial: ConnectionTrial }) {
  if (!connected) return <p class="problem">✕ {b().fails(problem ?? '')}</p>
  return (
    <>
      <p>✓ {b().works(formatNumber(messages))}</p>
      {refused.length > 0 && <p class="problem">✕ {b().refused(refused.join(', '))}</p>}
      {problem && <p class="problem">✕ {problem}</p>}
      {messages === 0 && <p class="muted">{b().quiet}</p>}
      <ul>
        {topics.map(({ topic, isRead }) => (
          <li key={topic} class="breakable">
            <code>{topic}</code> {isRead ? b().isRead : `✕ ${b().isNotRead}`}
          </li>
        ))}
      </ul>
    </>
  )
}

function RemovalDialog({ one, onClose }: { one: ListedBrokerConnection; onClose: () => void }) {
  const remove = () =>
    act(async () => {
      const { problem } = await request<{ problem: string | null }>('DELETE', `/api/broker-connections/${id(one.id)}`)
      tell(problem === null ? b().removed : b().leftBehind(problem))
    })
  return (
    <Dialog title={`${b().remove}: ${one.title || one.id}`} confirm={b().remove} onConfirm={remove} onClose={onClose}>
      <p>{b().removeMeans}</p>
    </Dialog>
  )
}
