import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import type { ConnectAttempt, MqttAccess } from '../../src/edges/mqtt/access.ts'
import type { LamplighterError } from '../../src/errors.ts'
import { Plant } from '../../src/facilities/plant.ts'
import { deviceServices } from '../../src/services/devices/device-services.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { tankKind } from '../tank-kind.ts'

const start = 1_800_000_000_000
const gatewayKind = { ...tankKind, key: 'relay', relays: true }

function set() {
  const state = openStateStore(':memory:')
  const plant = new Plant()
  const facility = (id: string, kind = tankKind, gateway: string | null = null, district = 'north') => {
    const description = {
      ...{ id, kind: kind.key, name: id, nameEn: '', district, road: '', roadClass: null, keyArea: false, owner: '', position: null },
      ...{ fedBy: null, circuit: null, gateway, labels: {}, rated: {}, mode: 'auto' as const },
    }
    plant.put({ ...description, number: plant.size, kind })
  }
  facility('t-1')
  facility('t-2', tankKind, 'gw')
  facility('t-3', tankKind, null, 'south')
  facility('gw', gatewayKind)
  const clock = { now: start }
  const parts = { state, plant, deviceKey: new Uint8Array(32).fill(1), now: () => clock.now }
  const services = deviceServices(parts)
  const revoked: (string | number | undefined)[][] = []
  const access = services.access({ isOpen: false, username: 'shared', password: 'all' })
  access.onRevoked((...which) => void revoked.push(which))
  const again = () => deviceServices(parts)
  return { state, plant, clock, services, access, revoked, again }
}

const attempt = (username: string | undefined, password: string | null, more: Partial<ConnectAttempt> = {}): ConnectAttempt => ({
  ...{ clientId: username ?? '', username, password: password === null ? undefined : Buffer.from(password) },
  ...{ certificate: null, address: '10.0.0.1', will: null, ...more },
})
const tell = (access: MqttAccess, given: ConnectAttempt) => {
  const admission = access.authenticate(given)
  if (admission instanceof Promise) throw new Error('decided at once')
  return 'peer' in admission ? `${admission.peer.sort} ${admission.peer.id}` : admission.refused
}
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as LamplighterError).code
  }
  return null
}
const audit = (state: ReturnType<typeof set>['state']) => state.auditTrail({ limit: 100 }).items

describe('a password', () => {
  test('lets its device in, after a restart too, and stands in clear text nowhere', () => {
    const { services, access, again, state } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'password', label: 'first' }, 'admin')
    expect(secret).toMatch(/^[\w-]{32}$/)
    expect(tell(access, attempt('t-1', secret))).toBe('device t-1')
    expect(tell(again().access({ isOpen: false, username: '', password: '' }), attempt('t-1', secret))).toBe('device t-1')
    expect(JSON.stringify([audit(state), services.get('t-1'), state.devices.credentials()])).not.toContain(secret)
    expect(Buffer.concat(state.devices.credentials().map(({ hash }) => Buffer.from(hash!))).includes(secret!)).toBe(false)
  })

  test.each([
    ['a wrong password', 't-1', 'x', {}, 'wrong-credentials'],
    ['no password', 't-1', null, {}, 'wrong-credentials'],
    ['an unknown id', 'nobody', 'x', {}, 'wrong-credentials'],
    ['no user name', undefined, null, {}, 'wrong-credentials'],
    ['the shared account', 'shared', 'all', { clientId: 'x' }, 'service shared'],
    ['the shared account with the client id of a device', 'shared', 'all', { clientId: 't-1' }, 'client-id-taken'],
    ['the shared account with a wrong password', 'shared', 'x', {}, 'wrong-credentials'],
  ])('%s', (_, username, password, more, answer) => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    services.addCredential('t-1', { type: 'password' }, 'admin')
    expect(tell(access, attempt(username, password, more))).toBe(answer)
  })

  test.each([
    ['t-1', 'device t-1'],
    ['t-1:2', 'device t-1'],
    ['t-1/backup', 'device t-1'],
    ['', 'device t-1'],
    ['t-3', 'client-id-taken'],
    ['t-10', 'client-id-taken'],
    ['anything', 'client-id-taken'],
  ])('with client id %j', (clientId, answer) => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'password' }, 'admin')
    expect(tell(access, attempt('t-1', secret, { clientId }))).toBe(answer)
  })

  test('in open mode nobody needs one, who names a device does, and its client id stays its own', () => {
    const { services } = set()
    services.put('t-1', {}, 'admin')
    services.addCredential('t-1', { type: 'password' }, 'admin')
    const open = services.access({ isOpen: true, username: '', password: '' })
    expect(tell(open, attempt(undefined, null, { clientId: 'x' }))).toBe('anyone ')
    expect(tell(open, attempt('t-1', 'x'))).toBe('wrong-credentials')
    expect(tell(open, attempt(undefined, null, { clientId: 't-1:x' }))).toBe('client-id-taken')
  })
})

