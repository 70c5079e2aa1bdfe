import { afterEach, beforeEach, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { hashPassword, verifyPassword } from '../../../src/edges/http/password.ts'
import { FailedSignIns } from '../../../src/edges/http/people/failed-sign-ins.ts'
import { SecondFactors } from '../../../src/edges/http/people/second-factor.ts'
import { type SignedIn, SignIn } from '../../../src/edges/http/people/sign-in.ts'
import { newUser, Sessions } from '../../../src/edges/http/session.ts'
import { type EmbeddedStateStore, openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'

/** A sign-in whose clock and timers the test moves, and whose hashes are counted, not made: ten thousand would take minutes. */
function startDoor(state: EmbeddedStateStore) {
  let now = Date.UTC(2026, 0, 1)
  const timers: { at: number; work: () => void }[] = []
  const compared: (string | undefined)[] = []
  const sessions = new Sessions({ state, now: () => now, secureCookies: true, secondFactor: { required: false, grace: 0 } })
  const failed = new FailedSignIns({
    audit: (record) => state.audit(record),
    now: () => now,
    schedule(work, delay) {
      const timer = { at: now + delay, work }
      timers.push(timer)
      return () => {
        timer.work = () => {}
      }
    },
  })
  const signIn = new SignIn({
    ...{ state, sessions, failed, now: () => now, secondFactors: new SecondFactors(state, () => now) },
    verify: async (password, phc) => {
      compared.push(phc)
      return phc !== undefined && password === RIGHT
    },
  })
  return {
    compared,
    failed,
    pass(ms: number) {
      now += ms
      for (const timer of timers.splice(0)) {
        if (timer.at <= now) timer.work()
        else timers.push(timer)
      }
    },
    /** What became of a try: signed in, wrong, or refused before its time. */
    async guess(name: string, password: string, address: string, device?: string) {
      try {
        return (await signIn.withPassword(name, password, { address, userAgent: '', device })) as SignedIn
      } catch (error) {
        return (error as { code: string }).code
      }
    },
  }
}

const RIGHT = 'right'
let state: EmbeddedStateStore
let door: ReturnType<typeof startDoor>
beforeEach(async () => {
  state = openStateStore(':memory:')
  state.people.putUser({ ...newUser('li', 'operator', WHOLE_CITY, 'admin', 0), passwordHash: 'hash of li' })
  door = startDoor(state)
})
afterEach(() => state.close())

const GUESSES = 10_000
const failures = () => state.auditTrail({ limit: 100_000 }).items.filter(({ action }) => action === 'sign-in-failed')
const hostOf = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`

test.each([
  ['from one address', () => '192.0.2.1'],
  ['each from an address of its own', hostOf],
])('10,000 guesses in a day, %s: some thirty are compared, and the waits grow to an hour', async (_, addressOf) => {
  const outcomes = new Map<unknown, number>()
  for (let i = 0; i < GUESSES; i++) {
    const outcome = await door.guess('li', `guess ${i}`, addressOf(i))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    door.pass(days(1) / GUESSES)
  }
  // 5 at once, 12 while the wait doubles from a second to an hour, one an hour in the rest of the day.
  expect(door.compared.length).toBeLessThan(5 + 12 + 24)
  expect(outcomes.get('not-signed-in')).toBe(door.compared.length)
  expect(outcomes.get('too-many-requests')).toBe(GUESSES - door.compared.length)
  // Locked for whoever is not known, with the right password too.
  expect(await door.guess('li', RIGHT, '198.51.100.7')).toBe('too-many-requests')
  door.failed.flush()
  // Every try is in the trail, and the trail has not grown by ten thousand.
  const records = failures()
  expect(records.length).toBeLessThan(300)
  const summed = records.reduce((sum, { detail }) => {
    const [, wrong, refused] = /(\d+) more wrong and (\d+) refused/.exec(detail) ?? []
    return sum + (wrong === undefined ? 1 : Number(wrong) + Number(refused))
  }, 0)
  expect(summed).toBe(GUESSES + 1)
})

test('the owner comes in meanwhile from a browser that has been signed in before, and from any other once it is over', async () => {
  const { device } = (await door.guess('li', RIGHT, '203.0.113.5')) as SignedIn
  for (let i = 0; i < 2000; i++) {
    await door.guess('li', `guess ${i}`, hostOf(i))
    door.pass(seconds(10))
  }
  expect(await door.guess('li', RIGHT, '203.0.113.5')).toBe('too-many-requests')
  expect(await door.guess('li', RIGHT, '203.0.113.99', device)).toMatchObject({ session: { user: 'li' }, device })
  // What one browser is trusted with is one person, and its own wrong tries.
  state.people.putUser({ ...newUser('sun', 'viewer', WHOLE_CITY, 'admin', 0), passwordHash: 'hash of sun' })
  const asSun: unknown[] = []
  for (let i = 0; i < 7; i++) asSun.push(await door.guess('sun', 'wrong', hostOf(i), device))
  expect(asSun.slice(-2)).toEqual(['too-many-requests', 'too-many-requests'])
  for (let i = 0; i < 6; i++) await door.guess('li', 'wrong', '203.0.113.5', device)
  expect(await door.guess('li', RIGHT, '203.0.113.5', device)).toBe('too-many-requests')
  door.pass(hours(1))
  expect(await door.guess('li', RIGHT, '203.0.113.6')).toMatchObject({ session: { user: 'li' } })
  door.pass(days(181))
  for (let i = 0; i < 6; i++) await door.guess('li', 'wrong', hostOf(i))
  expect(await door.guess('li', RIGHT, '203.0.113.5', device)).toBe('too-many-requests')
})

test('everybody who signs in at a shared console stays known there, the last ten of them', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `shift ${i}`)
  for (const name of names) state.people.putUser({ ...newUser(name, 'operator', WHOLE_CITY, 'admin', 0), passwordHash: `hash of ${name}` })
  let device: string | undefined
  for (const name of names) ({ device } = (await door.guess(name, RIGHT, '203.0.113.5', device)) as SignedIn)
  for (const name of names) for (let i = 0; i < 5; i++) await door.guess(name, 'wrong', hostOf(i))
  const outcomes = new Map<string, unknown>()
  for (const name of names) outcomes.set(name, await door.guess(name, RIGHT, '203.0.113.5', device))
  const kept = names.filter((name) => outcomes.get(name) !== 'too-many-requests')
  expect(kept).toEqual(names.slice(2))
  // Each comes first in turn, and none is there twice.
  const { device: after } = outcomes.get('shift 11') as SignedIn
  expect(new Set(after.split('.')).size).toBe(10)
  expect(await door.guess('shift 1', RIGHT, '203.0.113.5', `${device}.${after}.${'x.'.repeat(1000)}`)).toBe('too-many-requests')
})

test('made-up names push out no count of a real one', async () => {
  for (let i = 0; i < 5; i++) await door.guess('li', 'wrong', hostOf(i))
  for (let i = 0; i < 10_001; i++) await door.guess(`nobody ${i}`, 'wrong', hostOf(i))
  expect(await door.guess('li', RIGHT, '203.0.113.5')).toBe('too-many-requests')
})

test('who guesses many names from one network waits by its address; of IPv6 64 bits are one', async () => {
  const from = async (addressOf: (i: number) => string) => {
    const before = door.compared.length
    for (let i = 0; i < 100; i++) await door.guess(`name ${i}`, 'wrong', addressOf(i))
    return door.compared.length - before
  }
  expect(await from(() => '192.0.2.1')).toBe(15)
  expect(await from((i) => `2001:db8:0:1::${i.toString(16)}`)).toBe(15)
  expect(await from((i) => `2001:db8:0:${i.toString(16)}::1`)).toBe(99)
})

test('a name nobody has, a wrong password, a disabled account and one without a password cost one hash each and answer the same', async () => {
  state.people.putUser({ ...newUser('off', 'viewer', WHOLE_CITY, 'admin', 0), passwordHash: 'hash of off', disabled: true })
  state.people.putUser(newUser('invited', 'viewer', WHOLE_CITY, 'admin', 0))
  const answers: unknown[] = []
  for (const [name, password] of [
    ['nobody', 'x'],
    ['li', 'x'],
    ['off', RIGHT],
    ['invited', RIGHT],
  ] as const)
    answers.push(await door.guess(name, password, hostOf(1)))
  expect(answers).toEqual(Array(4).fill('not-signed-in'))
  expect(door.compared).toEqual([undefined, 'hash of li', 'hash of off', undefined])
})

test('the hash for nobody costs as much as a real one', async () => {
  const real = await hashPassword('some words of a night')
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < 6; i++) {
    for (const [who, phc] of [
      ['known', real],
      ['unknown', undefined],
    ] as const) {
      const before = performance.now()
      expect(await verifyPassword('other words of a day', phc)).toBe(false)
      times[who].push(performance.now() - before)
    }
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] as number
  console.log(`one comparison: known name ${median(times.known).toFixed(1)} ms, unknown name ${median(times.unknown).toFixed(1)} ms`)
})

test('a summary names a few of the names, and how many', async () => {
  for (let i = 0; i < 30; i++) await door.guess(`name ${i}`, 'wrong', hostOf(i))
  door.pass(minutes(1))
  expect(failures()).toHaveLength(11)
  expect(failures()[0]).toMatchObject({
    by: 'unknown',
    subject: '',
    detail: expect.stringMatching(
      /^since 2026-01-01T00:00:00.000Z 20 more wrong and 0 refused .* from 20 addresses for 20 names \(name 10, .*, …\)$/,
    ),
  })
})
