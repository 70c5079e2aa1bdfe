import { WHOLE_CITY } from '../src/access/scope.ts'
import { hashPassword } from '../src/edges/http/password.ts'
import { FailedSignIns } from '../src/edges/http/people/failed-sign-ins.ts'
import { SecondFactors } from '../src/edges/http/people/second-factor.ts'
import { SignIn } from '../src/edges/http/people/sign-in.ts'
import { newUser, Sessions } from '../src/edges/http/session.ts'
import { openStateStore } from '../src/storage/embedded/state-store.ts'
import { days } from '../src/telemetry/duration.ts'

const ROUNDS = 200

// Wrong sign-ins of a name that is there and of one that is not, in turn, so that the machine is as busy for both.
// A machine that does other things besides shows in the time on the clock and hardly in that of the processor.
let now = Date.UTC(2026, 0, 1)
const clock = () => now
const state = openStateStore(':memory:')
const passwordHash = await hashPassword('nine herons over water')
state.people.putUser({ ...newUser('known', 'operator', WHOLE_CITY, 'admin', 0), passwordHash })
const sessions = new Sessions({ state, now: clock, secureCookies: true, secondFactor: { required: true, grace: 0 } })
const failed = new FailedSignIns({ audit: (record) => state.audit(record), now: clock, schedule: () => () => {} })
const signIn = new SignIn({ state, sessions, failed, now: clock, secondFactors: new SecondFactors(state, clock) })
const client = { address: '192.0.2.1', userAgent: '', device: undefined }

const taken = { known: { clock: [] as number[], processor: [] as number[] }, unknown: { clock: [] as number[], processor: [] as number[] } }
for (let i = 0; i < 2 * ROUNDS; i++) {
  const name = i % 2 === 0 ? 'known' : 'unknown'
  // So that none has to wait for the ones before.
  now += days(2)
  failed.flush()
  const began = performance.now()
  const used = process.cpuUsage()
  const answer = await signIn.withPassword(name, 'wrong all the same', client).catch((error: { code?: string }) => error.code)
  const { user, system } = process.cpuUsage(used)
  taken[name].clock.push(performance.now() - began)
  taken[name].processor.push((user + system) / 1000)
  if (answer !== 'not-signed-in') throw new Error(`a wrong password was answered with ${answer}`)
}
state.close()

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
const fastest = (numbers: number[]) => Math.min(...numbers)
for (const [what, of] of [
  ['median', median],
  ['fastest', fastest],
] as const) {
  const row = (how: 'clock' | 'processor') => {
    const [known, unknown] = [of(taken.known[how]), of(taken.unknown[how])]
    return `${how}: known name ${known.toFixed(1)} ms, unknown name ${unknown.toFixed(1)} ms, difference ${(known - unknown).toFixed(1)} ms`
  }
  console.log(`${what} of ${ROUNDS}: ${row('clock')}; ${row('processor')}`)
}
