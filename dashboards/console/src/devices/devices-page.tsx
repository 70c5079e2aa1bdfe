import { useState } from 'preact/hooks'
import { deviceSorts } from '../../../../src/access/device.ts'
import { formatFull, formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { say } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act, tell } from '../shell/notice.tsx'
import { Pager, usePages } from '../shell/pages.tsx'
import { navigate, query, setQuery } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { dv } from '../texts/devices.ts'
import { ClaimCodes } from './claim-codes.tsx'
import { DeviceDetail } from './device-detail.tsx'
import { DeviceForm } from './device-form.tsx'
import { type DeviceListView, type DeviceState, type DeviceView, getDevices, saveSecrets } from './devices-api.ts'
import { mayManage } from './may-manage.ts'
import { StateTag } from './state-tag.tsx'

const PAGE = 50
const states: readonly DeviceState[] = ['connected', 'away', 'no-credential', 'disabled']
const existings = ['skip', 'add', 'replace'] as const

/** Who may speak MQTT. */
export function DevicesPage() {
  const device = query.value.get('device')
  if (device !== null) return <DeviceDetail key={device} id={device} />
  return <DeviceList />
}

function DeviceList() {
  const [filter, setFilter] = useState({ words: '', state: '', sort: '' })
  const [asking, ask] = useState<'register' | 'provide' | 'import' | null>(null)
  const pages = usePages<DeviceView>((after) => getDevices({ ...filter, limit: PAGE, after }), JSON.stringify(filter))
  useKeys({ Escape: () => navigate('/administration') })
  const items = pages.page?.items ?? []
  const { unprovided = 0 } = (pages.page ?? {}) as Partial<DeviceListView>
  const select = (name: 'state' | 'sort', label: string, options: readonly [string, string][]) => (
    <select aria-label={label} value={filter[name]} onChange={(event) => setFilter({ ...filter, [name]: event.currentTarget.value })}>
      <option value="">{label}</option>
      {options.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  )
  return (
    <>
      <section class="panel stack">
        <div class="list-bar">
          <h1>{dv().title}</h1>
          <input
            type="search"
            aria-label={dv().find}
            placeholder={dv().find}
            value={filter.words}
            onInput={(event) => setFilter({ ...filter, words: event.currentTarget.value })}
          />
          {select(
            'state',
            dv().allStates,
            states.map((state) => [state, dv().states[state]]),
          )}
          {select(
            'sort',
            dv().allSorts,
            deviceSorts.map((sort) => [sort, dv().sorts[sort]]),
          )}
          <span class="grow" />
          {mayManage() && (
            <>
              <button type="button" class="button" onClick={() => ask('register')}>
                {dv().register}…
              </button>
              <button type="button" class="button" onClick={() => ask('import')}>
                {dv().importCsv}…
              </button>
            </>
          )}
          <a class="button" href="/api/export/devices" download>
            {dv().exportCsv}
          </a>
        </div>
        <p class="muted">{dv().mean}</p>
        {unprovided > 0 && (
          <p>
            {dv().unprovided(formatNumber(unprovided))}{' '}
            {mayManage() && (
              <button type="button" class="button" onClick={() => ask('provide')}>
                {dv().provide}…
              </button>
            )}
          </p>
        )}
        {pages.problem && <p class="problem">{pages.problem}</p>}
        {pages.page && items.length === 0 && <p class="hint muted">{dv().none}</p>}
        {items.length > 0 && <Table items={items} />}
        <Pager pages={pages} size={PAGE} />
      </section>
      <ClaimCodes />
      {asking === 'register' && <DeviceForm device={null} onDone={(id) => setQuery('device', id, false)} onClose={() => ask(null)} />}
      {asking === 'provide' && <ProvideDialog onDone={pages.again} onClose={() => ask(null)} />}
      {asking === 'import' && <ImportDialog onDone={pages.again} onClose={() => ask(null)} />}
    </>
  )
}

function Table({ items }: { items: readonly DeviceView[] }) {
  return (
    <ScrollTable label={dv().title} titles={dv().columns}>
      {items.map((device) => (
        <tr key={device.id}>
          <th scope="row">
            <a href={`/administration/devices?device=${encodeURIComponent(device.id)}`}>{device.id}</a>
          </th>
          <td>{dv().sorts[device.sort]}</td>
          <td>
            <StateTag device={device} />
          </td>
          <td class="nowrap">{device.lastConnected === null ? '—' : formatFull(device.lastConnected)}</td>
          <td>{device.credentials.map(({ type }) => dv().types[type]).join(', ') || '—'}</td>
          <td>{formatNumber(device.speaksFor)}</td>
          <td class="breakable">{device.note}</td>
        </tr>
      ))}
    </ScrollTable>
  )
}

interface AskProps {
  onDone: () => void
  onClose: () => void
}

/** Sends, saves what comes back, and says so. */
async function provide(to: string, type: string, body: Blob | string, onDone: () => void): Promise<boolean> {
  const done = await act(async () => tell(dv().done(formatNumber(await saveSecrets(to, type, body)))))
  if (done) onDone()
  return done
}

function ProvideDialog({ onDone, onClose }: AskProps) {
  const send = (form: FormData) => provide('/api/devices/missing', 'application/json', JSON.stringify({ kind: form.get('kind') }), onDone)
  return (
    <Dialog title={dv().provide} confirm={dv().provide} onConfirm={send} onClose={onClose}>
      <p>{dv().provideMeans}</p>
      <label class="field">
        {dv().kind}
        <select name="kind">
          {[...kinds.value.values()].map(({ key, title }) => (
            <option key={key} value={key}>
              {say(title)}
            </option>
          ))}
        </select>
      </label>
    </Dialog>
  )
}

function ImportDialog({ onDone, onClose }: AskProps) {
  const send = (form: FormData) =>
    provide(`/api/devices/import?existing=${form.get('existing')}`, 'text/csv', form.get('file') as File, onDone)
  return (
    <Dialog title={dv().importCsv} confirm={dv().importCsv} onConfirm={send} onClose={onClose}>
      <p>{dv().importMeans}</p>
      <label class="field">
        CSV
        <input name="file" type="file" accept=".csv,text/csv" required />
      </label>
      <label class="field">
        {dv().existing}
        <select name="existing">
          {existings.map((one) => (
            <option key={one} value={one}>
              {dv().existings[one]}
            </option>
          ))}
        </select>
      </label>
    </Dialog>
  )
}
