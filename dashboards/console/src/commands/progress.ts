import type { TargetState } from '../../../../src/control/command.ts'

export const progressParts = ['done', 'underWay', 'failed', 'calledBack'] as const
export type ProgressPart = (typeof progressParts)[number]
export type Progress = Readonly<Record<ProgressPart, number>> & { readonly total: number }

const partOf: Readonly<Record<TargetState, ProgressPart>> = {
  requested: 'underWay',
  accepted: 'underWay',
  sent: 'underWay',
  confirmed: 'underWay',
  'effect-seen': 'done',
  refused: 'failed',
  failed: 'failed',
  expired: 'failed',
  cancelled: 'calledBack',
}

/** The states of which a part is made. */
export const statesOf = (part: ProgressPart): TargetState[] =>
  (Object.keys(partOf) as TargetState[]).filter((state) => partOf[state] === part)

/** How far a command has come, by how many facilities stand in each state. */
export function progressOf(counts: Readonly<Record<string, number>>): Progress {
  const progress = { done: 0, underWay: 0, failed: 0, calledBack: 0, total: 0 }
  for (const [state, count] of Object.entries(counts)) {
    progress[partOf[state as TargetState]] += count
    progress.total += count
  }
  return progress
}
