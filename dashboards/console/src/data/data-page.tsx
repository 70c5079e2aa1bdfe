import { useEffect, useRef } from 'preact/hooks'
import { mayWhole } from '../shell/access.ts'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { d } from '../texts/data.ts'
import { ExportSection } from './export-section.tsx'
import { ImportSection } from './import-section.tsx'

/** Telemetry as files: out, and in again. */
export function DataPage() {
  useKeys({ Escape: () => navigate('/facilities') })
  const top = useRef<HTMLHeadingElement>(null)
  useEffect(() => top.current?.focus(), [])
  return (
    <section class="panel import files">
      <div class="list-bar">
        <h1 ref={top} tabIndex={-1}>
          {d().title}
        </h1>
      </div>
      <ExportSection />
      {mayWhole('telemetry.import') && <ImportSection />}
    </section>
  )
}
