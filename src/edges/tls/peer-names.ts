import type { PeerCertificateNames } from '../mqtt/access.ts'

/** The names of a certificate from its subject and its alternative names, as Node gives them. */
export function peerNames({
  subject,
  subjectAltName = '',
  fingerprint256,
}: {
  subject: string
  subjectAltName?: string | undefined
  /** As Node gives it: upper-case hex with colons. */
  fingerprint256?: string
}): PeerCertificateNames {
  const common = subject.split('\n').filter((part) => part.startsWith('CN='))
  // Of several common names none is the name.
  const commonName = common.length === 1 ? common[0]?.slice(3) : undefined
  const fingerprint = fingerprint256?.replaceAll(':', '').toLowerCase()
  return { commonName, altNames: altNamesOf(subjectAltName), ...(fingerprint !== undefined && { fingerprint }) }
}

/** Values that could be taken for several are quoted as in JSON. */
const altNamePattern = /([^:,]+):(?:("(?:[^"\\]|\\.)*")|([^,"]*))(?:, |$)/y

function altNamesOf(text: string): string[] {
  const found: string[] = []
  altNamePattern.lastIndex = 0
  while (altNamePattern.lastIndex < text.length) {
    const match = altNamePattern.exec(text)
    if (!match) return []
    found.push(match[2] === undefined ? (match[3] as string) : JSON.parse(match[2]))
  }
  return found
}
