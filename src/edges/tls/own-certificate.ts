import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { LamplighterError } from '../../errors.ts'
import { days } from '../../telemetry/duration.ts'
import { issueCertificate, type KeyedCertificate } from './issue-certificate.ts'
import type { TlsMaterial } from './material.ts'
import { peerNames } from './peer-names.ts'

const AUTHORITY_LIFE = days(20 * 365)
/** Longer ones are refused by some clients. */
const SERVER_LIFE = days(397)
const RENEWED_BEFORE = days(45)
/** A device whose clock is somewhat behind takes it all the same. */
const CLOCK_MARGIN = days(2)
const MOST_NAMES = 100
/** The authority that was there first, while by the clock it is not valid. */
const ASIDE = 'authority-aside'

/** The names by which this machine can be reached, as far as it knows them. */
export function ownNames(more: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ address, internal }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
  const all = [...more, 'localhost', hostname(), '127.0.0.1', '::1', ...addresses].map((name) => (isIP(name) ? name : domainToASCII(name)))
  return [...new Set(all)].filter((name) => isIP(name) || /^[a-z0-9*_.-]+$/.test(name)).slice(0, MOST_NAMES)
}

/**
 * The service's own certificate for `names`, which are as `ownNames` gives them, signed by an authority of its own; both are made when they are missing, and the certificate again when it
 * ends soon, lacks one of the names or is not valid yet. The authority stays, so that devices which trust it go on; while the clock says that it
 * is not valid, another one takes its place, and it comes back when the clock says otherwise. `folder`: only this account can read it. Throws `config-invalid`
 * when what is there cannot be used.
 */
export function ownCertificate(folder: string, names: readonly string[], now: number): Pick<TlsMaterial, 'cert' | 'key'> {
  makePrivateFolder(folder)
  const authority = authorityOf(folder, now)
  const known = readPair(folder, 'server')
  // In use for a year, it is trusted by now, whatever was before it.
  if (known && isOf(known, authority) && !isLong(known, now)) forgetAside(folder)
  const server = known && isGood(known, authority, names, now) ? known : writePair(folder, 'server', makeServer(authority, names, now))
  return { cert: server.cert + authority.cert, key: server.key }
}

function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // A backup that was put back may have it open to others.
    chmodSync(folder, 0o700)
  } catch (error) {
    throw new LamplighterError('config-invalid', `The folder ${folder} for keys cannot be made; give one this account may write to.`, error)
  }
}

/** A clock that was wrong when the authority was made, or is wrong now, must not cost the devices the authority they trust. */
function authorityOf(folder: string, now: number): KeyedCertificate {
  const known = readPair(folder, 'authority')
  const first = readPair(folder, ASIDE)
  if (first && isValid(first, now)) {
    writePair(folder, 'authority', first)
    forgetAside(folder)
    return first
  }
  if (known && isValid(known, now)) return known
  if (known && !first) writePair(folder, ASIDE, known)
  return writePair(folder, 'authority', makeAuthority(now))
}

function forgetAside(folder: string): void {
  for (const ending of ['crt', 'key']) rmSync(join(folder, `${ASIDE}.${ending}`), { force: true })
}

function isValid({ cert }: KeyedCertificate, now: number): boolean {
  const { validFromDate, validToDate } = new X509Certificate(cert)
  return validFromDate.getTime() <= now && now < validToDate.getTime()
}

function makeAuthority(now: number): KeyedCertificate {
  const commonName = `Lamplighter ${hostname()} ${new Date(now).toISOString().slice(0, 10)}`
  return issueCertificate({ commonName, use: 'authority', validFrom: now - CLOCK_MARGIN, validTo: now + AUTHORITY_LIFE })
}

function makeServer(by: KeyedCertificate, names: readonly string[], now: number): KeyedCertificate {
  const commonName = names[0] ?? 'localhost'
  return issueCertificate({ commonName, names, use: 'server', by, validFrom: now - CLOCK_MARGIN, validTo: now + SERVER_LIFE })
}

function isGood(pair: KeyedCertificate, authority: KeyedCertificate, names: readonly string[], now: number): boolean {
  const read = new X509Certificate(pair.cert)
  const { altNames } = peerNames(read)
  const isNamed = (name: string) => (isIP(name) ? read.checkIP(name) !== undefined : altNames.includes(name))
  return isValid(pair, now) && isLong(pair, now) && isOf(pair, authority) && names.every(isNamed)
}

const isOf = ({ cert }: KeyedCertificate, authority: KeyedCertificate) =>
  new X509Certificate(cert).checkIssued(new X509Certificate(authority.cert))
const isLong = ({ cert }: KeyedCertificate, now: number) => new X509Certificate(cert).validToDate.getTime() - now > RENEWED_BEFORE

/** Undefined unless both files are there. */
function readPair(folder: string, name: string): KeyedCertificate | undefined {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  if (!existsSync(certFile) || !existsSync(keyFile)) return undefined
  try {
    const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
    if (new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) return pair
  } catch (error) {
    throw new LamplighterError('config-invalid', `${certFile} or ${keyFile} cannot be used. Remove both; they are made anew.`, error)
  }
  // The key is written first: power lost between the two leaves an older certificate.
  return undefined
}

function writePair(folder: string, name: string, pair: KeyedCertificate): KeyedCertificate {
  writeDurably(join(folder, `${name}.key`), pair.key, 0o600)
  writeDurably(join(folder, `${name}.crt`), pair.cert, 0o644)
  return pair
}

function writeDurably(path: string, text: string, mode: number): void {
  const unfinished = `${path}.unfinished`
  const file = openSync(unfinished, 'w', mode)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(unfinished, path)
}
