import { useState } from 'preact/hooks'
import type { ControlProgrammeView } from '../../../../src/edges/http/programme-schemas.ts'
import { hours, minutes } from '../../../../src/telemetry/duration.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { serverNow } from '../live/live.ts'
import { t } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { c } from '../texts/commands.ts'
import { pr } from '../texts/programmes.ts'
import { ProgrammeSelect } from './calendar-form.tsx'
import { MomentFields } from './moment-fields.tsx'
import { QueryField } from './query-field.tsx'

/** How long another light is meant most often, ms. */
const USUAL = hours(2)
const ROUND = minutes(5)

interface OverrideDialogProps {
  programmes: readonly ControlProgrammeView[]
  /** Whose light it is to be, until somebody says otherwise. */
  query: string
  onDone: () => void
  onClose: () => void
}

/** Asks for another light until an end. */
export function OverrideDialog({ programmes, query: given, onDone, onClose }: OverrideDialogProps) {
  const [whose, choose] = useState(given)
  const [by, setBy] = useState<'level' | 'programme'>('level')
  const [programme, setProgramme] = useState(programmes[0]?.id ?? '')
  const [from, begin] = useState<number | null>(null)
  const [until, end] = useState(() => Math.ceil((serverNow.peek() + USUAL) / ROUND) * ROUND)
  const save = async (form: FormData) => {
    const light = by === 'level' ? { level: Number(form.get('level')), programme: null } : { level: null, programme }
    const override = { query: whose, ...light, ...(from !== null && { from }), until, reason: String(form.get('reason')).trim() }
    const given = await giveLight({ type: 'override', override })
    if (given) onDone()
    return given !== null
  }
  return (
    <Dialog title={pr().newOverride} confirm={c().lookAtIt} onConfirm={save} onClose={onClose}>
      <QueryField label={pr().whose} value={whose} put={choose} />
      <fieldset class="plain">
        <legend>{pr().light}</legend>
        {(['level', 'programme'] as const)
          .filter((one) => one === 'level' || programmes.length > 0)
          .map((one) => (
            <label key={one} class="check">
              <input type="radio" name="by" value={one} checked={by === one} onChange={() => setBy(one)} />
              {pr().lightBy[one]}
            </label>
          ))}
        {by === 'level' ? (
          <label class="field">
            {pr().level} (0–100 %)
            <input name="level" type="number" required min={0} max={100} defaultValue="100" />
          </label>
        ) : (
          <div class="field">
            <ProgrammeSelect label={pr().nightProgramme} value={programme} programmes={programmes} put={setProgramme} />
          </div>
        )}
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={from === null}
          onChange={({ currentTarget }) => begin(currentTarget.checked ? null : until - USUAL)}
        />
        {pr().atOnce}
      </label>
      {from !== null && <MomentFields label={pr().fromTime} at={from} put={begin} />}
      <MomentFields label={pr().untilTime} at={until} put={end} />
      <label class="field">
        {t().reason}
        <input name="reason" required maxLength={2000} pattern=".*\S.*" list="override-reasons" autocomplete="off" />
      </label>
      <datalist id="override-reasons">
        {pr().reasons.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </Dialog>
  )
}
