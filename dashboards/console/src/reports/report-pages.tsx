import { guarded } from '../shell/guarded.tsx'
import { CodesPage } from './codes-page.tsx'

/** The pages of citizens' reports; the address has been found to be one of theirs. */
export const ReportPages = guarded('report.enter', CodesPage)
