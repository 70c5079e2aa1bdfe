import { signal } from '@preact/signals'
import type { Scope } from '../../src/access/scope.ts'
import type { Text } from '../../src/telemetry/point.ts'
import { whenSignedOut } from './http.ts'

export interface Session {
  name: string
  role: string
  roleTitle: Text
  scope: Scope
  /** What the account may do. */
  permissions: readonly string[]
  expires: number
  /** What has to be set before anything else. */
  owes: 'password' | 'second-factor' | null
  secondFactorDue: number | null
  /** Of the city. */
  timeZone: string
}

/** A session, or what the code of the second factor is to be sent with. */
export type SignInStep = Session | { pending: string }

/** undefined: not asked yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined)
whenSignedOut(() => {
  session.value = null
})
