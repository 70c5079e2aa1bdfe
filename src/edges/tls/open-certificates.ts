import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { type Config, listOf } from '../../config.ts'
import { seconds } from '../../telemetry/duration.ts'
import { CertificateWatch } from './certificate-watch.ts'
import { readClientFiles, readServerFiles } from './material.ts'
import { ownCertificate, ownNames } from './own-certificate.ts'

/** Time between two looks at the files, ms. */
const LOOK = seconds(15)

export interface CertificateParts {
  config: Config
  log: Logger
  now: () => number
  stops: (() => unknown)[]
}

/**
 * The certificates that the settings name, or ones of its own in the data folder; null when nothing is served with TLS. They follow their
 * files, at once on SIGHUP. Throws `config-invalid` when they cannot be used.
 */
export function openCertificates({ config, log, now, stops }: CertificateParts): CertificateWatch | null {
  if (!config.HTTP_TLS && !config.MQTT_TLS && config.MQTT_WEBSOCKET !== 'wss') return null
  const folder = resolve(join(config.DATA_FOLDER, 'tls'))
  const names = ownNames(listOf(config.TLS_NAMES))
  const isOwn = config.TLS_CERT_FILE === ''
  const watch = new CertificateWatch({
    read: (at) => ({ ...(isOwn ? ownCertificate(folder, names, at) : readServerFiles(config)), ...readClientFiles(config) }),
    now,
    onChange({ fingerprint, validTo }, authority) {
      const told = { fingerprint, validTo: new Date(validTo).toISOString() }
      if (authority === null || !isOwn) log.info(told, 'a new certificate is shown from now on')
      else log.warn({ ...told, authority }, 'a certificate of another authority is shown from now on; clients have to trust that one')
    },
    onTrouble: (problem) => log.error(problem),
  })
  const { names: shown, validTo } = watch.view()
  const authority = watch.authority().fingerprint
  log.info(
    { names: shown, validTo: new Date(validTo).toISOString(), ...(isOwn && { authority, trust: join(folder, 'authority.crt') }) },
    isOwn ? 'TLS with a certificate of its own: clients trust its authority, whose fingerprint this is' : 'TLS with the certificate given',
  )
  const timer = setInterval(() => watch.look(), LOOK)
  stops.push(() => clearInterval(timer))
  // A terminal that is closed sends it too, and means the end.
  if (process.platform !== 'win32' && !process.stdin.isTTY) {
    const look = () => watch.look()
    process.on('SIGHUP', look)
    stops.push(() => process.off('SIGHUP', look))
  }
  return watch
}
