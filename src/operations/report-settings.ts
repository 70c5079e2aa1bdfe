import type { Rotation } from '../dispatch/duty.ts'
import { type Company, companies, isCompany } from './company.ts'
import { type ReportPeriod, reportPeriods } from './duty-report.ts'

/** What is made by the calendar, and what of it is sent. */
export interface DutyReportSettings {
  /** Rotation whose shifts are reported on; null: that of the control room, the first one with a team that is no crew. */
  rotation: string | null
  make: Readonly<Record<ReportPeriod, readonly Company[]>>
  send: Readonly<Record<ReportPeriod, readonly Company[]>>
  /** When reports of a day or month are sent, minutes after midnight in the city; those of a shift go out as they are made. */
  sendAt: number
}

const everybody = Object.keys(companies) as Company[]
const periods = Object.keys(reportPeriods) as ReportPeriod[]

/** Everything is made; what is sent are the days and months of the bureau, in the morning. */
export const usualReportSettings: DutyReportSettings = {
  rotation: null,
  make: { shift: everybody, day: everybody, month: everybody },
  send: { shift: [], day: ['bureau'], month: ['bureau'] },
  sendAt: 7 * 60 + 30,
}

/** The rotation whose shifts are reported on: the one that is named, else the first one in which people of the control room work. */
export function reportRotation(named: string | null, rotations: readonly Rotation[]): Rotation | null {
  if (named !== null) return rotations.find(({ id }) => id === named) ?? null
  return rotations.find(({ teams }) => teams.some(({ crew }) => crew === null)) ?? null
}

/** What is wrong with settings, in words. */
export function settingsProblems({ rotation, make, send, sendAt }: DutyReportSettings, rotations: readonly Rotation[]): string[] {
  const problems: string[] = []
  if (rotation !== null && !rotations.some(({ id }) => id === rotation))
    problems.push(`There is no rotation ${rotation}; /api/roster lists them.`)
  for (const period of periods) {
    const unknown = [...make[period], ...send[period]].find((company) => !isCompany(company))
    if (unknown !== undefined) problems.push(`There is no company ${unknown}.`)
    const unmade = send[period].find((company) => !make[period].includes(company))
    if (unmade !== undefined) problems.push(`The ${period} report of ${unmade} cannot be sent, because it is not made.`)
  }
  if (!Number.isInteger(sendAt) || sendAt < 0 || sendAt >= 24 * 60) problems.push('sendAt is a minute of the day, 0 to 1439.')
  return problems
}
