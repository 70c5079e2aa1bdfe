import { useState } from 'preact/hooks'
import type { FacilityView } from '../../../../src/edges/http/schemas.ts'
import type { FacilityMode } from '../../../../src/facilities/plant.ts'
import { setMode } from '../live/api.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { p } from '../texts/plant.ts'

/** Takes the facility out of service, back, or into another mode; always with a reason. */
export function ModeChange({ facility, onChanged }: { facility: FacilityView; onChanged: () => void }) {
  const [open, setOpen] = useState(false)
  const [mode, choose] = useState<FacilityMode>(facility.mode)
  const refused = link.value === 'disconnected'
  const begin = () => {
    choose(facility.mode === 'out-of-service' ? 'auto' : 'out-of-service')
    setOpen(true)
  }
  const send = async (form: FormData) => {
    const done = await act(() => setMode(facility.id, form.get('mode') as FacilityMode, String(form.get('reason'))), t().done)
    if (done) onChanged()
    return done
  }
  if (!may('facility.mode')) return null
  return (
    <>
      <button type="button" class="button" aria-disabled={refused} onClick={begin}>
        {p().changeMode}…
      </button>
      {open && (
        <Dialog title={`${p().changeMode}: ${facility.id}`} confirm={p().changeMode} onConfirm={send} onClose={() => setOpen(false)}>
          <label class="field">
            {t().mode}
            <select name="mode" value={mode} onChange={(event) => choose(event.currentTarget.value as FacilityMode)}>
              {(Object.keys(t().modes) as FacilityMode[]).map((key) => (
                <option key={key} value={key}>
                  {t().modes[key]}
                </option>
              ))}
            </select>
          </label>
          {mode === 'out-of-service' && <p>{t().outOfServiceMeans}</p>}
          <ReasonField label={t().reason} />
        </Dialog>
      )}
    </>
  )
}
