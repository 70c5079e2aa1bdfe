import { useState } from 'preact/hooks'
import type { FacilityView } from '../../../../src/edges/http/schemas.ts'
import { t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { p } from '../texts/plant.ts'
import { removeFacility } from './facility-api.ts'

/** Removes the facility after one more look and with a reason. */
export function Remove({ facility: { id } }: { facility: FacilityView }) {
  const [open, setOpen] = useState(false)
  const send = async (form: FormData) => {
    const done = await act(() => removeFacility(id, String(form.get('reason'))), p().removed(id))
    if (done) navigate('/facilities', true)
    return done
  }
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        {p().remove}…
      </button>
      {open && (
        <Dialog title={p().removeFacility(id)} confirm={p().remove} onConfirm={send} onClose={() => setOpen(false)}>
          <p>{p().removeMeans}</p>
          <ReasonField label={t().reason} />
        </Dialog>
      )}
    </>
  )
}
