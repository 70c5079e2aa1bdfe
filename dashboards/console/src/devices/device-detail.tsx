import { useState } from 'preact/hooks'
import { credentialTypes } from '../../../../src/access/device.ts'
import { formatFull, formatNumber } from '../format.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { ShownOnce } from '../shell/shown-once.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { dv } from '../texts/devices.ts'
import { DeviceForm } from './device-form.tsx'
import {
  addCredential,
  type CredentialView,
  type DeviceView,
  getDevice,
  type IssuedView,
  putDevice,
  removeDevice,
  revokeCredential,
  rotateCredential,
} from './devices-api.ts'
import { mayManage } from './may-manage.ts'
import { StateTag } from './state-tag.tsx'

const DAY = 86_400_000
const MINUTES_AN_HOUR = 60

type Asking =
  | { do: 'edit' | 'remove' | 'give' }
  | { do: 'rotate' | 'revoke'; credential: CredentialView }
  | { do: 'show'; title: string; username: string; secret: string }

/** One device: what it is, its credentials, and what may be done with them. */
export function DeviceDetail({ id }: { id: string }) {
  const [asking, ask] = useState<Asking | null>(null)
  const { answer: device, problem, again } = useAnswer(() => getDevice(id), id)
  const leave = () => setQuery('device', null, false)
  useKeys({ Escape: leave })
  if (!device) {
    return (
      <section class="panel stack">
        <button type="button" class="button" onClick={leave}>
          ← {dv().close}
        </button>
        <p class={problem ? 'problem' : 'muted'}>{problem || t().loading}</p>
      </section>
    )
  }
  const show = ({ username, secret, credential }: IssuedView) => {
    again()
    ask(secret === null ? null : { do: 'show', title: `${dv().types[credential.type]}: ${id}`, username, secret })
  }
  return (
    <section class="panel stack">
      <div class="list-bar">
        <button type="button" class="button" onClick={leave}>
          ← {dv().close}
        </button>
        <h1>{id}</h1>
        <span class="tag">{dv().sorts[device.sort]}</span>
        <StateTag device={device} />
        <span class="grow" />
        <a class="button" href={`/administration/traffic?device=${encodeURIComponent(id)}`}>
          {dv().diagnosis}
        </a>
        {mayManage() && <Actions device={device} ask={ask} onChanged={again} />}
      </div>
      <Facts device={device} />
      <Credentials device={device} ask={ask} />
      {asking?.do === 'edit' && <DeviceForm device={device} onDone={again} onClose={() => ask(null)} />}
      {asking?.do === 'remove' && <RemovalDialog id={id} onClose={() => ask(null)} onDone={leave} />}
      {asking?.do === 'give' && <GiveDialog id={id} onClose={() => ask(null)} onDone={show} />}
      {asking?.do === 'rotate' && <RotateDialog id={id} credential={asking.credential} onClose={() => ask(null)} onDone={show} />}
      {asking?.do === 'revoke' && <RevokeDialog id={id} credential={asking.credential} onClose={() => ask(null)} onDone={again} />}
      {asking?.do === 'show' && (
        <ShownOnce title={asking.title} about={dv().secretMeans} label={dv().secret} text={asking.secret} onClose={() => ask(null)}>
          <p>
            {dv().username}: <code>{asking.username}</code>
          </p>
        </ShownOnce>
      )}
    </section>
  )
}

function Actions({ device, ask, onChanged }: { device: DeviceView; ask: (asking: Asking) => void; onChanged: () => void }) {
  const toggle = async () => {
    if (await act(() => putDevice(device.id, { disabled: !device.disabled }), dv().saved)) onChanged()
  }
  return (
    <span class="together">
      <button type="button" class="button" onClick={() => ask({ do: 'edit' })}>
        {dv().edit}…
      </button>
      <button type="button" class="button" onClick={() => void toggle()}>
        {device.disabled ? dv().enable : dv().disable}
      </button>
      <button type="button" class="button" onClick={() => ask({ do: 'remove' })}>
        {dv().remove}…
      </button>
    </span>
  )
}

