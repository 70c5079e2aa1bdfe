import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { issueCertificate } from '../../../src/edges/tls/issue-certificate.ts'
import { type MaterialFiles, readClientFiles, readServerFiles } from '../../../src/edges/tls/material.ts'
import { peerNames } from '../../../src/edges/tls/peer-names.ts'
import { days } from '../../../src/telemetry/duration.ts'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-material-'))
afterAll(() => rmSync(folder, { recursive: true }))
const lasting = { validFrom: Date.now() - days(1), validTo: Date.now() + days(30) }
const authority = issueCertificate({ commonName: 'City', use: 'authority', ...lasting })
const server = issueCertificate({ commonName: 'localhost', use: 'server', by: authority, ...lasting })
const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const none: MaterialFiles = { TLS_CERT_FILE: '', TLS_KEY_FILE: '', MQTT_CLIENT_CA_FILE: '', MQTT_CLIENT_CRL_FILE: '' }
const files: MaterialFiles = {
  ...none,
  TLS_CERT_FILE: file('chain.pem', server.cert + authority.cert),
  TLS_KEY_FILE: file('key.pem', server.key),
}
const locked = createPrivateKey(server.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })

test('a chain with its key, and what clients are verified by', () => {
  expect(readServerFiles(files)).toEqual({ cert: server.cert + authority.cert, key: server.key })
  expect(readClientFiles(none)).toEqual({ clientAuthorities: null, revoked: null })
  const MQTT_CLIENT_CA_FILE = file('ca.pem', authority.cert)
  expect(readClientFiles({ ...none, MQTT_CLIENT_CA_FILE })).toEqual({ clientAuthorities: authority.cert, revoked: null })
})

test.each([
  ['a file that is not there', { TLS_CERT_FILE: join(folder, 'none.pem') }, /TLS_CERT_FILE .*none\.pem cannot be read: ENOENT/],
  ['no certificate', { TLS_CERT_FILE: files.TLS_KEY_FILE }, /TLS_CERT_FILE .*key\.pem holds no certificate as PEM/],
  [
    'a certificate cut off',
    { TLS_CERT_FILE: file('cut.pem', server.cert.replace(/\n.{64}/, '')) },
    /TLS_CERT_FILE .*cut\.pem holds a broken certificate/,
  ],
  ['no key', { TLS_KEY_FILE: file('no.key', 'x') }, /TLS_KEY_FILE .*no\.key holds no private key/],
  [
    'a key with a passphrase',
    { TLS_KEY_FILE: file('locked.key', locked) },
    /TLS_KEY_FILE .*locked\.key holds no private key without a passphrase/,
  ],
  ['the key of another', { TLS_KEY_FILE: file('other.key', authority.key) }, /TLS_KEY_FILE .*other\.key is not the key of the certificate/],
])('%s is said with the setting and the file', (_what, wrong, said) => {
  expect(() => readServerFiles({ ...files, ...wrong })).toThrow(
    expect.objectContaining({ code: 'config-invalid', message: expect.stringMatching(said) }),
  )
})

test.each([
  ['MQTT_CLIENT_CA_FILE', /holds no certificate as PEM/],
  ['MQTT_CLIENT_CRL_FILE', /holds no list of revoked certificates/],
] as const)('%s that is none is said', (setting, said) => {
  expect(() => readClientFiles({ ...none, [setting]: file('none', 'nothing') })).toThrow(said)
})

test.each([
  ['CN=sl-1', undefined, { commonName: 'sl-1', altNames: [] }],
  [
    'O=City\nCN=sl-1\nOU=x',
    'DNS:sl-1.lamps.example, URI:urn:lamp:1',
    { commonName: 'sl-1', altNames: ['sl-1.lamps.example', 'urn:lamp:1'] },
  ],
  // Which of the two would be meant?
  ['CN=sl-1\nCN=sl-2', 'email:a@b.example, IP Address:192.0.2.1', { commonName: undefined, altNames: ['a@b.example', '192.0.2.1'] }],
  ['O=City', 'othername:UPN::sl-1@city', { commonName: undefined, altNames: ['UPN::sl-1@city'] }],
  ['CN=a', 'DNS:"evil\\u002c DNS:sl-1", DNS:b', { commonName: 'a', altNames: ['evil, DNS:sl-1', 'b'] }],
  ['CN=a', 'DNS:"unfinished', { commonName: 'a', altNames: [] }],
])('names of %j with %j', (subject, subjectAltName, names) => {
  expect(peerNames({ subject, subjectAltName })).toEqual(names)
})
