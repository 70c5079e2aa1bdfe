import { signal } from '@preact/signals'
import type { DispatchPolicy } from '../../../../src/dispatch/dispatch-policy.ts'
import { session } from '../live/api.ts'
import type { KeptPolicy } from './dispatch-api.ts'

interface Draft {
  /** What was in force when the first change was made. */
  base: KeptPolicy
  policy: DispatchPolicy
  /** Whose it is. */
  account: string | undefined
}

/** Changes that are not in force yet; they wait while other pages are looked at. */
const draft = signal<Draft | null>(null)

/** That of whoever is signed in. */
export const ownDraft = (): Draft | null => (draft.value?.account === session.value?.name ? draft.value : null)

/** A policy without what only the server says of it. */
export function plainPolicy({ version: _, ...policy }: KeptPolicy): DispatchPolicy {
  return policy
}

const isSame = (a: DispatchPolicy, b: DispatchPolicy) => JSON.stringify(a) === JSON.stringify(b)

/** Changes made to what was in force as `base`; without any there is no draft. */
export function keepDraft(policy: DispatchPolicy, base: KeptPolicy): void {
  draft.value = isSame(policy, plainPolicy(base)) ? null : { base, policy, account: session.peek()?.name }
}

export function dropDraft(): void {
  draft.value = null
}