describe('rotation and revocation', () => {
  test('the old credential goes on beside the new one until its time is over', () => {
    const { services, access, clock, revoked } = set()
    services.put('t-1', {}, 'admin')
    const old = services.addCredential('t-1', { type: 'password', label: 'main' }, 'admin')
    const next = services.rotate('t-1', old.credential.id, hours(1), 'admin')
    expect(next.credential).toMatchObject({ type: 'password', label: 'main', expires: null })
    expect([old, next].map(({ secret }) => tell(access, attempt('t-1', secret)))).toEqual(['device t-1', 'device t-1'])
    services.tick()
    expect(revoked).toEqual([])
    clock.now += hours(1)
    services.tick()
    expect(revoked).toEqual([['t-1', old.credential.id]])
    expect([old, next].map(({ secret }) => tell(access, attempt('t-1', secret)))).toEqual(['revoked', 'device t-1'])
  })

  test('a revoked credential ends its own connections at once; a disabled or removed device all of them', () => {
    const { services, access, revoked } = set()
    services.put('t-1', {}, 'admin')
    const one = services.addCredential('t-1', { type: 'password' }, 'admin')
    const two = services.addCredential('t-1', { type: 'password' }, 'admin')
    services.revoke('t-1', one.credential.id, 'lost', 'admin')
    expect(tell(access, attempt('t-1', one.secret))).toBe('wrong-credentials')
    const peer = { id: 't-1', sort: 'device' } as const
    expect(access.mayPublish(peer, 'facilities/tank/t-1/telemetry')).toBe(true)
    services.put('t-1', { disabled: true }, 'admin')
    expect(tell(access, attempt('t-1', two.secret))).toBe('revoked')
    expect(access.mayPublish(peer, 'facilities/tank/t-1/telemetry')).toBe(false)
    services.put('t-1', { disabled: false }, 'admin')
    expect(tell(access, attempt('t-1', two.secret))).toBe('device t-1')
    services.remove('t-1', 'scrapped', 'admin')
    expect(access.mayPublish(peer, 'facilities/tank/t-1/telemetry')).toBe(false)
    expect(tell(access, attempt('t-1', two.secret))).toBe('wrong-credentials')
    expect(revoked).toEqual([
      ['t-1', one.credential.id],
      ['t-1', undefined],
      ['t-1', undefined],
    ])
  })

  test('each use is noted, in the store from time to time', () => {
    const { services, access, clock, state } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'password' }, 'admin')
    clock.now += minutes(3)
    tell(access, attempt('t-1', secret))
    expect(services.get('t-1').credentials[0]?.lastUsed).toBe(start + minutes(3))
    services.tick()
    expect(state.devices.credentials()[0]?.lastUsed).toBe(start + minutes(3))
  })

  test('what a registration says of its rate goes with the connection', () => {
    const { services, access } = set()
    services.put('t-1', { limits: { rate: 2, burst: 7 } }, 'admin')
    const { secret, credential } = services.addCredential('t-1', { type: 'password' }, 'admin')
    const peer = { id: 't-1', sort: 'device', credential: credential.id, rate: { perSecond: 2, burst: 7 } }
    expect(access.authenticate(attempt('t-1', secret))).toEqual({ peer })
  })

  test('a ninth credential is refused', () => {
    const { services } = set()
    services.put('t-1', {}, 'admin')
    for (let i = 0; i < 8; i++) services.addCredential('t-1', { type: 'password' }, 'admin')
    expect(codeOf(() => services.addCredential('t-1', { type: 'password' }, 'admin'))).toBe('action-refused')
  })
})

