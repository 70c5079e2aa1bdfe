import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { LamplighterError } from '../../errors.ts'

/** What a TLS server shows and trusts, all PEM. */
export interface TlsMaterial {
  /** The server's certificate first, then those that lead to its authority. */
  cert: string
  key: string
  /** The authorities of client certificates; none are asked for when null. */
  clientAuthorities: string | null
  /** Lists of revoked client certificates; one of each authority is needed when there is any. */
  revoked: string | null
}

/** The settings and the files they name; empty when not set. */
export interface MaterialFiles {
  TLS_CERT_FILE: string
  TLS_KEY_FILE: string
  MQTT_CLIENT_CA_FILE: string
  MQTT_CLIENT_CRL_FILE: string
}

/** The certificates in a PEM text. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one))
}

/** Reads the certificate and key that the settings name. Throws `config-invalid` when they cannot be used together. */
export function readServerFiles(files: MaterialFiles): Pick<TlsMaterial, 'cert' | 'key'> {
  const cert = readPem('TLS_CERT_FILE', files, 'certificate')
  const key = readPem('TLS_KEY_FILE', files)
  const [leaf] = certificatesIn(cert)
  const isPair = guarded('TLS_KEY_FILE', files, 'holds no private key without a passphrase', () =>
    (leaf as X509Certificate).checkPrivateKey(createPrivateKey(key)),
  )
  if (!isPair)
    throw new LamplighterError('config-invalid', `TLS_KEY_FILE ${files.TLS_KEY_FILE} is not the key of the certificate in TLS_CERT_FILE.`)
  return { cert, key }
}

/** Reads what client certificates are verified by. Throws `config-invalid`. */
export function readClientFiles(files: MaterialFiles): Pick<TlsMaterial, 'clientAuthorities' | 'revoked'> {
  const clientAuthorities = files.MQTT_CLIENT_CA_FILE ? readPem('MQTT_CLIENT_CA_FILE', files, 'certificate') : null
  const revoked = files.MQTT_CLIENT_CRL_FILE ? readPem('MQTT_CLIENT_CRL_FILE', files) : null
  if (revoked)
    guarded('MQTT_CLIENT_CRL_FILE', files, 'holds no list of revoked certificates as PEM', () => createSecureContext({ crl: revoked }))
  return { clientAuthorities, revoked }
}

function readPem(setting: keyof MaterialFiles, files: MaterialFiles, holds?: 'certificate'): string {
  const text = guarded(setting, files, 'cannot be read', () => readFileSync(files[setting], 'utf8'))
  if (holds && guarded(setting, files, 'holds a broken certificate', () => certificatesIn(text)).length === 0)
    throw new LamplighterError('config-invalid', `${setting} ${files[setting]} holds no certificate as PEM.`)
  return text
}

function guarded<T>(setting: keyof MaterialFiles, files: MaterialFiles, problem: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LamplighterError('config-invalid', `${setting} ${files[setting]} ${problem}: ${reason}.`, error)
  }
}
