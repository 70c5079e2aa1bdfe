import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FloodReviewSchema } from '../../../src/edges/http/flood-schemas.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
const tanks = Array.from({ length: 8 }, (_, i) => `T-${i}`)
const get = async (path: string) => (await city.ask('GET', path)).body
const made = () => expect.poll(async () => (await get('/api/floods/1/review')).state).toMatch(/done|failed|cancelled/)

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  city.clock.stoppedAt = Date.UTC(2026, 2, 1)
  await city.ask('POST', '/api/facilities', { facilities: tanks.map((id) => ({ id, kind: 'tank' })) })
})
afterAll(() => city.stop())

const pass = (ms: number) => {
  city.clock.ahead += ms
  city.tick()
}

test('while a flood goes on there is no review', async () => {
  // Each level is too high for eight seconds, three times; the valve of one that stays open is told once and protects lives.
  for (let round = 0; round < 3; round++) {
    for (const id of tanks) city.report(id, { level: 9 })
    pass(seconds(8))
    for (const id of tanks) city.report(id, { level: 4 })
    pass(minutes(3))
  }
  for (let i = 0; i < 6; i++) {
    city.report('T-0', { level: 1.5, valve: true })
    pass(seconds(5))
    city.report('T-0', { level: 4, valve: false })
    pass(seconds(5))
  }
  const review = await get('/api/floods/1/review')
  expect(Value.Errors(FloodReviewSchema, review)).toEqual([])
  expect(review).toEqual({ state: 'flood', at: null, share: 0, reason: null, review: null })
  expect(await city.ask('POST', '/api/floods/1/review')).toMatchObject({ status: 409, body: { code: 'action-refused' } })
  city.reviews.tick()
  expect(city.reviews.progress(1)).toBeNull()
})

test('afterwards there is one by itself, with delays that were tried out on its history', async () => {
  pass(minutes(10))
  city.reviews.tick()
  expect((await get('/api/floods/1/review')).state, 'readings may still be on their way').toBe('waiting')
  pass(minutes(2))
  city.reviews.tick()
  await made()
  const kept = await get('/api/floods/1/review')
  expect(Value.Errors(FloodReviewSchema, kept)).toEqual([])
  expect(kept).toMatchObject({ state: 'done', share: 1, reason: null })
  const { review } = kept
  expect(review.firstOut.facility).toBe('T-0')
  expect(review.kpi.alarms).toBe(30)
  expect(review.timeline.counts.reduce((sum: number, { critical, high }: Record<string, number>) => sum + critical! + high!, 0)).toBe(30)
  expect(review.worstRules).toEqual([
    { kind: 'tank', rule: 'high', alarms: 24, facilities: 8, passing: 24, returning: 0 },
    { kind: 'tank', rule: 'left-open', alarms: 6, facilities: 1, passing: 6, returning: 5 },
  ])
  expect(review.proposals).toHaveLength(1)
  const [proposal] = review.proposals
  expect(proposal).toMatchObject({
    ...{ kind: 'tank', facility: null, rule: 'high', because: 'passing', alarms: 24, such: 24, covered: 24, problem: null },
    now: { onDelay: 0, offDelay: 0 },
    override: { scope: { kind: 'tank' }, rule: 'high', changes: { onDelay: 10_000 } },
    backtest: { facilities: 8, before: 24, after: 0, saved: 24, lost: 0, added: 0, later: 0, laterBy: null },
  })
  const applied = await city.ask('PUT', '/api/overrides', { ...proposal.override, reason: 'review of flood 1' })
  expect([applied.status, applied.body.changes]).toEqual([200, { onDelay: 10_000 }])
})

test('where values go to and fro across a limit a larger deadband is proposed, with what was changed before', async () => {
  pass(minutes(30))
  const changes = { onDelay: 10_000, parameters: { deadband: 0.1 } }
  await city.ask('PUT', '/api/overrides', { scope: { kind: 'tank' }, rule: 'high', changes, reason: 'as it was' })
  for (let round = 0; round < 4; round++) {
    for (const level of [8.1, 7.8]) {
      for (const id of tanks) city.report(id, { level })
      for (let s = 0; s < 15; s++) pass(seconds(10))
    }
  }
  for (let i = 0; i < 13; i++) pass(minutes(1))
  city.reviews.tick()
  await expect.poll(async () => (await get('/api/floods/2/review')).state).toMatch(/done|failed/)
  const kept = await get('/api/floods/2/review')
  expect(Value.Errors(FloodReviewSchema, kept)).toEqual([])
  expect(kept.review.proposals.find(({ rule }: { rule: string }) => rule === 'high')).toMatchObject({
    ...{ because: 'near-limit', alarms: 32, such: 24, covered: 24, now: { onDelay: 10_000, offDelay: 0, deadband: 0.1 } },
    override: { scope: { kind: 'tank' }, rule: 'high', changes: { onDelay: 10_000, parameters: { deadband: 0.21 } } },
    backtest: { before: 32, after: 8, saved: 24, lost: 0, added: 0 },
  })
})

test('it can be stopped and made anew; what has been changed meanwhile is not proposed again', async () => {
  const done = await get('/api/floods/1/review')
  expect(done.state).toBe('done')
  const refused = await city.ask('DELETE', '/api/floods/1/review')
  expect([refused.status, refused.body.detail]).toEqual([409, 'The review of flood 1 is done; there is nothing to stop.'])
  expect(await get('/api/floods/1/review')).toEqual(done)
  expect((await city.ask('POST', '/api/floods/1/review')).status).toBe(202)
  expect((await city.ask('DELETE', '/api/floods/1/review')).status).toBe(202)
  expect(await get('/api/floods/1/review')).toMatchObject({ state: 'cancelled', review: null })
  expect((await city.ask('POST', '/api/floods/1/review')).status).toBe(202)
  expect((await get('/api/floods/1/review')).state).toBe('waiting')
  city.reviews.tick()
  await city.reviews.close()
  expect((await get('/api/floods/1/review')).state, 'a stop of the program leaves no trace').toBe('waiting')
  city.reviews.tick()
  await made()
  const { review } = await get('/api/floods/1/review')
  expect(review.worstRules).toHaveLength(2)
  const [entry] = (await get('/api/audit?limit=1')).items
  expect(entry).toMatchObject({ action: 'review-flood', subject: 'flood 1', by: 'admin' })
})