describe('a token', () => {
  const sign = (key: string, id: string, expires: number) =>
    `${expires}.${createHmac('sha256', Buffer.from(key, 'hex')).update(`${id}.${expires}`).digest('base64url')}`
  const soon = start / 1000 + 600

  test.each([
    ['good', 't-1', soon, 'device t-1'],
    ['just over, by a clock that may be wrong', 't-1', start / 1000 - 299, 'device t-1'],
    ['over', 't-1', start / 1000 - 300, 'revoked'],
    ['good for too long', 't-1', (start + days(32)) / 1000, 'revoked'],
    ['of another id', 't-3', soon, 'wrong-credentials'],
  ])('%s', (_, id, expires, answer) => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'token' }, 'admin')
    expect(tell(access, attempt('t-1', sign(secret!, id, expires)))).toBe(answer)
  })

  test.each(['', '.', '1.x', `${soon}.`, `${soon}`, 'x'.repeat(200)])('%j is none', (text) => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    services.addCredential('t-1', { type: 'token' }, 'admin')
    expect(tell(access, attempt('t-1', text))).toBe('wrong-credentials')
  })

  test('nothing that is stored is its key', () => {
    const { services, state } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'token' }, 'admin')
    const [stored] = state.devices.credentials()
    expect(stored?.hash).toBeNull()
    expect(Buffer.from(stored!.salt!).toString('hex')).not.toContain(secret)
  })
})

describe('a certificate', () => {
  const pin = 'ab'.repeat(32)
  const named = (commonName: string | undefined, altNames: string[] = [], fingerprint = pin) => ({
    certificate: { commonName, altNames, fingerprint },
  })

  test.each([
    ['by its common name', undefined, 't-1', named('t-1'), 'device t-1'],
    ['by an alternative name', undefined, 't-1', named(undefined, ['x', 't-1']), 'device t-1'],
    ['with the user name beside', 't-1', 't-1', named('t-1'), 'device t-1'],
    ['of another device than the user name says', 't-3', 't-3', named('t-1'), 'wrong-certificate'],
    ['with a client id of another', undefined, 't-3', named('t-1'), 'client-id-taken'],
    ['of nobody', undefined, 'x', named('x'), 'wrong-certificate'],
    ['of a device that has none', undefined, 't-3', named('t-3'), 'wrong-certificate'],
    ['with the fingerprint it must have', undefined, 'gw', named('gw'), 'device gw'],
    ['with another fingerprint', undefined, 'gw', named('gw', [], 'cd'.repeat(32)), 'wrong-certificate'],
  ])('%s', (_, username, clientId, certificate, answer) => {
    const { services, access } = set()
    for (const id of ['t-1', 't-3', 'gw']) services.put(id, {}, 'admin')
    services.addCredential('t-1', { type: 'certificate' }, 'admin')
    services.addCredential('gw', { type: 'certificate', fingerprint: pin }, 'admin')
    expect(tell(access, attempt(username, null, { clientId, ...certificate }))).toBe(answer)
  })

  test('that belongs to nobody stands in the way of no password', () => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    const { secret } = services.addCredential('t-1', { type: 'password' }, 'admin')
    expect(tell(access, attempt('t-1', secret, named('x')))).toBe('device t-1')
  })
})

