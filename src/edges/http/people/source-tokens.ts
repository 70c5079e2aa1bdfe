import { timingSafeEqual } from 'node:crypto'
import { LamplighterError } from '../../../errors.ts'
import type { AlertSourceStore, StoredAlertSource } from '../../../storage/alert-source-store.ts'
import { LoginLimits } from '../../login-limits.ts'
import { senderOf } from '../../mqtt/senders.ts'
import type { FailedSignIns } from './failed-sign-ins.ts'
import { hashToken } from './tokens.ts'

export interface SourceTokensOptions {
  sources: Pick<AlertSourceStore, 'get'>
  failed: FailedSignIns
  now: () => number
}

/** Lets systems in that send their alerts, each by its own token, which is good for nothing else. */
export class SourceTokens {
  readonly #options: SourceTokensOptions
  readonly #addresses = new LoginLimits(15)

  constructor(options: SourceTokensOptions) {
    this.#options = options
  }

  /**
   * The source of an address, when the header has its token: as a bearer token, or as the password of a user called like the source. Throws
   * `not-signed-in` or `too-many-requests`: wrong ones wait by address, a right one never does, since nobody guesses 256 bits.
   */
  admit(id: string, authorization: string | undefined, address: string): StoredAlertSource {
    const source = this.#options.sources.get(id)
    const given = tokenOf(authorization, id)
    if (source?.token && given !== null && isSame(hashToken(given), source.token.hash)) return source
    const { failed, now } = this.#options
    const sender = senderOf(address)
    const subject = source ? `source:${id}` : 'unknown source'
    const wait = this.#addresses.wait(sender, now())
    if (wait > 0) {
      failed.refused(subject, address)
      throw new LamplighterError('too-many-requests', `Too many wrong tokens. Try again in ${Math.ceil(wait / 1000)} s.`)
    }
    this.#addresses.tried(sender, now())
    failed.wrong(subject, address, this.#addresses.wait(sender, now()))
    throw new LamplighterError('not-signed-in', 'The token is not that of this source. The page of channels gives another one.')
  }
}

function tokenOf(authorization: string | undefined, id: string): string | null {
  const [, scheme = '', given = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return given
  const [user = '', ...password] = Buffer.from(given, 'base64').toString().split(':')
  return user === id && password.length > 0 ? password.join(':') : null
}

const isSame = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'))
