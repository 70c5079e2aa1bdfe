import type { StateStore } from '../../../storage/state-store.ts'
import type { Schedule } from '../../live/throttle.ts'
import type { Sessions } from '../session.ts'
import { Accounts } from './accounts.ts'
import { ApiKeys } from './api-keys.ts'
import { FailedSignIns } from './failed-sign-ins.ts'
import { Invitations } from './invitations.ts'
import { SecondFactors } from './second-factor.ts'
import { SignIn } from './sign-in.ts'
import { SourceTokens } from './source-tokens.ts'

/** Everything about who may come in. */
export interface People {
  sessions: Sessions
  signIn: SignIn
  secondFactors: SecondFactors
  accounts: Accounts
  invitations: Invitations
  keys: ApiKeys
  sourceTokens: SourceTokens
  /** Writes what the audit trail still lacks. */
  close(): void
}

export function createPeople(state: StateStore, sessions: Sessions, now: () => number, schedule: Schedule): People {
  const secondFactors = new SecondFactors(state, now)
  const failed = new FailedSignIns({ audit: (record) => state.audit(record), now, schedule })
  const signIn = new SignIn({ state, sessions, secondFactors, failed, now })
  const invitations = new Invitations(state, sessions, signIn, now)
  const accounts = new Accounts(state, sessions, invitations, now)
  const failedKeys = new FailedSignIns({ action: 'key-failed', audit: (record) => state.audit(record), now, schedule })
  const keys = new ApiKeys({ state, sessions, failed: failedKeys, now })
  const failedSources = new FailedSignIns({ action: 'source-refused', audit: (record) => state.audit(record), now, schedule })
  const sourceTokens = new SourceTokens({ sources: state.alertSources, failed: failedSources, now })
  const close = () => {
    failed.flush()
    failedKeys.flush()
    failedSources.flush()
  }
  return { sessions, signIn, secondFactors, accounts, invitations, keys, sourceTokens, close }
}