describe('what is registered', () => {
  test('is what the plant says, unless somebody says otherwise', () => {
    const { services } = set()
    expect(services.put('t-1', {}, 'admin')).toMatchObject({ sort: 'device', speaksFor: 1, lacksCredential: true })
    expect(services.put('gw', {}, 'admin')).toMatchObject({ sort: 'gateway', speaksFor: 2 })
    expect(codeOf(() => services.put('other', {}, 'admin'))).toBe('invalid-request')
    expect(services.put('other', { sort: 'service', topics: ['application/#'] }, 'admin')).toMatchObject({ speaksFor: 0 })
    expect(codeOf(() => services.put('shared', { sort: 'service' }, 'admin'))).toBe('invalid-request')
    expect(codeOf(() => services.put('t-1', { topics: ['facilities/#'] }, 'admin'))).toBe('invalid-request')
    expect(codeOf(() => services.put('a b', { sort: 'service' }, 'admin'))).toBe('invalid-request')
  })

  test('keeps what is not named, and its credentials', () => {
    const { services, again } = set()
    services.put('gw', { topics: ['spBv1.0/City/+/gw'], limits: { rate: 50, burst: 100 }, note: 'roof' }, 'admin')
    services.addCredential('gw', { type: 'password' }, 'admin')
    services.put('gw', { note: 'cellar' }, 'admin')
    expect(again().get('gw')).toMatchObject({
      topics: ['spBv1.0/City/+/gw'],
      limits: { rate: 50, burst: 100 },
      note: 'cellar',
      credentials: [{}],
    })
  })

  test('is listed in pages, by state, and only to who may deal with it', () => {
    const { services, access } = set()
    for (const id of ['t-1', 't-3', 'gw']) services.put(id, { note: `note ${id}` }, 'admin')
    services.put('platform', { sort: 'service' }, 'admin')
    services.addCredential('t-3', { type: 'password' }, 'admin')
    access.connected?.({ id: 't-3', sort: 'device' })
    const ids = (filter: Parameters<typeof services.list>[0], scope = WHOLE_CITY) =>
      services.list(filter, scope, undefined, 10).items.map(({ id }) => id)
    const first = services.list({}, WHOLE_CITY, undefined, 3)
    expect(first).toMatchObject({ items: [{ id: 'gw' }, { id: 'platform' }, { id: 't-1' }], next: 't-1', total: 4 })
    expect(services.list({}, WHOLE_CITY, 't-1', 3)).toMatchObject({
      items: [{ id: 't-3', connections: 1, lastConnected: start }],
      next: null,
    })
    expect(ids({ words: 'NOTE T' })).toEqual(['t-1', 't-3'])
    expect(ids({ state: 'connected' })).toEqual(['t-3'])
    expect(ids({ state: 'no-credential' })).toEqual(['gw', 'platform', 't-1'])
    expect(ids({}, { districts: ['north'], domains: 'all' })).toEqual(['gw', 't-1'])
    access.disconnected?.({ id: 't-3', sort: 'device' })
    expect(ids({ state: 'connected' })).toEqual([])
  })
})

describe('a facility that is removed', () => {
  test('takes its device and its codes along, but no other program and no gateway that speaks for others', () => {
    const { services, plant, state, revoked, again } = set()
    for (const id of ['t-1', 'gw']) services.put(id, {}, 'admin')
    services.put('t-3', { sort: 'service' }, 'admin')
    for (const id of ['t-1', 'gw']) services.addCredential(id, { type: 'password' }, 'admin')
    services.addClaimCode(['t-1'], hours(1), 'wang')
    services.addClaimCode(['t-1', 't-2'], hours(1), 'wang')
    const remove = (id: string) => {
      const after = state.transaction(() => services.withdraw(id, 'li'))
      plant.remove(id)
      after()
    }
    for (const id of ['t-1', 't-3', 'gw']) remove(id)
    for (const known of [services, again()]) {
      expect(known.list({}, WHOLE_CITY, undefined, 10).items.map(({ id }) => id)).toEqual(['gw', 't-3'])
      expect(known.claimCodes().map(({ devices }) => devices)).toEqual([['t-2']])
    }
    expect(revoked).toEqual([['t-1', undefined]])
    expect(
      audit(state)
        .filter(({ by }) => by === 'li')
        .map(({ action, subject }) => `${action} ${subject}`),
    ).toEqual(['remove-device device t-1', 'take-from-claim-code device t-1', 'take-from-claim-code device t-1'])
  })
})

