import { useState } from 'preact/hooks'
import { cityOffset } from '../../city-time.ts'
import { formatNumber } from '../../format.ts'
import { kinds, serverNow } from '../../live/live.ts'
import { say } from '../../settings.ts'
import { may } from '../../shell/access.ts'
import { Dialog } from '../../shell/dialog.tsx'
import { act, tell } from '../../shell/notice.tsx'
import { f } from '../../texts/companies.ts'
import { wallText, wallTime } from '../../time/wall-time.ts'
import { type CompanyViewAnswer, type EnterOutcome, enterReadings, importReadings } from './companies-api.ts'
import { StationChoice, stationsOf } from './station-choice.tsx'

const told = ({ entered, corrected, known }: EnterOutcome) =>
  tell(f().entered(...([entered, corrected, known].map((n) => formatNumber(n)) as [string, string, string])))

/** Where laboratory results are entered, one sample or a file of them. */
export function Laboratory({ view, onChange }: { view: CompanyViewAnswer; onChange: () => void }) {
  const [dialog, open] = useState<'sample' | 'file' | null>(null)
  if (!may('reading.enter')) return null
  const close = () => open(null)
  return (
    <>
      <button type="button" class="button" onClick={() => open('sample')}>
        {f().enterLab}
      </button>
      <button type="button" class="button" onClick={() => open('file')}>
        {f().importLab}
      </button>
      {dialog === 'sample' && <SampleDialog view={view} onDone={onChange} onClose={close} />}
      {dialog === 'file' && <FileDialog onDone={onChange} onClose={close} />}
    </>
  )
}

function SampleDialog({ view, onDone, onClose }: { view: CompanyViewAnswer; onDone: () => void; onClose: () => void }) {
  const offset = cityOffset()
  const points = (kinds.value.get('sewage-plant')?.points ?? []).filter(({ occasional }) => occasional)
  const confirm = async (form: FormData) => {
    const at = wallTime(String(form.get('at')), offset)
    const facility = String(form.get('facility'))
    const readings = points.flatMap(({ key }) => {
      const text = String(form.get(key) ?? '').trim()
      return text === '' ? [] : [{ facility, point: key, value: Number(text), at }]
    })
    if (readings.length === 0) {
      tell(f().noResult, true)
      return false
    }
    return await act(async () => {
      told(await enterReadings({ source: 'laboratory', readings }))
      onDone()
    })
  }
  return (
    <Dialog title={f().enterLab} confirm={f().enterLab} onConfirm={confirm} onClose={onClose}>
      <StationChoice name="facility" label={f().plant} stations={stationsOf(view, 'sewage-stocks')} />
      <label class="field">
        {f().sampled}
        <input name="at" type="datetime-local" required defaultValue={wallText(serverNow.peek(), offset)} />
      </label>
      <p class="muted">{f().leaveEmpty}</p>
      <div class="lab-fields">
        {points.map(({ key, ...point }) => (
          <label key={key} class="field">
            {say(point.title)} {point.unit && <span class="muted">{point.unit}</span>}
            <input name={key} type="number" step="any" />
          </label>
        ))}
      </div>
    </Dialog>
  )
}

function FileDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const confirm = (form: FormData) =>
    act(async () => {
      told(await importReadings(form.get('file') as File))
      onDone()
    })
  return (
    <Dialog title={f().importLab} confirm={f().importLab} onConfirm={confirm} onClose={onClose}>
      <p class="muted">{f().fileHint}</p>
      <label class="field">
        {f().file}
        <input name="file" type="file" accept=".csv,text/csv" required />
      </label>
    </Dialog>
  )
}
