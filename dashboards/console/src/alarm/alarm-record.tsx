import { useState } from 'preact/hooks'
import type { AlarmView } from '../../../../src/edges/http/schemas.ts'
import { formatDateTime } from '../format.ts'
import { t } from '../settings.ts'
import { Pager, usePages } from '../shell/pages.tsx'
import { a } from '../texts/alarm.ts'
import { getRecord } from './alarm-api.ts'

const PAGE = 20

/** Every step of its life, fetched when somebody opens it. */
export function Record({ alarm }: { alarm: AlarmView }) {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{a().record}</summary>
      {open && <Steps alarm={alarm} />}
    </details>
  )
}

function Steps({ alarm }: { alarm: AlarmView }) {
  const pages = usePages((before) => getRecord(alarm.id, PAGE, before), `${alarm.id} ${alarm.version}`)
  return (
    <>
      {pages.problem && <p>{pages.problem}</p>}
      <ol class="log">
        {pages.page?.items.map(({ id, type, recorded, by, detail, priority }) => (
          <li key={id}>
            <span class="muted">{formatDateTime(recorded)}</span> {a().steps[type] ?? type} · {t().priorities[priority]} ·{' '}
            <span class="muted">{by ?? a().bySystem}</span> {detail}
          </li>
        ))}
      </ol>
      <Pager pages={pages} size={PAGE} />
    </>
  )
}
