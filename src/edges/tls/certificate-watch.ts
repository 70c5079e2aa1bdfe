import type { SecureContextOptions } from 'node:tls'
import { LamplighterError } from '../../errors.ts'
import { days } from '../../telemetry/duration.ts'
import { certificatesIn, type TlsMaterial } from './material.ts'
import { contextOptions } from './server-options.ts'

/** A server whose certificate can be changed while its connections go on. */
export interface TlsServer {
  setSecureContext(options: SecureContextOptions): void
}

export interface CertificateView {
  subject: string
  issuer: string
  /** Host names and addresses, each with its type, as `DNS:lamp.example`. */
  names: string
  /** ms since 1970 */
  validFrom: number
  validTo: number
  /** SHA-256, as hex pairs with colons. */
  fingerprint: string
}

/** What is shown, and how it stands with it. */
export interface ServedCertificate extends CertificateView {
  /** The last certificate that is shown: that of the authority where it is shown too. */
  authority: { fingerprint: string; pem: string }
  daysLeft: number
  problems: string[]
}

export interface WatchOptions {
  /** Reads what is in force. Throws a `LamplighterError` when it cannot be used. */
  read(now: number): TlsMaterial
  now: () => number
  /** `authority`: its fingerprint when it is another one than before, so that nobody trusts it yet. */
  onChange?(shown: CertificateView, authority: string | null): void
  onTrouble?(problem: string): void
}

/** Keeps the certificates of TLS servers those of the files: new ones are taken over while connections go on, broken ones are not. */
export class CertificateWatch {
  readonly #options: WatchOptions
  readonly #servers = new Map<TlsServer, 'clients' | 'anybody'>()
  #material: TlsMaterial
  #problem: string | undefined

  /** Throws when what is there cannot be used. */
  constructor(options: WatchOptions) {
    this.#options = options
    this.#material = options.read(options.now())
  }

  /** What a server of these certificates is made with. `clients`: with what client certificates are verified by. */
  contextFor(whom: 'clients' | 'anybody'): SecureContextOptions {
    return contextOptions(this.#material, whom === 'clients')
  }

  /** Gives the server each new certificate. Returns how to end that. */
  attach(server: TlsServer, whom: 'clients' | 'anybody'): () => void {
    this.#servers.set(server, whom)
    return () => void this.#servers.delete(server)
  }

  /** Looks whether something has changed. To be called now and then, and when somebody says so. */
  look(): void {
    const { read, now, onChange, onTrouble } = this.#options
    try {
      const found = read(now())
      if (isSame(found, this.#material)) {
        this.#problem = undefined
        return
      }
      const before = this.authority().fingerprint
      this.#take(found)
      this.#problem = undefined
      const { fingerprint } = this.authority()
      onChange?.(this.view(), fingerprint === before ? null : fingerprint)
    } catch (error) {
      const reason = error instanceof LamplighterError ? error.message : `The new certificates cannot be used: ${error}.`
      const problem = `${reason} The certificate before stays in force.`
      if (problem !== this.#problem) onTrouble?.(problem)
      this.#problem = problem
    }
  }

  #take(found: TlsMaterial): void {
    const end = (material: TlsMaterial) => Math.min(...certificatesIn(material.cert).map(({ validToDate }) => validToDate.getTime()))
    if (end(found) <= this.#options.now() && end(found) < end(this.#material))
      throw new LamplighterError('config-invalid', 'The new certificate has ended already.')
    const before = this.#material
    this.#material = found
    try {
      for (const [server, whom] of this.#servers) server.setSecureContext(this.contextFor(whom))
    } catch (error) {
      this.#material = before
      for (const [server, whom] of this.#servers) server.setSecureContext(this.contextFor(whom))
      throw error
    }
  }

  /** What is wrong with new files or with the clock they were made by, for people; empty when nothing is. */
  problems(): string[] {
    const from = Math.max(...certificatesIn(this.#material.cert).map(({ validFromDate }) => validFromDate.getTime()))
    const early = `The certificate is not valid before ${new Date(from).toISOString()}. Set the clock of this machine, or give another certificate.`
    return [...(from > this.#options.now() ? [early] : []), ...(this.#problem ? [this.#problem] : [])]
  }

  /** Days until the first of all certificates in force ends, those of clients' authorities among them; negative afterwards. */
  daysLeft(): number {
    const all = certificatesIn(this.#material.cert + (this.#material.clientAuthorities ?? ''))
    return (Math.min(...all.map(({ validToDate }) => validToDate.getTime())) - this.#options.now()) / days(1)
  }

  /** The certificate shown to clients. */
  view(): CertificateView {
    const [leaf] = certificatesIn(this.#material.cert) as [NonNullable<ReturnType<typeof certificatesIn>[0]>]
    return {
      subject: leaf.subject.replaceAll('\n', ', '),
      issuer: leaf.issuer.replaceAll('\n', ', '),
      names: leaf.subjectAltName ?? '',
      validFrom: leaf.validFromDate.getTime(),
      validTo: leaf.validToDate.getTime(),
      fingerprint: leaf.fingerprint256,
    }
  }

  served(): ServedCertificate {
    return { ...this.view(), authority: this.authority(), daysLeft: this.daysLeft(), problems: this.problems() }
  }

  authority(): { fingerprint: string; pem: string } {
    const last = certificatesIn(this.#material.cert).at(-1) as NonNullable<ReturnType<typeof certificatesIn>[0]>
    return { fingerprint: last.fingerprint256, pem: last.toString() }
  }
}

const isSame = (a: TlsMaterial, b: TlsMaterial) =>
  a.cert === b.cert && a.key === b.key && a.clientAuthorities === b.clientAuthorities && a.revoked === b.revoked
