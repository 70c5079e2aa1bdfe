import { signal } from '@preact/signals'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'

/** Whether a second person is still waited for. */
export const isWaiting = ({ approval, counts }: Pick<CommandView, 'approval' | 'counts'>, at: number): boolean =>
  approval !== null && approval.decision === null && at < approval.expires && (counts.requested ?? 0) > 0

/** Those that wait, the one whose time is up first in front, each as it was told newest. */
export function waitingOf(before: ReadonlyMap<string, CommandView>, told: readonly CommandView[], at: number): Map<string, CommandView> {
  const next = new Map(before)
  for (const command of told) next.set(command.id, command)
  for (const [id, command] of next) if (!isWaiting(command, at)) next.delete(id)
  return new Map([...next].sort(([, a], [, b]) => (a.approval?.expires ?? 0) - (b.approval?.expires ?? 0)))
}

/** Whether somebody may be the second person: never whose account answers for it already. */
export const maySecond = ({ account, elsewhere }: Pick<CommandView, 'account' | 'elsewhere'>, name: string): boolean =>
  account !== name && elsewhere === 0

/** Ids of those that wait for whoever sits here, as far as the console listens to commands; they sound until somebody decides. */
export const secondPersonCalls = signal<readonly string[]>([])
