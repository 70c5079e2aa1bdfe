import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { bitString, type Der, integer, objectId, octetString, sequence, set, tagged, time, toPem, truth, utf8 } from './der.ts'

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
  cert: string
  key: string
}

export interface CertificateOrder {
  commonName: string
  /** Host names, IP addresses and URIs. */
  names?: readonly string[]
  use: 'authority' | 'server' | 'client'
  /** ms since 1970 */
  validFrom: number
  validTo: number
  /** Signs it; an authority signs itself without. */
  by?: KeyedCertificate
}

/** Signature: ECDSA with SHA-256. */
export const signatureAlgorithm = sequence(objectId('1.2.840.10045.4.3.2'))

/** Makes a key on P-256 and a certificate for it. */
export function issueCertificate(order: CertificateOrder): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = order.by?.key ?? privateKey
  const issuer = order.by ? commonNameOf(order.by.cert) : order.commonName
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.from([0x40 | (randomBytes(1)[0]! & 0x3f), ...randomBytes(15)])),
    signatureAlgorithm,
    name(issuer),
    sequence(time(order.validFrom), time(order.validTo)),
    name(order.commonName),
    spki(publicKey),
    tagged(3, sequence(...extensionsOf(order, publicKey))),
  )
  return { cert: toPem('CERTIFICATE', signed(body, signer)), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

/** What is to be signed, with its signature; `key` is one on P-256. */
export const signed = (body: Der, key: KeyObject | string): Der => sequence(body, signatureAlgorithm, bitString(sign('sha256', body, key)))

export const name = (commonName: string): Der => sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))))

/** By which the certificates of an authority name its key. */
export const authorityKeyId = (key: KeyObject): Der => extension('2.5.29.35', sequence(tagged(0, keyId(key), true)))

const spki = (key: KeyObject): Der => key.export({ type: 'spki', format: 'der' })
/** Of the point alone, which stands at the end. */
const keyId = (key: KeyObject): Der => createHash('sha1').update(spki(key).subarray(-65)).digest()

function extensionsOf({ use, names = [], by }: CertificateOrder, key: KeyObject): Der[] {
  const isAuthority = use === 'authority'
  const authorityKey = by ? createPublicKey(by.cert) : key
  return [
    extension('2.5.29.19', isAuthority ? sequence(truth) : sequence(), true),
    // An authority signs certificates and lists of revoked ones; others sign what they say.
    extension('2.5.29.15', isAuthority ? bitString(Buffer.from([0x06]), 1) : bitString(Buffer.from([0x80]), 7), true),
    extension('2.5.29.14', octetString(keyId(key))),
    authorityKeyId(authorityKey),
    ...(isAuthority ? [] : [extension('2.5.29.37', sequence(objectId(`1.3.6.1.5.5.7.3.${use === 'server' ? 1 : 2}`)))]),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names.map(altName)))] : []),
  ]
}

const extension = (id: string, value: Der, isCritical = false): Der =>
  sequence(objectId(id), ...(isCritical ? [truth] : []), octetString(value))

function altName(of: string): Der {
  if (isIP(of)) return tagged(7, addressBytes(of), true)
  if (/^[a-z][a-z0-9+.-]*:/i.test(of)) return tagged(6, Buffer.from(of, 'latin1'), true)
  return tagged(2, Buffer.from(domainToASCII(of) || of, 'latin1'), true)
}

function addressBytes(address: string): Der {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [host] = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1).split('%')
  const [head = '', tail] = (host as string).split('::')
  const groups = (text = '') => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [before, after] = [groups(head), groups(tail)]
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

const commonNameOf = (cert: string): string => /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? ''
