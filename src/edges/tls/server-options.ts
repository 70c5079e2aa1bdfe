import { constants } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import type { TlsMaterial } from './material.ts'

/** Forward secret and authenticated ones only; devices without AES hardware may ask for ChaCha20. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

/** TLS 1.2 or newer, without renegotiation. `withClients`: with what client certificates are verified by. */
export function contextOptions({ cert, key, clientAuthorities, revoked }: TlsMaterial, withClients: boolean): SecureContextOptions {
  const verifies = withClients && clientAuthorities !== null
  return {
    ...{ cert, key, ciphers: CIPHERS, minVersion: 'TLSv1.2' },
    // A session that is resumed is not verified again.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (verifies ? constants.SSL_OP_NO_TICKET : 0),
    ...(verifies && { ca: clientAuthorities, ...(revoked && { crl: revoked }) }),
  }
}
