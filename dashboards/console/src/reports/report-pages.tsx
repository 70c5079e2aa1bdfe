import { guarded } from '../shell/guarded.tsx'
import '../orders/orders.css'
import { CodesPage } from './codes-page.tsx'
import { ReportPage } from './report-page.tsx'
import './reports.css'
import { ReportsPage } from './reports-page.tsx'

/** The pages of citizens' reports; the address has been found to be one of theirs. */
export const ReportPages = guarded('report.enter', Pages)

function Pages({ path }: { path: string }) {
  if (path === '/report-codes') return <CodesPage />
  const one = /^\/reports\/(\d+)$/.exec(path)
  return one ? <ReportPage key={one[1]} id={Number(one[1])} /> : <ReportsPage />
}