describe('provisioning', () => {
  const order = { type: 'password', existing: 'skip', label: 'batch', expires: null } as const

  test('gives those that have none a credential, and does nothing when a row is wrong', async () => {
    const { services, access } = set()
    services.put('t-1', {}, 'admin')
    const before = services.addCredential('t-1', { type: 'password' }, 'admin')
    const rows = services.withoutCredential('tank', WHOLE_CITY).map((id, i) => ({ row: i + 2, id }))
    expect(rows.map(({ id }) => id)).toEqual(['t-3'])
    await expect(services.provision([...rows, { row: 9, id: 'nobody' }, { row: 10, id: 't-3' }], order, 'admin')).rejects.toThrow(
      /Nothing was done: line 9: .*nobody.*; line 10: t-3 stands twice/,
    )
    expect(services.has('t-3')).toBe(false)
    const made = await services.provision([{ row: 2, id: 't-1' }, ...rows], order, 'admin')
    expect(made).toMatchObject({ skipped: 1, issued: [{ device: { id: 't-3', sort: 'device' } }] })
    expect(tell(access, attempt('t-3', made.issued[0]!.secret))).toBe('device t-3')
    const replaced = await services.provision([{ row: 2, id: 't-1' }], { ...order, existing: 'replace' }, 'admin')
    expect([before.secret, replaced.issued[0]!.secret].map((secret) => tell(access, attempt('t-1', secret)))).toEqual([
      'wrong-credentials',
      'device t-1',
    ])
  })
})

describe('a long import', () => {
  const order = { type: 'password', existing: 'replace', label: '', expires: null } as const
  const many = Array.from({ length: 450 }, (_, i) => ({ row: i + 2, id: `n-${i}`, sort: 'service' as const }))

  test('is told of each device that was given or lost credentials, by records of bounded length', async () => {
    const { services, state } = set()
    services.put('n-7', { sort: 'service' }, 'admin')
    services.addCredential('n-7', { type: 'password' }, 'admin')
    await services.provision(many, order, 'eva')
    const told = (action: string) => audit(state).filter((record) => record.action === action && record.by === 'eva')
    const given = told('give-credentials').flatMap(({ detail }) => detail.replace('password: ', '').split(', '))
    expect(given.sort()).toEqual(many.map(({ id }) => id).sort())
    expect(told('give-credentials').every(({ detail }) => detail.length < 5_000)).toBe(true)
    expect(told('take-credentials')).toMatchObject([{ subject: 'device n-7' }])
  })

  test('leaves a device that is disabled meanwhile as it is, and one that is removed away', async () => {
    const { services, plant } = set()
    services.put('t-1', { note: 'mine' }, 'admin')
    const going = services.provision([...many, { row: 900, id: 't-1' }, { row: 901, id: 't-3' }], order, 'eva')
    while (!services.has('n-0')) await new Promise((resolve) => setImmediate(resolve))
    services.put('t-1', { disabled: true }, 'li')
    plant.remove('t-3')
    expect(await going).toMatchObject({ skipped: 1 })
    expect(services.get('t-1')).toMatchObject({ disabled: true, note: 'mine', credentials: [{}] })
    expect(services.has('t-3')).toBe(false)
  })
})

