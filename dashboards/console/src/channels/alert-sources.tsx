import { useState } from 'preact/hooks'
import type { AlertSourceInput, ListedAlertSource } from '../../../../src/edges/alert-sources.ts'
import { usualAlertSource } from '../../../../src/facilities/external-system/alert-source.ts'
import { formatNumber, formatWhen } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { act, tell } from '../shell/notice.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { SureDialog } from '../shell/sure-dialog.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { as } from '../texts/alert-sources.ts'
import { c } from '../texts/channels.ts'
import { getAlertSources, giveSourceToken, putAlertSource, removeAlertSource, revokeSourceToken } from './channels-api.ts'
import { alertPriorities, linesOf, readLines } from './priority-lines.ts'

const REFRESH = 10_000

type What = 'form' | 'token' | 'revoke' | 'removal'

/** Systems of others that send their alerts. */
export function AlertSources() {
  const [shown, show] = useState<{ what: What; one: ListedAlertSource | null } | null>(null)
  const { answer, problem, again } = useAnswer(getAlertSources, '', () => REFRESH)
  const items = answer?.items ?? []
  const one = shown?.one?.id ?? ''
  const close = () => {
    show(null)
    again()
  }
  return (
    <>
      <p class="muted small">{as().about}</p>
      <p>
        <button type="button" class="button primary" onClick={() => show({ what: 'form', one: null })}>
          {as().add}…
        </button>
      </p>
      <Awaited isThere={answer !== null} problem={problem} />
      {answer && items.length === 0 && <p class="hint muted">{as().none}</p>}
      {items.length > 0 && (
        <ScrollTable label={as().view} titles={as().columns}>
          {items.map((one) => (
            <Row key={one.id} one={one} show={(what) => show({ what, one })} />
          ))}
        </ScrollTable>
      )}
      {shown?.what === 'form' && <SourceDialog one={shown.one} onClose={close} />}
      {shown?.what === 'token' && shown.one && <TokenDialog one={shown.one} onClose={close} />}
      {shown?.what === 'revoke' && shown.one && (
        <SureDialog
          what={as().revoke}
          name={shown.one.name}
          means={as().revokeMeans}
          done={as().revoked}
          work={() => revokeSourceToken(one)}
          onClose={close}
        />
      )}
      {shown?.what === 'removal' && shown.one && (
        <SureDialog
          what={as().remove}
          name={shown.one.name}
          means={as().removeMeans}
          done={as().removed}
          work={() => removeAlertSource(one)}
          onClose={close}
        />
      )}
    </>
  )
}

function Row({ one, show }: { one: ListedAlertSource; show: (what: What) => void }) {
  const { id, name, token, heartbeat, lastHeard, active, leftOut } = one
  const state = token === null ? 'bare' : lastHeard === null ? 'unheard' : 'heard'
  const button = (what: What, words: string) => (
    <button type="button" class="button" onClick={() => show(what)}>
      {words}…<span class="unseen"> {id}</span>
    </button>
  )
  return (
    <tr>
      <th scope="row">
        <a href={`/facilities/${id}`}>{name}</a>
        <div class="muted small">{id}</div>
      </th>
      <td>
        <span class={state === 'heard' ? 'tag' : 'tag missed'}>{as().states[state]}</span>
      </td>
      <td>{heartbeat ? as().within(heartbeat.alertname, formatNumber(heartbeat.minutes)) : as().noHeartbeat}</td>
      <td class="nowrap">{lastHeard === null ? as().never : formatWhen(lastHeard, serverNow.peek())}</td>
      <td>{active > 0 ? <a href={`/alarms?facility=${id}`}>{formatNumber(active)}</a> : 0}</td>
      <td>{leftOut > 0 ? `✕ ${formatNumber(leftOut)}` : 0}</td>
      <td>
        <span class="together">
          {button('form', as().change)}
          {button('token', token ? as().rotate : as().giveToken)}
          {token && button('revoke', as().revoke)}
          {button('removal', as().remove)}
        </span>
      </td>
    </tr>
  )
}

/** How the other system is set up. */
const receiverOf = (id: string): string => `receivers:
- name: lamplighter
  webhook_configs:
  - url: ${location.origin}/api/alertmanager/${id}
    send_resolved: true
    http_config:
      authorization:
        credentials_file: /etc/alertmanager/lamplighter.token`

