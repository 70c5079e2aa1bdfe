import { useRef, useState } from 'preact/hooks'
import { formatFull, formatNumber } from '../format.ts'
import { sendFile } from '../import/send-file.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { di } from '../texts/dialects.ts'
import {
  type BindingInput,
  type BindingView,
  getBindings,
  type ProfileView,
  putBinding,
  removeBinding,
  type UnboundView,
} from './dialects-api.ts'

const PAGE = 50

interface BindingsProps {
  profiles: readonly ProfileView[]
  unbound: readonly UnboundView[]
  onChanged: () => void
  /** Takes the newest message of a device to a new profile. */
  onSample: (device: UnboundView) => void
}

/** Devices that nobody knows yet, and those that are bound. */
export function Bindings({ profiles, unbound, onChanged, onSample }: BindingsProps) {
  const [binding, bind] = useState<Partial<BindingInput> | null>(null)
  const [changes, changed] = useState(0)
  const again = () => {
    changed((n) => n + 1)
    onChanged()
  }
  return (
    <>
      <Unbound devices={unbound} onBind={bind} onSample={onSample} />
      <BindingList key={changes} onBind={() => bind({})} onChanged={again} />
      {binding && <BindingDialog given={binding} profiles={profiles} onDone={again} onClose={() => bind(null)} />}
    </>
  )
}

function Unbound({
  devices,
  onBind,
  onSample,
}: {
  devices: readonly UnboundView[]
  onBind: (binding: Partial<BindingInput>) => void
  onSample: BindingsProps['onSample']
}) {
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{di().unbound}</h2>
        <span class="muted">{di().unboundMeans}</span>
      </div>
      {devices.length === 0 && <p class="hint muted">{di().noneUnbound}</p>}
      {devices.length > 0 && (
        <ScrollTable label={di().unbound} titles={di().unboundColumns}>
          {devices.map((device) => (
            <tr key={`${device.dialect} ${device.address} ${device.profile}`}>
              <th scope="row">
                <code>{device.address}</code>
              </th>
              <td>{di().dialects[device.dialect]}</td>
              <td class="nowrap">{formatFull(device.last)}</td>
              <td>{formatNumber(device.messages)}</td>
              <td class="breakable">{device.topic}</td>
              <td class="nowrap">
                <button
                  type="button"
                  class="button"
                  onClick={() =>
                    onBind({
                      dialect: device.dialect,
                      address: device.address,
                      ...(device.profile !== null && { profile: device.profile }),
                    })
                  }
                >
                  {di().bind}…<span class="unseen"> {device.address}</span>
                </button>{' '}
                {device.dialect !== 'mapped' && (
                  <button type="button" class="button" onClick={() => onSample(device)}>
                    {di().profileFor}…<span class="unseen"> {device.address}</span>
                  </button>
                )}
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
    </section>
  )
}

function BindingList({ onBind, onChanged }: { onBind: () => void; onChanged: () => void }) {
  const [words, setWords] = useState('')
  const pages = usePages<BindingView>((before) => getBindings(words, PAGE, before), words)
  const items = pages.page?.items ?? []
  return (
    <section class="panel">
      <div class="list-bar">
        <h2>{di().bindings}</h2>
        <input
          type="search"
          aria-label={di().findBinding}
          placeholder={di().findBinding}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <span class="grow" />
        <button type="button" class="button" onClick={onBind}>
          {di().bind}…
        </button>
        <BindingFile onDone={onChanged} />
        <a class="button" href="/api/device-bindings/export" download>
          {di().exportCsv}
        </a>
      </div>
      {pages.problem && <p class="problem">{pages.problem}</p>}
      {pages.page && items.length === 0 && <p class="hint muted">{di().noBindings}</p>}
      {items.length > 0 && (
        <ScrollTable label={di().bindings} titles={di().bindingColumns}>
          {items.map((binding) => (
            <tr key={binding.id}>
              <th scope="row">
                <code>{binding.address}</code>
              </th>
              <td>{di().dialects[binding.dialect]}</td>
              <td>
                <a href={`/facilities/${encodeURIComponent(binding.facility)}`}>{binding.facility}</a>
                {binding.problem && <p class="problem">{binding.problem}</p>}
              </td>
              <td>{binding.profile}</td>
              <td class="nowrap">
                {binding.by}, {formatFull(binding.at)}
              </td>
              <td>
                <button
                  type="button"
                  class="button"
                  onClick={() => void act(() => removeBinding(binding), di().unbind).then((done) => done && onChanged())}
                >
                  {di().remove}
                  <span class="unseen"> {binding.address}</span>
                </button>
              </td>
            </tr>
          ))}
        </ScrollTable>
      )}
      <Pager pages={pages} size={PAGE} />
    </section>
  )
}

/** Many bindings at once, by a file with the columns of the export. */
function BindingFile({ onDone }: { onDone: () => void }) {
  const chooser = useRef<HTMLInputElement>(null)
  const send = async (file: File | undefined) => {
    if (!file) return
    const done = await act(() => sendFile('/api/device-bindings/import', file, {}, () => undefined, new AbortController().signal), t().done)
    if (chooser.current) chooser.current.value = ''
    if (done) onDone()
  }
  return (
    <>
      <input
        ref={chooser}
        type="file"
        accept=".csv,text/csv"
        hidden
        aria-label={di().importCsv}
        onChange={(event) => void send(event.currentTarget.files?.[0])}
      />
      <button type="button" class="button" onClick={() => chooser.current?.click()}>
        {di().importCsv}…
      </button>
    </>
  )
}

interface BindingDialogProps {
  given: Partial<BindingInput>
  profiles: readonly ProfileView[]
  onDone: () => void
  onClose: () => void
}

function BindingDialog({ given, profiles, onDone, onClose }: BindingDialogProps) {
  const possible = profiles.filter(({ dialect, topics }) => (given.dialect ?? dialect) === dialect && topics?.facility === undefined)
  const [profile, choose] = useState(given.profile ?? possible[0]?.id ?? '')
  const send = async (form: FormData) => {
    const dialect = profiles.find(({ id }) => id === profile)?.dialect
    if (!dialect) return false
    const text = (name: string) => String(form.get(name)).trim()
    const done = await act(() => putBinding({ dialect, profile, address: text('address'), facility: text('facility') }), di().bound)
    if (done) onDone()
    return done
  }
  if (possible.length === 0) {
    return (
      <Dialog title={di().bindDevice} onClose={onClose}>
        <p>{di().profileFirst}</p>
      </Dialog>
    )
  }
  return (
    <Dialog title={di().bindDevice} confirm={di().bind} onConfirm={send} onClose={onClose}>
      <label class="field">
        {di().profile}
        <select value={profile} onChange={(event) => choose(event.currentTarget.value)}>
          {possible.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {di().address}
        <input name="address" required maxLength={300} defaultValue={given.address ?? ''} autocomplete="off" spellcheck={false} />
      </label>
      <p class="muted small">{di().addressMeans}</p>
      <label class="field">
        {di().facilityId}
        <input name="facility" required maxLength={64} autocomplete="off" spellcheck={false} />
      </label>
    </Dialog>
  )
}
