import type { ReportPart } from '../../operations/duty-report.ts'
import { emergencyTables } from '../../operations/emergency-plan-report.ts'
import type { ServiceParts } from '../parts.ts'

/** What the bureau reads of emergency plans: they are for the whole city, whatever company looks after the area. */
export const emergencyReportPart = ({ state }: Pick<ServiceParts, 'state'>): ReportPart => ({
  key: 'emergency',
  company: 'bureau',
  tables: async ({ from, to }) => emergencyTables({ from, to }, state.emergencies.activeBetween(from, to)),
})
