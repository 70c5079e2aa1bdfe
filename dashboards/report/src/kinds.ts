import { isDangerous, type PublicState, publicStates, type ReportKind, reportKinds } from '../../../src/operations/citizen-report.ts'
import { say } from '../../shared/preferences.ts'

const all = (Object.keys(reportKinds) as ReportKind[]).map((key) => ({ key, title: reportKinds[key], isDangerous: isDangerous(key) }))

/** What may be reported; what can kill stands first. */
export const kinds = [...all.filter((kind) => kind.isDangerous), ...all.filter((kind) => !kind.isDangerous)]

export const kindWords = (key: ReportKind): string => say(reportKinds[key])
export const stateWords = (state: PublicState): string => say(publicStates[state])
