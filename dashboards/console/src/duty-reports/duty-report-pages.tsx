import './duty-reports.css'
import { OperationsBar } from '../operations/operations-bar.tsx'
import { useKeys } from '../shell/keys.ts'
import { navigate } from '../shell/router.ts'
import { ReportList } from './report-list.tsx'
import { ReportPage } from './report-page.tsx'

/** Reports of shifts, days and months: all of them, or one. */
export function DutyReportPages({ path }: { path: string }) {
  const id = Number(/^\/duty-reports\/(\d+)$/.exec(path)?.[1] ?? 0)
  useKeys({ Escape: () => navigate(id > 0 ? '/duty-reports' : '/') })
  return (
    <div class="stack duty-reports">
      <OperationsBar />
      {id > 0 ? <ReportPage key={id} id={id} /> : <ReportList />}
    </div>
  )
}
