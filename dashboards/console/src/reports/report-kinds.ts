import { isDangerous, type PublicState, publicStates, type ReportKind, reportKinds } from '../../../../src/operations/citizen-report.ts'
import { say } from '../settings.ts'

const keys = Object.keys(reportKinds) as ReportKind[]
/** What can kill stands first; their place is the digit that chooses them. */
export const kindKeys: readonly ReportKind[] = [...keys.filter(isDangerous), ...keys.filter((key) => !isDangerous(key))]
export { isDangerous, type ReportKind }

export const kindWord = (kind: ReportKind): string => say(reportKinds[kind])
export const publicWord = (state: PublicState): string => say(publicStates[state])
