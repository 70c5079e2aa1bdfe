import { type Device, type DeviceSort, isExpired } from '../../access/device.ts'
import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import { filterProblem } from '../../access/topic-access.ts'
import type {
  CredentialInput,
  DeviceFilter,
  DeviceInput,
  DevicePage,
  DeviceState,
  Devices,
  IssuedCredential,
  Provisioned,
  ProvisionOrder,
  ProvisionRow,
} from '../../edges/devices.ts'
import { Slices } from '../../edges/exchange/slices.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import type { StoredCredential } from '../../storage/device-store.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { PlantDevices } from '../parts.ts'
import { ClaimCodes } from './claim-codes.ts'
import { deviceAccess } from './device-access.ts'
import { DeviceRegistry, type Entry, plainCredential } from './device-registry.ts'
import { hashMadePassword, makePassword, makeSalt, tokenKey } from './device-secrets.ts'

/** Each is looked at when the device connects. */
const MAX_CREDENTIALS = 8
/** Devices that are provisioned in one transaction, before others have their turn. */
const SLICE = 200
const SHOWN_PROBLEMS = 10
/** Devices that one audit record names. */
const NAMED = 50
const DEVICE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const FINGERPRINT = /^[0-9a-f]{64}$/

export interface DeviceParts {
  state: StateStore
  plant: Plant
  /** What tokens and claim codes are derived from. */
  deviceKey: Uint8Array
  now: () => number
}

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

