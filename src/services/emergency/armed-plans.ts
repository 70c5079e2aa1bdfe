import { randomBytes } from 'node:crypto'
import type { ActivationRequest, Actor } from '../../edges/emergency-plans.ts'
import { refuse } from '../../errors.ts'
import { minutes } from '../../telemetry/duration.ts'

/** So long what somebody was shown is ground enough to activate a plan, ms. */
export const ARMED_FOR = minutes(2)
/** Somebody arms again and again. */
const MOST_ARMED = 200

export interface Armed extends ActivationRequest {
  plan: string
  version: number
  by: string
  session: string | null
  until: number
}

/** What was armed and not activated yet; a restart forgets it, and then it is armed anew. */
export class ArmedPlans {
  readonly #armed = new Map<string, Armed>()

  arm(armed: Omit<Armed, 'until'>, at: number): { token: string; until: number } {
    for (const [token, { until }] of this.#armed) if (until <= at) this.#armed.delete(token)
    if (this.#armed.size >= MOST_ARMED) refuse('Too many plans are armed at the same time; wait two minutes.')
    const token = randomBytes(24).toString('base64url')
    const until = at + ARMED_FOR
    this.#armed.set(token, { ...armed, until })
    return { token, until }
  }

  /** Uses a token up, whoever holds it. Throws `action-refused`. */
  take(token: string, { by, session }: Pick<Actor, 'by' | 'session'>, at: number): Armed {
    const armed = this.#armed.get(token)
    this.#armed.delete(token)
    if (!armed) return refuse('This was activated already, or never armed; look at what the plan would do once more.')
    if (armed.by !== by || armed.session !== session) refuse('Somebody else armed this, or you did in another session; arm it yourself.')
    if (armed.until <= at) refuse('It was armed too long ago; look at what the plan would do once more.')
    return armed
  }
}