describe('a claim code', () => {
  test('gives each of its devices one password, however it is typed, and once', () => {
    const { services, access, state, again } = set()
    const { code, claim } = services.addClaimCode(['t-1', 't-3'], hours(1), 'wang')
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
    const { secret } = services.claim(code.toLowerCase().replace('-', ' '), 't-1', '10.0.0.1')
    expect(tell(access, attempt('t-1', secret))).toBe('device t-1')
    expect(codeOf(() => services.claim(code, 't-1', '10.0.0.1'))).toBe('not-allowed')
    expect(again().claimCodes()).toMatchObject([{ id: claim.id, devices: ['t-1', 't-3'], claimed: ['t-1'], by: 'wang' }])
    expect(JSON.stringify([audit(state), services.claimCodes()])).not.toContain(code)
  })

  test('is used by the device in the audit trail, whose name nobody else can have', () => {
    const { services, state } = set()
    const { code } = services.addClaimCode(['t-1'], hours(1), 'wang')
    services.claim(code, 't-1', '10.0.0.1')
    const done = audit(state).filter(({ action }) => action === 'claim-credential' || action === 'put-device')
    expect(done.map(({ by }) => by)).toEqual(['device:t-1', 'device:t-1'])
  })

  test('is refused in the same words whatever is wrong, and guesses must wait', () => {
    const { services, clock } = set()
    const { code } = services.addClaimCode(['t-1'], hours(1), 'wang')
    services.put('t-3', {}, 'wang')
    const words = (typed: string, id: string, address: string) => {
      try {
        return services.claim(typed, id, address).secret
      } catch (error) {
        return (error as Error).message
      }
    }
    const said = new Set([words('00000-00000', 't-1', 'a'), words(code, 't-3', 'b'), words(code, 'nobody', 'c')])
    clock.now += hours(1)
    said.add(words(code, 't-1', 'd'))
    expect(said.size).toBe(1)
    for (let i = 0; i < 5; i++) words('00000-00000', `x-${i}`, 'e')
    expect(codeOf(() => services.claim(code, 't-1', 'e'))).toBe('too-many-requests')
  })

  test('that is refused leaves one record a sender and minute, whatever ids are made up, and few of many senders', () => {
    const { services, state, clock } = set()
    const refused = () => audit(state).filter(({ action }) => action === 'claim-refused')
    const tryFrom = (address: string, id: string) => codeOf(() => services.claim('00000-00000', id, address))
    expect([1, 2, 3, 4, 5].map((i) => tryFrom(`2001:db8:0:1::${i}`, `x-${i}`))).toEqual(Array(5).fill('not-allowed'))
    expect(tryFrom('2001:db8:0:1::6', 'x-6')).toBe('too-many-requests')
    expect(tryFrom('10.0.0.9', 't-1')).toBe('not-allowed')
    services.tick()
    expect(refused()).toMatchObject([
      { by: 'claim', subject: 'device t-1', detail: '1 from 10.0.0.9' },
      { by: 'claim', subject: 'devices', detail: '5 from 2001:db8:0:1::/64, for x-1, x-2, x-3, x-4, x-5' },
    ])
    services.tick()
    expect(refused()).toHaveLength(2)
    clock.now += minutes(1)
    for (let i = 0; i < 200; i++) tryFrom(`10.1.0.${i}`, `y-${i}`)
    services.tick()
    expect(refused()).toHaveLength(2 + 11)
    expect(refused()[0]?.detail).toMatch(/^190 from other addresses, for y-10, .*, …$/)
  })

  test('is forgotten when it is removed, and a while after it is over', () => {
    const { services, clock, again } = set()
    const one = services.addClaimCode(['t-1'], hours(1), 'wang')
    services.addClaimCode(['t-1'], hours(2), 'wang')
    services.removeClaimCode(one.claim.id, 'li')
    expect(codeOf(() => services.claim(one.code, 't-1', 'a'))).toBe('not-allowed')
    clock.now += days(8)
    services.tick()
    expect([...services.claimCodes(), ...again().claimCodes()]).toEqual([])
    expect(codeOf(() => services.addClaimCode(['nobody'], hours(1), 'wang'))).toBe('invalid-request')
  })
})
