import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { findProgram } from '../../servers.ts'

const now = Date.UTC(2026, 10, 29, 12)
const authority = issueCertificate({ commonName: 'City authority', use: 'authority', validFrom: now, validTo: Date.UTC(2060, 0, 1) })
const names = ['lamp.example', '路灯.example', '192.0.2.7', '2001:db8::1:0:7', 'urn:device:7']
const server = issueCertificate({
  ...{ commonName: 'lamp.example', names, use: 'server', by: authority },
  ...{ validFrom: now, validTo: now + days(397) },
})

test('a certificate says what was ordered, and its authority signed it', () => {
  const read = new X509Certificate(server.cert)
  const issuer = new X509Certificate(authority.cert)
  expect(read.verify(createPublicKey(authority.cert))).toBe(true)
  expect(read.checkIssued(issuer)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(server.key))).toBe(true)
  expect(read.subjectAltName).toBe(
    'DNS:lamp.example, DNS:xn--znx524d.example, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:1:0:7, URI:urn:device:7',
  )
  expect([read.validFromDate.getTime(), read.validToDate.getTime()]).toEqual([now, now + days(397)])
  expect(read.ca).toBe(false)
  expect(issuer.ca).toBe(true)
  expect(issuer.validToDate.getTime()).toBe(Date.UTC(2060, 0, 1))
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('no two certificates have the same number', () => {
  const numbers = Array.from({ length: 20 }, () => issueCertificate({ commonName: 'a', use: 'authority', validFrom: 0, validTo: days(1) }))
  expect(new Set(numbers.map(({ cert }) => new X509Certificate(cert).serialNumber)).size).toBe(20)
})

const openssl = findProgram('openssl')
test.skipIf(!openssl)('openssl takes it by its strict rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-certificate-'))
  writeFileSync(join(folder, 'ca.pem'), authority.cert)
  writeFileSync(join(folder, 'server.pem'), server.cert)
  const at = String(now / 1000 + 60)
  const args = ['verify', '-x509_strict', '-attime', at, '-purpose', 'sslserver', '-verify_hostname', 'lamp.example', '-CAfile', 'ca.pem']
  const { stdout, stderr } = spawnSync(openssl as string, [...args, 'server.pem'], { cwd: folder, encoding: 'utf8' })
  expect(stdout + stderr).toBe('server.pem: OK\n')
})
