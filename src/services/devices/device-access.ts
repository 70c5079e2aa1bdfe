import { isExpired, ownerOfClientId } from '../../access/device.ts'
import { type FindFacility, mayPublish, mayReceive, mayReportFor, maySubscribe } from '../../access/topic-access.ts'
import { type Admission, type ConnectAttempt, type MqttAccess, type Peer, sharedAccess } from '../../edges/mqtt/access.ts'
import type { StoredCredential } from '../../storage/device-store.ts'
import type { DeviceRegistry, Entry } from './device-registry.ts'
import { checkToken, hashMadePassword, isSame, makeSalt, tokenKey } from './device-secrets.ts'

export interface DeviceAccessParts {
  registry: DeviceRegistry
  find: FindFacility
  serverKey: Uint8Array
  onRevoked: MqttAccess['onRevoked']
  now: () => number
  /** Who gives no user name may do everything. */
  isOpen: boolean
  /** The account that other programs share; empty when there is none. */
  username: string
  password: string
}

type Verdict = 'good' | 'over' | 'wrong'

const secret = { id: 0, device: '', label: '', created: 0, expires: null, lastUsed: null, fingerprint: null, hash: new Uint8Array(32) }
/** What an unknown id is checked against, so that it takes as long as a known one with a wrong password. */
const NOBODY: readonly StoredCredential[] = [{ ...secret, type: 'password', salt: makeSalt() }]

/** Lets each device in by its own credentials, for its own topics. */
export function deviceAccess({ registry, find, serverKey, now, ...options }: DeviceAccessParts): MqttAccess {
  const shared = sharedAccess(options.username, options.password)
  const anyone = sharedAccess()

  const judge = (credential: StoredCredential, password: Uint8Array): Verdict => {
    const { type, salt, hash, device } = credential
    if (!salt) return 'wrong'
    if (type === 'password')
      return !hash || !isSame(hashMadePassword(salt, password), hash) ? 'wrong' : isExpired(credential, now()) ? 'over' : 'good'
    const verdict = checkToken(tokenKey(serverKey, device, salt), device, Buffer.from(password).toString('latin1'), now())
    return verdict === 'wrong' ? 'wrong' : verdict === 'expired' || isExpired(credential, now()) ? 'over' : 'good'
  }

  const admit = (entry: Entry, credential: StoredCredential, clientId: string): Admission => {
    const { id, disabled, limits } = entry.device
    if (disabled) return { refused: 'revoked' }
    // Without a client id the broker makes one up, which takes nobody's.
    if (clientId !== '' && ownerOfClientId(clientId) !== id) return { refused: 'client-id-taken' }
    registry.noteUse(credential, now())
    const rate = limits && { rate: { perSecond: limits.rate, burst: limits.burst } }
    return { peer: { id, sort: 'device', credential: credential.id, ...rate } }
  }

  const byCertificate = ({ certificate, username, clientId }: ConnectAttempt): Admission | undefined => {
    if (!certificate) return undefined
    const names = [certificate.commonName, ...certificate.altNames].filter((name) => name !== undefined)
    let isOver = false
    for (const name of names) {
      const entry = registry.get(name)
      for (const credential of entry?.credentials ?? []) {
        const { type, fingerprint } = credential
        if (!entry || type !== 'certificate' || (fingerprint !== null && fingerprint !== certificate.fingerprint)) continue
        if (isExpired(credential, now())) isOver = true
        else if (username !== undefined && username !== name) return { refused: 'wrong-certificate' }
        else return admit(entry, credential, clientId)
      }
    }
    return isOver ? { refused: 'revoked' } : undefined
  }

  const byPassword = ({ username = '', password = new Uint8Array(), clientId }: ConnectAttempt): Admission => {
    const entry = registry.get(username)
    const verdicts = (entry?.credentials.length ? entry.credentials : NOBODY).map((credential) => ({
      credential,
      verdict: judge(credential, password),
    }))
    const good = verdicts.find(({ verdict }) => verdict === 'good')
    if (entry && good) return admit(entry, good.credential, clientId)
    return { refused: verdicts.some(({ verdict }) => verdict === 'over') ? 'revoked' : 'wrong-credentials' }
  }

  /** Others do not take a client id that belongs to a device. */
  const unlessTaken = (admission: Admission, { clientId }: ConnectAttempt): Admission =>
    'peer' in admission && registry.get(ownerOfClientId(clientId))?.credentials.length ? { refused: 'client-id-taken' } : admission

  const authenticate = (attempt: ConnectAttempt): Admission => {
    const { username, certificate } = attempt
    const certified = byCertificate(attempt)
    if (certified) return certified
    if (options.username !== '' && username === options.username) return unlessTaken(shared.authenticate(attempt) as Admission, attempt)
    if (username !== undefined) return byPassword(attempt)
    if (options.isOpen) return unlessTaken(anyone.authenticate(attempt) as Admission, attempt)
    return { refused: certificate ? 'wrong-certificate' : 'wrong-credentials' }
  }

  /** Undefined when it is registered no more, or may not connect. */
  const deviceOf = (peer: Peer) => {
    const device = registry.get(peer.id)?.device
    return device?.disabled ? undefined : device
  }
  const asks =
    (shares: (peer: Peer, topic: string) => boolean, decide: typeof mayPublish) =>
    (peer: Peer, topic: string): boolean => {
      if (peer.sort !== 'device') return shares(peer, topic)
      const device = deviceOf(peer)
      return device !== undefined && decide(device, topic, find)
    }
  const count = (peer: Peer, step: 1 | -1) => {
    const entry = peer.sort === 'device' ? registry.get(peer.id) : undefined
    if (!entry) return
    entry.connections = Math.max(0, entry.connections + step)
    if (step === 1) entry.lastConnected = now()
  }
  return {
    // What devices show are random bits: looking at them costs less than keeping accounts of who failed, which strangers could fill.
    isGuessable: (attempt) => shared.isGuessable?.(attempt) === true,
    authenticate,
    mayPublish: asks(shared.mayPublish, mayPublish),
    mayReportFor(peer, facility, filter) {
      if (peer.sort !== 'device') return true
      const device = deviceOf(peer)
      return device !== undefined && mayReportFor(device, facility, filter, find)
    },
    maySubscribe: asks(shared.maySubscribe, maySubscribe),
    mayReceive: asks(shared.mayReceive, mayReceive),
    onRevoked: options.onRevoked,
    connected: (peer) => count(peer, 1),
    disconnected: (peer) => count(peer, -1),
  }
}