/** What people do with devices. Every action is audited in the transaction that makes it durable; no secret is in the audit. */
export function deviceServices({ state, plant, deviceKey, now }: DeviceParts): Devices & PlantDevices {
  const store = state.devices
  const registry = new DeviceRegistry(store)
  const listeners: ((device: string, credential?: number) => void)[] = []
  const end = (device: string, credential?: number) => {
    for (const listener of listeners) listener(device, credential)
  }
  let sharedName = ''

  const known = (id: string): Entry => {
    const entry = registry.get(id)
    if (!entry) throw new LamplighterError('not-found', `There is no device ${JSON.stringify(id)}; /api/devices lists them.`)
    return entry
  }
  const knownCredential = (id: string, credential: number): StoredCredential => {
    const found = known(id).credentials.find((one) => one.id === credential)
    if (!found) throw new LamplighterError('not-found', `The device ${id} has no credential ${credential}.`)
    return found
  }
  const audited = <T>(by: string, action: string, id: string, detail: string, work: () => T): T =>
    state.transaction(() => {
      state.audit({ at: now(), by, action, subject: `device ${id}`, detail })
      return work()
    })

  const usualSort = (id: string): DeviceSort | undefined => {
    const facility = plant.get(id)
    if (facility?.kind.relays || plant.behind(id).size > 0) return 'gateway'
    return facility && 'device'
  }

  /** The device as it is to be. */
  function described(id: string, input: DeviceInput): Device {
    if (!DEVICE_ID.test(id)) refuse(`${JSON.stringify(id)} is no id: it has at most 64 letters, digits, dots, dashes or underscores.`)
    if (id === sharedName) refuse(`${id} is the user name that other programs share (MQTT_USERNAME); give the device another id.`)
    if (plant.get(id)?.kind.reportsItself) refuse(`The service itself reports for ${id}, which needs no credentials.`)
    const before = registry.get(id)?.device
    const sort = input.sort ?? before?.sort ?? usualSort(id)
    if (sort === undefined)
      throw new LamplighterError('invalid-request', `No facility has the id ${id}; say what it is: device, gateway or service.`)
    const device: Device = {
      ...{ id, sort, created: before?.created ?? now() },
      topics: input.topics ?? before?.topics ?? [],
      subscriptions: input.subscriptions ?? before?.subscriptions ?? [],
      limits: input.limits === undefined ? (before?.limits ?? null) : input.limits,
      disabled: input.disabled ?? before?.disabled ?? false,
      note: input.note ?? before?.note ?? '',
    }
    for (const use of ['topics', 'subscriptions'] as const) {
      const problem = device[use].map((filter) => filterProblem(filter, sort, use)).find((one) => one !== null)
      if (problem) refuse(problem)
    }
    return device
  }

  function put(id: string, input: DeviceInput, by: string): DeviceState {
    const device = described(id, input)
    const wasDisabled = registry.get(id)?.device.disabled ?? false
    audited(by, 'put-device', id, JSON.stringify(input), () => store.putDevice(device))
    registry.put(device)
    if (device.disabled && !wasDisabled) end(id)
    return view(known(id))
  }

  /** Without the store: what is to be kept, and the secret. */
  function makeCredential(device: string, input: CredentialInput): { credential: Omit<StoredCredential, 'id'>; secret: string | null } {
    const { type, label = '', expires = null, fingerprint = null } = input
    if (expires !== null && expires <= now()) refuse('A credential must expire in the future, or never.')
    if (fingerprint !== null && (type !== 'certificate' || !FINGERPRINT.test(fingerprint)))
      refuse('A fingerprint is the SHA-256 of a certificate, 64 hex digits in lower case, and belongs to a certificate alone.')
    const common = { device, type, label, created: now(), expires, lastUsed: null, fingerprint }
    if (type === 'certificate') return { credential: { ...common, salt: null, hash: null }, secret: null }
    const salt = makeSalt()
    if (type === 'token') return { credential: { ...common, salt, hash: null }, secret: tokenKey(deviceKey, device, salt).toString('hex') }
    const password = makePassword()
    return { credential: { ...common, salt, hash: hashMadePassword(salt, password) }, secret: password }
  }

  function checkRoom(id: string): void {
    if (known(id).credentials.length >= MAX_CREDENTIALS)
      throw new LamplighterError('action-refused', `${id} has ${MAX_CREDENTIALS} credentials already. Revoke those it does not use.`)
  }

  function issue(id: string, input: CredentialInput, by: string, action: string, more: () => void = () => {}): IssuedCredential {
    checkRoom(id)
    const { credential, secret } = makeCredential(id, input)
    const detail = [
      credential.type,
      credential.label,
      credential.expires === null ? '' : `until ${new Date(credential.expires).toISOString()}`,
    ]
    const number = audited(by, action, id, detail.filter((part) => part !== '').join(', '), () => {
      more()
      return store.addCredential(credential)
    })
    const stored = { ...credential, id: number }
    registry.addCredential(stored)
    return { credential: plainCredential(stored), secret }
  }

  function drop(credential: StoredCredential): void {
    registry.removeCredential(credential)
    end(credential.device, credential.id)
  }

  const lacksCredential = ({ credentials }: Entry) => !credentials.some((credential) => !isExpired(credential, now()))

  function view(entry: Entry): DeviceState {
    const { device, credentials, connections, lastConnected } = entry
    const own = plant.get(device.id) && device.sort !== 'service' ? 1 : 0
    return {
      ...device,
      credentials: credentials.map(plainCredential),
      connections,
      lastConnected,
      lacksCredential: lacksCredential(entry),
      speaksFor: own + (device.sort === 'gateway' ? plant.behind(device.id).size : 0),
    }
  }

  /** Whoever gives a device credentials can have them do all the device may: all of it must lie in scope, and be no topics of others. */
  function inScope(id: string, scope: Scope): boolean {
    if (isWhole(scope)) return true
    const facility = plant.get(id)
    const device = registry.get(id)?.device
    if (!facility || !isInScope(scope, facility)) return false
    if (device && (device.sort === 'service' || device.topics.length > 0 || device.subscriptions.length > 0)) return false
    for (const one of plant.behind(id)) if (!isInScope(scope, one)) return false
    return true
  }

  /** Whether a device ends with the facility of its id: another program does not, nor a gateway while it speaks for others. */
  const goesWith = ({ id, sort }: Device) => sort === 'device' || (sort === 'gateway' && plant.behind(id).size === 0)

  function withdraw(facility: string, by: string): () => void {
    const device = registry.get(facility)?.device
    const isGoing = device !== undefined && goesWith(device)
    const forgotten = claims.forget(facility, by)
    if (isGoing) audited(by, 'remove-device', facility, 'with its facility', () => store.removeDevice(facility))
    return () => {
      forgotten()
      if (!isGoing) return
      registry.remove(facility)
      end(facility)
    }
  }

  function noteWider(facilities: Parameters<PlantDevices['noteWider']>[0], by: string): () => void {
    const place = ({ district, kind }: Pick<Facility, 'district' | 'kind'>) => JSON.stringify([district, kind.domain])
    const places = new Map<string, Set<string>>()
    const wider = new Map<string, string[]>()
    for (const facility of facilities) {
      const { id, gateway } = facility
      const own = gateway === null ? undefined : plant.get(gateway)
      if (!own || registry.get(own.id)?.device.sort !== 'gateway') continue
      const known = places.get(own.id) ?? new Set([own, ...plant.behind(own.id)].map(place))
      places.set(own.id, known)
      if (known.has(place(facility))) continue
      known.add(place(facility))
      wider.set(own.id, [...(wider.get(own.id) ?? []), `${id} (${facility.district}, ${facility.kind.domain})`])
    }
    const forgotten = [...wider].map(([gateway, added]) => {
      const { credentials } = known(gateway)
      const detail = `speaks for ${added.slice(0, SHOWN_PROBLEMS).join(', ')} from now on, by the ${credentials.length} credentials it has`
      return audited(by, 'widen-device', gateway, detail, () => claims.forget(gateway, by))
    })
    return () => {
      for (const forget of forgotten) forget()
    }
  }

  const states: Readonly<Record<NonNullable<DeviceFilter['state']>, (entry: Entry) => boolean>> = {
    connected: ({ connections }) => connections > 0,
    away: ({ connections, device }) => connections === 0 && !device.disabled,
    'no-credential': lacksCredential,
    disabled: ({ device }) => device.disabled,
  }

  function list({ words = '', sort, state: wanted }: DeviceFilter, scope: Scope, after: string | undefined, limit: number): DevicePage {
    const part = words.toLowerCase()
    const found = registry.ids().filter((id) => {
      const entry = registry.get(id) as Entry
      const { device } = entry
      if (sort !== undefined && device.sort !== sort) return false
      if (wanted !== undefined && !states[wanted](entry)) return false
      if (part !== '' && !id.toLowerCase().includes(part) && !device.note.toLowerCase().includes(part)) return false
      return inScope(id, scope)
    })
    const start = after === undefined ? 0 : found.findIndex((id) => id > after)
    const items = start < 0 ? [] : found.slice(start, start + limit)
    const hasMore = start >= 0 && start + limit < found.length
    return { items: items.map((id) => view(known(id))), next: hasMore ? (items.at(-1) ?? null) : null, total: found.length }
  }

  /** All problems of all rows at once, before anything is done. */
  async function checkRows(rows: readonly ProvisionRow[], order: ProvisionOrder): Promise<void> {
    const problems: string[] = []
    const seen = new Set<string>()
    const slices = new Slices()
    for (const row of rows) {
      try {
        if (seen.has(row.id)) refuse(`${row.id} stands twice`)
        seen.add(row.id)
        deviceOfRow(row, order)
      } catch (error) {
        if (!(error instanceof LamplighterError)) throw error
        problems.push(`line ${row.row}: ${error.message}`)
      }
      if (slices.isOver()) await slices.next()
    }
    if (problems.length > 0) {
      const more = problems.length > SHOWN_PROBLEMS ? `; and ${problems.length - SHOWN_PROBLEMS} more` : ''
      refuse(`Nothing was done: ${problems.slice(0, SHOWN_PROBLEMS).join('; ')}${more}.`)
    }
  }

  function deviceOfRow({ id, sort, note, fingerprint }: ProvisionRow, { type, existing }: ProvisionOrder): Device {
    const before = registry.get(id)
    if (!sort && !before && !plant.get(id)) refuse(`no facility has the id ${JSON.stringify(id)}`)
    if (type === 'certificate' && fingerprint && !FINGERPRINT.test(fingerprint)) refuse('the fingerprint is not 64 hex digits')
    if (existing === 'add' && (before?.credentials.length ?? 0) >= MAX_CREDENTIALS)
      refuse(`${id} has ${MAX_CREDENTIALS} credentials already`)
    return described(id, { ...(sort && { sort }), ...(note !== undefined && { note }) })
  }

  /** As things are when its turn comes; undefined for what somebody has meanwhile taken away, or needs no more. */
  function neededDevice(row: ProvisionRow, order: ProvisionOrder): Device | undefined {
    const before = registry.get(row.id)
    if (order.existing === 'skip' && before && !lacksCredential(before)) return undefined
    try {
      return deviceOfRow(row, order)
    } catch (error) {
      if (error instanceof LamplighterError) return undefined
      throw error
    }
  }

  async function provision(rows: readonly ProvisionRow[], order: ProvisionOrder, by: string): Promise<Provisioned> {
    await checkRows(rows, order)
    const { type, existing, label, expires } = order
    const issued: Provisioned['issued'] = []
    let skipped = 0
    state.audit({ at: now(), by, action: 'provision-devices', subject: `${rows.length} devices`, detail: `${type}, ${existing}, ${label}` })
    const auditNamed = (action: string, ids: readonly string[]) => {
      for (let start = 0; start < ids.length; start += NAMED) {
        const some = ids.slice(start, start + NAMED)
        const subject = some.length === 1 ? `device ${some[0]}` : `${some.length} devices`
        state.audit({ at: now(), by, action, subject, detail: some.length === 1 ? type : `${type}: ${some.join(', ')}` })
      }
    }
    for (let start = 0; start < rows.length; start += SLICE) {
      const made: { device: Device; credential: StoredCredential; secret: string | null }[] = []
      const dropped: StoredCredential[] = []
      state.transaction(() => {
        for (const row of rows.slice(start, start + SLICE)) {
          const device = neededDevice(row, order)
          if (!device) {
            skipped++
            continue
          }
          const before = registry.get(device.id)
          store.putDevice(device)
          const fingerprint = row.fingerprint || null
          const { credential, secret } = makeCredential(device.id, { type, label, expires, ...(type === 'certificate' && { fingerprint }) })
          made.push({ device, credential: { ...credential, id: store.addCredential(credential) }, secret })
          if (existing === 'replace') dropped.push(...(before?.credentials ?? []))
        }
        for (const { id } of dropped) store.removeCredential(id)
        auditNamed(
          'give-credentials',
          made.map(({ device }) => device.id),
        )
        auditNamed('take-credentials', [...new Set(dropped.map(({ device }) => device))])
      })
      for (const { device, credential, secret } of made) {
        registry.put(device)
        registry.addCredential(credential)
        issued.push({ device, credential: plainCredential(credential), secret })
      }
      for (const credential of dropped) drop(credential)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { issued, skipped }
  }

  const claims = new ClaimCodes({
    ...{ state, deviceKey, now },
    admits: (id) => {
      const entry = registry.get(id)
      return entry ? !entry.device.disabled : plant.get(id)?.kind.reportsItself === false || plant.behind(id).size > 0
    },
    issue: (id, label, more) => {
      // A form that no account and no key has.
      const by = `device:${id}`
      if (!registry.get(id)) put(id, {}, by)
      return issue(id, { type: 'password', label }, by, 'claim-credential', more)
    },
  })

  return {
    list,
    get: (id) => view(known(id)),
    has: (id) => registry.get(id) !== undefined,
    isInScope: inScope,
    withdraw,
    noteWider,
    put,
    remove(id, reason, by) {
      known(id)
      audited(by, 'remove-device', id, reason, () => store.removeDevice(id))
      registry.remove(id)
      end(id)
    },
    addCredential: (id, input, by) => issue(id, input, by, 'add-credential'),
    rotate(id, number, overlap, by) {
      const old = knownCredential(id, number)
      const { type, label, expires, fingerprint } = old
      const until = Math.min(now() + overlap, expires ?? Number.POSITIVE_INFINITY)
      const lifetime = expires === null ? null : now() + Math.max(0, expires - old.created)
      // The next certificate is another one, whose fingerprint is not known yet.
      if (fingerprint !== null) refuse('The next certificate has another fingerprint: add it as a credential, then revoke this one.')
      const issued = issue(id, { type, label, expires: lifetime }, by, 'rotate-credential', () => store.setExpiry(number, until))
      registry.setExpiry(old, until)
      return issued
    },
    revoke(id, number, reason, by) {
      const credential = knownCredential(id, number)
      audited(by, 'revoke-credential', id, `${credential.type} ${number}${credential.label && `, ${credential.label}`}: ${reason}`, () =>
        store.removeCredential(number),
      )
      drop(credential)
    },
    provision,
    withoutCredential(kind, scope) {
      const found: string[] = []
      for (const facility of plant) {
        const { id } = facility
        if (facility.gateway !== null || facility.kind.reportsItself || (kind !== undefined && facility.kind.key !== kind)) continue
        const entry = registry.get(id)
        if ((!entry || lacksCredential(entry)) && inScope(id, scope)) found.push(id)
      }
      return found
    },
    claimCodes: () => claims.list(),
    addClaimCode: (devices, lifetime, by) => claims.add(devices, lifetime, by),
    removeClaimCode: (id, by) => claims.remove(id, by),
    claim: (code, id, address) => claims.claim(code, id, address),
    access({ isOpen, username, password }) {
      sharedName = username
      return deviceAccess({
        ...{ registry, serverKey: deviceKey, now, isOpen, username, password },
        find: (id) => plant.get(id),
        onRevoked: (listener) => void listeners.push(listener),
      })
    },
    tick() {
      const used = registry.takeUsed()
      const over = [...registry.expired(now())]
      state.transaction(() => {
        for (const { id, lastUsed } of used) if (lastUsed !== null) store.noteUse(id, lastUsed)
        claims.forgetExpired()
        claims.writeRefused()
      })
      for (const { device, id } of over) end(device, id)
    },
  }
}