function TokenDialog({ one, onClose }: { one: ListedAlertSource; onClose: () => void }) {
  const [made, show] = useState<string | null>(null)
  if (made !== null) {
    return (
      <ShownOnce title={as().token} about={as().tokenMeans} label={as().token} text={made} onClose={onClose}>
        <figure>
          <figcaption>{as().receiver}</figcaption>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre class="receiver" tabIndex={0}>
            {receiverOf(one.id)}
          </pre>
        </figure>
      </ShownOnce>
    )
  }
  const title = one.token ? as().rotate : as().giveToken
  const make = async () => {
    await act(async () => show((await giveSourceToken(one.id)).token), t().done)
    // The token takes the place of the question.
    return false
  }
  return (
    <Dialog title={`${title}: ${one.name}`} confirm={title} onConfirm={make} onClose={onClose}>
      {one.token && <p>{as().rotateMeans}</p>}
    </Dialog>
  )
}

function SourceDialog({ one, onClose }: { one: ListedAlertSource | null; onClose: () => void }) {
  const set = one ?? { ...usualAlertSource, name: '' }
  const [beats, setBeats] = useState(set.heartbeat !== null)
  const beat = set.heartbeat ?? usualAlertSource.heartbeat
  const save = async (form: FormData) => {
    const field = (name: string) => String(form.get(name) ?? '').trim()
    const read = readLines(field('priorities'))
    if ('wrong' in read) {
      tell(as().wrongLine(read.wrong), true)
      return false
    }
    const input = {
      ...{ name: field('name'), severityLabel: field('severityLabel'), priorities: read.mapping },
      ...{ otherwise: field('otherwise'), most: Number(field('most')) },
      heartbeat: beats ? { alertname: field('alertname'), minutes: Number(field('minutes')) } : null,
    } as AlertSourceInput
    return act(() => putAlertSource(one?.id ?? field('id'), input), t().done)
  }
  return (
    <Dialog title={one ? `${as().change}: ${one.name}` : as().add} confirm={c().save} onConfirm={save} onClose={onClose}>
      {!one && (
        <>
          <label class="field">
            {as().id}
            <input
              name="id"
              required
              pattern="[a-z0-9][a-z0-9\-]{0,39}"
              autocomplete="off"
              spellcheck={false}
              aria-describedby="source-id-hint"
            />
          </label>
          <p class="muted small" id="source-id-hint">
            {as().idHint}
          </p>
        </>
      )}
      <label class="field">
        {as().name}
        <input name="name" required maxLength={100} defaultValue={set.name} />
      </label>
      <label class="check">
        <input type="checkbox" checked={beats} onChange={({ currentTarget }) => setBeats(currentTarget.checked)} /> {as().hasHeartbeat}
      </label>
      {beats && (
        <>
          <label class="field">
            {as().alertname}
            <input name="alertname" required maxLength={200} defaultValue={beat?.alertname} aria-describedby="heartbeat-hint" />
          </label>
          <label class="field">
            {as().minutes}
            <input name="minutes" type="number" required min={1} max={10_080} defaultValue={String(beat?.minutes)} />
          </label>
          <p class="muted small" id="heartbeat-hint">
            {as().heartbeatHint}
          </p>
        </>
      )}
      <label class="field">
        {as().severityLabel}
        <input
          name="severityLabel"
          required
          pattern="[a-zA-Z_][a-zA-Z0-9_]*"
          maxLength={100}
          defaultValue={set.severityLabel}
          spellcheck={false}
        />
      </label>
      <label class="field">
        {as().priorities}
        <textarea name="priorities" rows={8} defaultValue={linesOf(set.priorities)} spellcheck={false} aria-describedby="priorities-hint" />
      </label>
      <p class="muted small" id="priorities-hint">
        {as().prioritiesHint}
      </p>
      <label class="field">
        {as().otherwise}
        <select name="otherwise" defaultValue={set.otherwise}>
          {alertPriorities.map((priority) => (
            <option key={priority} value={priority} selected={priority === set.otherwise}>
              {priority === 'none' ? as().noAlarm : t().priorities[priority]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {as().most}
        <input name="most" type="number" required min={1} max={500} defaultValue={String(set.most)} />
      </label>
    </Dialog>
  )
}
