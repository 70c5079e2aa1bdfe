import { deviceSorts } from '../../../../src/access/device.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { dv } from '../texts/devices.ts'
import { type DeviceChange, type DeviceView, putDevice } from './devices-api.ts'

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

interface DeviceFormProps {
  /** Null for a new one. */
  device: DeviceView | null
  onDone: (id: string) => void
  onClose: () => void
}

/** What a device is and may do beside its own. */
export function DeviceForm({ device, onDone, onClose }: DeviceFormProps) {
  const save = async (form: FormData) => {
    const given = (name: string) => String(form.get(name) ?? '').trim()
    const id = device?.id ?? given('id')
    const sort = deviceSorts.find((one) => one === given('sort'))
    const [rate, burst] = [given('rate'), given('burst')]
    const change: DeviceChange = {
      ...(sort && { sort }),
      ...{ note: given('note'), topics: lines(given('topics')), subscriptions: lines(given('subscriptions')) },
      limits: rate === '' || burst === '' ? null : { rate: Number(rate), burst: Number(burst) },
    }
    const done = await act(() => putDevice(id, change), dv().saved)
    if (done) onDone(id)
    return done
  }
  return (
    <Dialog title={device ? `${dv().edit}: ${device.id}` : dv().register} confirm={t().save} onConfirm={save} onClose={onClose}>
      {!device && (
        <label class="field">
          {dv().id}
          <input name="id" required maxLength={64} autocomplete="off" placeholder={dv().idMeans} />
        </label>
      )}
      <label class="field">
        {dv().sort}
        <select name="sort" defaultValue={device?.sort ?? ''}>
          {!device && <option value="">{dv().byPlant}</option>}
          {deviceSorts.map((sort) => (
            <option key={sort} value={sort} selected={device?.sort === sort}>
              {dv().sorts[sort]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {dv().note}
        <input name="note" maxLength={500} defaultValue={device?.note ?? ''} />
      </label>
      {(['topics', 'subscriptions'] as const).map((use) => (
        <label class="field" key={use}>
          {dv()[use]}
          <textarea name={use} rows={3} defaultValue={device?.[use].join('\n') ?? ''} aria-describedby="filters-mean" />
        </label>
      ))}
      <p class="muted" id="filters-mean">
        {dv().filtersMean}
      </p>
      <label class="field">
        {dv().rate}
        <input name="rate" type="number" min="0.01" step="any" defaultValue={device?.limits?.rate ?? ''} />
      </label>
      <label class="field">
        {dv().burst}
        <input name="burst" type="number" min="1" step="1" defaultValue={device?.limits?.burst ?? ''} />
      </label>
      <p class="muted">{dv().limitsMean}</p>
    </Dialog>
  )
}
