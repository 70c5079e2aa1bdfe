import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CertificateWatch } from '../../../src/edges/tls/certificate-watch.ts'
import { certificatesIn, type TlsMaterial } from '../../../src/edges/tls/material.ts'
import { ownCertificate, ownNames } from '../../../src/edges/tls/own-certificate.ts'
import { days } from '../../../src/telemetry/duration.ts'

const now = Date.UTC(2026, 10, 29)
const names = ['lamp.example', 'localhost', '127.0.0.1', '::1']
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-own-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const fingerprints = (pem: string) => certificatesIn(pem).map(({ fingerprint256 }) => fingerprint256)

test('an authority and a certificate with all names are made once, the keys for this account only', () => {
  chmodSync(folder, 0o755)
  const first = ownCertificate(folder, names, now)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const [server, authority] = certificatesIn(first.cert) as [X509Certificate, X509Certificate]
  expect(server.checkIssued(authority)).toBe(true)
  expect([authority.ca, server.ca]).toEqual([true, false])
  expect(server.subjectAltName).toBe('DNS:lamp.example, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  expect(server.validToDate.getTime()).toBe(now + days(397))
  for (const key of ['authority.key', 'server.key']) expect(statSync(join(folder, key)).mode & 0o777).toBe(0o600)
  expect(ownCertificate(folder, names, now + days(300))).toEqual(first)
  expect(ownCertificate(folder, names.slice(1), now)).toEqual(first)
})

test('names of every sort are found again in what was made', () => {
  const all = ownNames(['路灯.example', '*.lamps.example', 'under_score', '2001:db8::1:0:7', 'UPPER'])
  const first = ownCertificate(folder, all, now)
  expect(ownCertificate(folder, all, now)).toEqual(first)
})

test.each([
  ['it ends soon', names, now + days(360)],
  ['it lacks a name', [...names, '192.0.2.7'], now],
])('a new certificate of the same authority is made when %s', (_why, wanted, at) => {
  const [server, authority] = fingerprints(ownCertificate(folder, names, now).cert)
  const [next, same] = fingerprints(ownCertificate(folder, wanted, at).cert)
  expect(same).toBe(authority)
  expect(next).not.toBe(server)
})

test('another certificate is made when the authority was removed, or one of a pair is not that of the other', () => {
  const [server, authority] = fingerprints(ownCertificate(folder, names, now).cert)
  unlinkSync(join(folder, 'authority.key'))
  const next = fingerprints(ownCertificate(folder, names, now).cert)
  expect(next).not.toContain(server)
  expect(next).not.toContain(authority)
  // Power lost between the two files of a new certificate.
  writeFileSync(join(folder, 'server.key'), readFileSync(join(folder, 'authority.key')))
  const third = ownCertificate(folder, names, now)
  expect(fingerprints(third.cert)[0]).not.toBe(next[0])
  expect(new X509Certificate(third.cert).subject).toBe('CN=lamp.example')
})

test('a certificate made while the clock was ahead is replaced when the clock is right, of the same authority where that is valid', () => {
  const [ahead, authority] = certificatesIn(ownCertificate(folder, names, now).cert) as [X509Certificate, X509Certificate]
  const early = now - days(3)
  expect(ahead.validFromDate.getTime()).toBeGreaterThan(early)
  const [server, other] = certificatesIn(ownCertificate(folder, names, early).cert) as [X509Certificate, X509Certificate]
  for (const { validFromDate } of [server, other]) expect(validFromDate.getTime()).toBeLessThanOrEqual(early)
  expect(server.checkIssued(other)).toBe(true)
  // It was the clock of the second start that was wrong: who trusts the first authority goes on.
  const [again, back] = certificatesIn(ownCertificate(folder, names, now).cert) as [X509Certificate, X509Certificate]
  expect([back.fingerprint256, again.checkIssued(authority)]).toEqual([authority.fingerprint256, true])
})

test('an authority that took the place of one made in the future stays once it has been in use for long', () => {
  ownCertificate(folder, names, now + days(12 * 365))
  const first = fingerprints(ownCertificate(folder, names, now).cert)[1]
  for (let at = now; at < now + days(13 * 365); at += days(90)) ownCertificate(folder, names, at)
  expect(fingerprints(ownCertificate(folder, names, now + days(13 * 365)).cert)[1]).toBe(first)
})

test('an authority that has ended by the clock comes back with the clock', () => {
  const first = fingerprints(ownCertificate(folder, names, now).cert)[1]
  const late = fingerprints(ownCertificate(folder, names, now + days(30 * 365)).cert)[1]
  expect(late).not.toBe(first)
  expect(fingerprints(ownCertificate(folder, names, now).cert)[1]).toBe(first)
})

test('what is not valid yet is a problem until it is, and another authority is told', () => {
  let at = now
  let material = ownCertificate(folder, names, now + days(5))
  const changes: (string | null)[] = []
  const watch = new CertificateWatch({
    read: () => material as TlsMaterial,
    now: () => at,
    onChange: (_, authority) => changes.push(authority),
  })
  expect(watch.problems()).toEqual([expect.stringContaining(`not valid before ${new Date(now + days(3)).toISOString()}`)])
  at = now + days(4)
  expect(watch.served().problems).toEqual([])
  material = ownCertificate(folder, [...names, 'more.example'], now + days(5))
  watch.look()
  material = ownCertificate(folder, names, now)
  watch.look()
  expect(changes).toEqual([null, fingerprints(material.cert)[1]])
})

test('a broken file is said and not replaced', () => {
  ownCertificate(folder, names, now)
  writeFileSync(join(folder, 'authority.crt'), 'x')
  expect(() => ownCertificate(folder, names, now)).toThrow(/authority\.crt or .*authority\.key cannot be used/)
  expect(readFileSync(join(folder, 'authority.crt'), 'utf8')).toBe('x')
})

test('the names of this machine, those that are given first', () => {
  expect(ownNames(['lamp.example'])).toEqual(
    expect.arrayContaining(['lamp.example', 'localhost', '127.0.0.1', '::1', hostname().toLowerCase()]),
  )
  expect(ownNames(['路灯.Example', 'not a name'])[0]).toBe('xn--znx524d.example')
  expect(ownNames(['not a name'])[0]).toBe('localhost')
  expect(ownNames(['localhost']).filter((name) => name === 'localhost')).toHaveLength(1)
})
