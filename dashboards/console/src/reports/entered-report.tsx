import { useEffect, useRef } from 'preact/hooks'
import type { ReportDetailView } from '../../../../src/edges/http/report-schemas.ts'
import { language } from '../settings.ts'
import { Dialog } from '../shell/dialog.tsx'
import { ro } from '../texts/reports.ts'
import { readAloud } from './read-aloud.ts'

interface EnteredProps {
  detail: ReportDetailView
  onClose: () => void
  onNext: () => void
}

/** The number to tell whoever called, and what became of the report. */
export function EnteredReport({ detail: { report }, onClose, onNext }: EnteredProps) {
  const done = useRef<HTMLButtonElement>(null)
  useEffect(() => done.current?.focus(), [])
  return (
    <Dialog title={ro().given} onClose={onClose}>
      <p class="entry-number">{report.number}</p>
      <p class="entry-aloud">{readAloud(report.number, language.value)}</p>
      {report.duplicateOf !== null ? <p>{ro().joined}</p> : report.known && <p>{ro().wasKnown}</p>}
      <p>{report.order !== null ? ro().nowOrder(report.order) : report.duplicateOf === null && ro().forDesk}</p>
      <div class="buttons">
        {/* The key that sent it may still be down. */}
        <button
          type="button"
          class="button primary"
          ref={done}
          onClick={onNext}
          onKeyDown={(event) => event.repeat && event.preventDefault()}
        >
          {ro().next}
        </button>
        <a class="button" href={`/reports/${report.id}`} onClick={onClose}>
          {ro().open}
        </a>
      </div>
    </Dialog>
  )
}
