import { useState } from 'preact/hooks'
import { formatNumber } from '../format.ts'
import { t } from '../settings.ts'
import { lazy } from '../shell/lazy.tsx'
import { shelved } from './selection.ts'

/** Loaded when somebody looks into it. */
const ShelfSheet = lazy(async () => (await import('../alarms/shelf-sheet.tsx')).ShelfSheet)

/** Alarms put aside: shelved, suppressed, out of service. Counted in sight so that nothing is forgotten. */
export function Shelf() {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button shelf-count" onClick={() => setOpen(true)}>
        {t().shelf(formatNumber(shelved.value.length))}
      </button>
      {open && <ShelfSheet onClose={() => setOpen(false)} />}
    </>
  )
}