function Facts({ device }: { device: DeviceView }) {
  const facts = [
    [dv().columns[5], formatNumber(device.speaksFor)],
    [dv().columns[3], device.lastConnected === null ? '—' : formatFull(device.lastConnected)],
    [dv().topics, device.topics.join(', ') || '—'],
    [dv().subscriptions, device.subscriptions.join(', ') || '—'],
    [dv().rate, device.limits ? `${device.limits.rate} (${dv().burst}: ${device.limits.burst})` : '—'],
    [dv().note, device.note || '—'],
  ] as const
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt class="muted">{name}</dt>
          <dd class="breakable">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Credentials({ device, ask }: { device: DeviceView; ask: (asking: Asking) => void }) {
  return (
    <>
      <div class="list-bar">
        <h2>{dv().credentials}</h2>
        <span class="grow" />
        {mayManage() && (
          <button type="button" class="button primary" onClick={() => ask({ do: 'give' })}>
            {dv().give}…
          </button>
        )}
      </div>
      {device.credentials.length === 0 && <p class="muted">{dv().noCredentials}</p>}
      {device.credentials.length > 0 && (
        <ScrollTable label={dv().credentials} titles={dv().credentialColumns}>
          {device.credentials.map((credential) => (
            <CredentialRow key={credential.id} credential={credential} ask={ask} />
          ))}
        </ScrollTable>
      )}
    </>
  )
}

function CredentialRow({ credential, ask }: { credential: CredentialView; ask: (asking: Asking) => void }) {
  const { id, type, label, created, expires, lastUsed, fingerprint } = credential
  const isOver = expires !== null && expires <= serverNow.value
  const which = <span class="unseen"> {`${dv().types[type]} ${id}`}</span>
  return (
    <tr>
      <th scope="row">
        {dv().types[type]}
        {fingerprint && <code title={fingerprint}> {fingerprint.slice(0, 12)}…</code>}
      </th>
      <td>{label}</td>
      <td class="nowrap">{formatFull(created)}</td>
      <td class="nowrap">
        {expires === null ? dv().forEver : formatFull(expires)} {isOver && <span class="tag">{dv().expired}</span>}
      </td>
      <td class="nowrap">{lastUsed === null ? dv().never : formatFull(lastUsed)}</td>
      <td class="nowrap">
        {mayManage() && (
          <span class="together">
            {fingerprint === null && (
              <button type="button" class="button" onClick={() => ask({ do: 'rotate', credential })}>
                {dv().rotate}…{which}
              </button>
            )}
            <button type="button" class="button" onClick={() => ask({ do: 'revoke', credential })}>
              {dv().revoke}…{which}
            </button>
          </span>
        )}
      </td>
    </tr>
  )
}

interface AskProps {
  id: string
  onClose: () => void
}

function RemovalDialog({ id, onClose, onDone }: AskProps & { onDone: () => void }) {
  const send = async (form: FormData) => {
    const done = await act(() => removeDevice(id, String(form.get('reason'))), t().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={`${dv().remove}: ${id}`} confirm={dv().remove} onConfirm={send} onClose={onClose}>
      <p>{dv().removeMeans}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}

function GiveDialog({ id, onClose, onDone }: AskProps & { onDone: (issued: IssuedView) => void }) {
  const [type, setType] = useState<CredentialView['type']>('password')
  const send = async (form: FormData) => {
    const days = Number(form.get('days'))
    const fingerprint = String(form.get('fingerprint') ?? '').trim()
    const expires = days > 0 ? serverNow.peek() + days * DAY : null
    let issued: IssuedView | undefined
    await act(async () => {
      const input = { type, label: String(form.get('label')), expires, ...(fingerprint !== '' && { fingerprint }) }
      issued = await addCredential(id, input)
    }, dv().saved)
    // Closed by what it opens, which must not be closed with it.
    if (issued) onDone(issued)
    return issued?.secret === null
  }
  return (
    <Dialog title={`${dv().give}: ${id}`} confirm={dv().give} onConfirm={send} onClose={onClose}>
      <label class="field">
        {dv().type}
        <select value={type} onChange={(event) => setType(event.currentTarget.value as CredentialView['type'])}>
          {credentialTypes.map((one) => (
            <option key={one} value={one}>
              {dv().types[one]}
            </option>
          ))}
        </select>
      </label>
      {type === 'token' && <p class="muted">{dv().typesMean}</p>}
      <label class="field">
        {dv().label}
        <input name="label" maxLength={100} />
      </label>
      <label class="field">
        {dv().days}
        <input name="days" type="number" min="1" max="36500" step="1" placeholder={dv().daysMeans} />
      </label>
      {type === 'certificate' && (
        <label class="field">
          {dv().fingerprint}
          <input name="fingerprint" maxLength={100} placeholder={dv().fingerprintMeans} />
        </label>
      )}
    </Dialog>
  )
}

function RotateDialog({
  id,
  credential,
  onClose,
  onDone,
}: AskProps & { credential: CredentialView; onDone: (issued: IssuedView) => void }) {
  const send = async (form: FormData) => {
    let issued: IssuedView | undefined
    await act(async () => {
      issued = await rotateCredential(id, credential.id, Math.round(Number(form.get('hours')) * MINUTES_AN_HOUR))
    }, dv().saved)
    if (issued) onDone(issued)
    return issued?.secret === null
  }
  return (
    <Dialog title={`${dv().rotate}: ${id}`} confirm={dv().rotate} onConfirm={send} onClose={onClose}>
      <p>{dv().rotateMeans}</p>
      <label class="field">
        {dv().overlap}
        <input name="hours" type="number" min="0" max="2160" step="any" required defaultValue={24} />
      </label>
    </Dialog>
  )
}

function RevokeDialog({ id, credential, onClose, onDone }: AskProps & { credential: CredentialView; onDone: () => void }) {
  const send = async (form: FormData) => {
    const done = await act(() => revokeCredential(id, credential.id, String(form.get('reason'))), t().done)
    if (done) onDone()
    return done
  }
  return (
    <Dialog title={`${dv().revoke}: ${id}`} confirm={dv().revoke} onConfirm={send} onClose={onClose}>
      <p>{dv().revokeMeans}</p>
      <ReasonField label={t().reason} />
    </Dialog>
  )
}
