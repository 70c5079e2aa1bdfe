import { useState } from 'preact/hooks'
import type { OverrideView } from '../../../../src/edges/http/programme-schemas.ts'
import { formatDateTime, formatNumber } from '../format.ts'
import { giveLight } from '../light-changes/light-open.ts'
import { link } from '../live/live.ts'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { tell } from '../shell/notice.tsx'
import { c } from '../texts/commands.ts'
import { pr } from '../texts/programmes.ts'
import { nameIn, percent } from './programme-words.ts'

type Programmes = Parameters<typeof nameIn>[0]

/** What an override asks for. */
export function lightWords({ level, programme, condition }: OverrideView, programmes: Programmes): string {
  if (level === null) return nameIn(programmes, programme)
  return condition === null ? percent(level) : pr().atLeast(percent(level))
}

/** Ends an override before its time, with a reason. */
export function EndButton({ override, onEnded }: { override: OverrideView; onEnded: () => void }) {
  const [asks, ask] = useState(false)
  if (!may('programme.override') || override.state === 'over') return null
  const isOff = link.value === 'disconnected'
  const end = async (form: FormData) => {
    const given = await giveLight({ type: 'end-override', override: override.id, reason: String(form.get('reason')) })
    if (given) onEnded()
    return given !== null
  }
  return (
    <>
      <button type="button" class="button" aria-disabled={isOff} onClick={() => (isOff ? tell(t().refusedDisconnected, true) : ask(true))}>
        {pr().end}…<span class="unseen"> {override.reason}</span>
      </button>
      {asks && (
        <Dialog title={pr().endTitle(override.reason)} confirm={c().lookAtIt} onConfirm={end} onClose={() => ask(false)}>
          <p>{pr().endMeans}</p>
          <ReasonField label={t().reason} />
        </Dialog>
      )}
    </>
  )
}

/** Overrides one below another, each in a line. */
export function OverrideLines({
  overrides,
  programmes,
  onEnded,
}: {
  overrides: readonly OverrideView[]
  programmes: Programmes
  onEnded: () => void
}) {
  return (
    <ul class="override-lines">
      {overrides.map((one) => (
        <li key={one.id} data-override={one.id}>
          <b>{lightWords(one, programmes)}</b>
          <span>{one.reason}</span>
          <span class="muted">
            {pr().lamps(formatNumber(one.lamps))} · {pr().until(formatDateTime(one.until))} · {one.by}
          </span>
          <EndButton override={one} onEnded={onEnded} />
        </li>
      ))}
    </ul>
  )
}
