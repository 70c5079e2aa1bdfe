import { signal } from '@preact/signals'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import type { LightChangeView } from '../../../../src/edges/http/light-change-schemas.ts'

/** Something that somebody asked for and that a second person may be waited for with. */
export interface Asked {
  id: string
  approval: CommandView['approval']
}

/** Whether a second person is still waited for. */
export const isWaiting = ({ approval, counts }: Pick<CommandView, 'approval' | 'counts'>, at: number): boolean =>
  approval !== null && approval.decision === null && at < approval.expires && (counts.requested ?? 0) > 0

/** The same of a change of light. */
export const isLightWaiting = ({ approval, state }: Pick<LightChangeView, 'approval' | 'state'>, at: number): boolean =>
  state === 'waiting' && approval !== null && at < approval.expires

/** Those that wait, the one whose time is up first in front, each as it was told newest. */
export function waitingOf<T extends Asked>(
  before: ReadonlyMap<string, T>,
  told: readonly T[],
  at: number,
  isStill: (one: T, at: number) => boolean,
): Map<string, T> {
  const next = new Map(before)
  for (const one of told) next.set(one.id, one)
  for (const [id, one] of next) if (!isStill(one, at)) next.delete(id)
  return new Map([...next].sort(([, a], [, b]) => (a.approval?.expires ?? 0) - (b.approval?.expires ?? 0)))
}

/** Whether somebody may be the second person: never whose account answers for it already. */
export const maySecond = ({ account, isElsewhere }: { account: string; isElsewhere: boolean }, name: string): boolean =>
  account !== name && !isElsewhere

/** Ids of those that wait for whoever sits here, as far as the console listens to them; they sound until somebody decides. */
export const secondPersonCalls = signal<readonly string[]>([])
