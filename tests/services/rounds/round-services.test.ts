import { afterEach, beforeEach, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { CheckInClaim, RoundPlanInput } from '../../../src/edges/rounds.ts'
import { round } from '../../../src/facilities/round/index.ts'
import { type City, startCity } from '../../edges/city.ts'
import { tankKind } from '../../tank-kind.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SIX = Date.parse('2026-11-29T06:00+08:00')
const here = [121.5, 31.2] as const

let city: City
let ids = 0

const stop = (facility: string) => ({ key: facility, name: '', nameEn: '', facility, position: null, readings: [] })
const input = (more: Partial<RoundPlanInput> = {}): RoundPlanInput => ({
  ...{ id: 'spray', name: '消杀', nameEn: 'Disinfection', kind: 'disinfection', company: 'waste', district: '' },
  ...{ stops: [stop('T-1'), stop('T-2')], area: null, weekdays: [1, 2, 3, 4, 5, 6, 7], crew: null, proof: 'either', radius: 50 },
  windows: [6, 10, 14, 18, 22].map((hour) => ({ from: hour * 60, to: hour * 60 + 30 })),
  ...{ share: 1, lateAfter: 30, missedAfter: 90, disabled: false, ...more },
})
const rounds = () => city.services.rounds
const goTo = (at: number) => {
  city.clock.stoppedAt = at
  rounds().tick()
  city.tick()
}
const put = (more: Partial<RoundPlanInput> = {}) => rounds().putPlan(input(more), 'dora', WHOLE_CITY)
const all = (plan = 'spray') => city.state.rounds.ofPlan(plan, 0)
const first = () => all()[0] as NonNullable<ReturnType<typeof all>[0]>
const claim = (facility: string, more: Partial<CheckInClaim> = {}): CheckInClaim => ({
  ...{ id: `claim-${++ids}-0000000000`, round: first().id, stop: facility, at: city.now(), code: null },
  ...{ place: { position: here, accuracy: 8 }, readings: [], note: '', ...more },
})
const walk = async (...claims: CheckInClaim[]) =>
  (await rounds().checkIn(claims, 'anna', () => true)).map(({ outcome, problem }) => problem ?? outcome)
const alarms = () => [...city.services.liveAlarms()].map(({ rule, active }) => `${rule} ${active ? 'stands' : 'is over'}`).sort()

beforeEach(async () => {
  city = await startCity({ kinds: [tankKind, round] })
  city.clock.stoppedAt = SIX - HOUR
  city.services.putFacilities(
    ['T-1', 'T-2'].map((id, i) => ({ id, kind: 'tank', district: i ? 'South' : 'North', position: [here[0], here[1] + i * 0.0001] })),
    'admin',
  )
})
afterEach(() => city.stop())

test('rounds are made ahead, become late after half an hour, and missed; the one alarm engine tells of both', () => {
  put()
  expect(all().map(({ key, state }) => [key, state])).toEqual([
    ['2026-11-29 06:00', 'open'],
    ['2026-11-29 10:00', 'open'],
    ['2026-11-29 14:00', 'open'],
  ])
  goTo(SIX + 60 * MINUTE)
  expect(alarms()).toEqual([])
  goTo(SIX + 61 * MINUTE)
  expect(alarms()).toEqual(['late stands'])
  goTo(SIX + 120 * MINUTE)
  expect([first().state, alarms()]).toEqual(['missed', ['late is over', 'missed stands']])
})

test('a round that is walked raises nothing, and makes up for one that was missed', async () => {
  put()
  goTo(SIX + 61 * MINUTE)
  goTo(SIX + 3 * HOUR)
  expect(alarms()).toContain('missed stands')
  goTo(SIX + 4 * HOUR + MINUTE)
  city.clock.ahead += 1000
  const second = all()[1] as NonNullable<ReturnType<typeof first>>
  expect(await walk(claim('T-1', { round: second.id }), claim('T-2', { round: second.id }))).toEqual(['done', 'done'])
  expect(rounds().round(second.id)).toMatchObject({ state: 'done', visited: 2, ended: city.now() })
  city.tick()
  expect(alarms()).toEqual(['late is over', 'missed is over'])
})

test('a visit counts once, is shown by code or position, and stands in the audit trail', async () => {
  put()
  goTo(SIX + MINUTE)
  const one = claim('T-1')
  expect(await walk(one)).toEqual(['done'])
  expect(await walk(one, claim('T-1'))).toEqual(['again', 'again'])
  expect(first().visited).toBe(1)
  const label = `https://lamp.example${rounds().labelOf('spray', 'T-2')}`
  expect(label).toMatch(/\/crew\/at\/T-2\/[0-9a-f]{20}$/)
  const far = { position: [here[0], 31.3] as const, accuracy: 8 }
  expect(await walk(claim('T-2', { place: far }))).toEqual(['too-far'])
  expect(await walk(claim('T-2', { place: null, code: 'https://lamp.example/report/T-2' }))).toEqual(['only-public'])
  expect(await walk(claim('T-2', { place: null, code: label.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }))).toEqual(['wrong-code'])
  expect(await walk(claim('T-2', { place: null, code: `https://lamp.example${rounds().labelOf('spray', 'T-1')}` }))).toEqual(['wrong-code'])
  expect(await walk(claim('T-2', { place: null, code: label }))).toEqual(['done'])
  expect(first().state).toBe('done')
  const kept = rounds().checkInsOf(first().id)
  expect(kept.map(({ stop: key, by, shown }) => [key, by, shown])).toEqual([
    ['T-1', 'anna', 'position'],
    ['T-1', 'anna', 'position'],
    ['T-2', 'anna', 'code'],
  ])
  const actions = city.state.auditTrail({ limit: 50 }).items.map(({ action }) => action)
  expect(actions.filter((action) => action === 'check-in')).toHaveLength(3)
  expect(actions.filter((action) => action === 'check-in-refused')).toHaveLength(4)
})

test('what was done in time counts whenever the phone tells of it; what was not does not', async () => {
  put()
  goTo(SIX + 5 * HOUR)
  expect(first().state).toBe('missed')
  expect(await walk(claim('T-1', { at: SIX + 5 * MINUTE }), claim('T-2', { at: SIX + 121 * MINUTE }))).toEqual(['done', 'round'])
  expect(await walk(claim('T-2', { at: SIX + 9 * MINUTE }))).toEqual(['done'])
  expect(first()).toMatchObject({ state: 'done', ended: SIX + 9 * MINUTE })
  expect(
    rounds()
      .checkInsOf(first().id)
      .map(({ doubts }) => doubts),
  ).toEqual([['told-late'], ['told-late']])
})

test('a changed plan changes what is to come and keeps the ids that phones know; one that is removed takes its alarms with it', () => {
  put()
  goTo(SIX + 2 * HOUR)
  const before = all()
  put({
    stops: [stop('T-1')],
    windows: [
      { from: 360, to: 390 },
      { from: 600, to: 660 },
    ],
  })
  expect(all().map(({ id, key, stops }) => [id, key, stops.length])).toEqual([
    [before[0]?.id, '2026-11-29 06:00', 2],
    [before[1]?.id, '2026-11-29 10:00', 1],
  ])
  expect(alarms()).toContain('missed stands')
  rounds().removePlan('spray', 'dora', WHOLE_CITY)
  expect([alarms(), rounds().plans(), all().map(({ state }) => state)]).toEqual([[], [], ['missed']])
  goTo(SIX + 3 * HOUR)
  expect(all()).toHaveLength(1)
})

test('an emergency plan tightens the rounds of its area, and loosening leaves them as if nothing had been', async () => {
  put()
  put({ id: 'south', stops: [stop('T-2')] })
  goTo(SIX + 5 * HOUR)
  const before = [all('spray'), all('south')]
  expect(rounds().tighten({ plan: 'E-1', query: 'district=North', factor: 1.5, by: 'eva' })).toEqual({ plans: ['spray'] })
  const extra = all('spray').filter(({ emergency }) => emergency === 'E-1')
  expect(extra.map(({ begins }) => (begins - SIX) / HOUR)).toEqual([6, 10, 14])
  expect(all('south')).toEqual(before[1])
  rounds().tighten({ plan: 'E-2', query: '', factor: 3, by: 'eva' })
  goTo(SIX + 6 * HOUR + MINUTE)
  expect(rounds().loosen('E-2', 'eva')).toEqual({ plans: ['south', 'spray'] })
  expect(all('spray').filter(({ emergency, state }) => emergency === 'E-1' && state === 'open').length).toBeGreaterThan(0)
  expect(rounds().loosen('E-1', 'eva')).toEqual({ plans: ['spray'] })
  expect(rounds().loosen('E-1', 'eva')).toEqual({ plans: [] })
  const own = (plan: string) => all(plan).filter(({ emergency }) => emergency === null)
  const asPlanned = (list: readonly object[] | undefined) => list?.map((one) => ({ ...one, state: '', ended: null }))
  for (const [i, plan] of ['spray', 'south'].entries())
    expect(asPlanned(own(plan).filter(({ id }) => before[i]?.some((one) => one.id === id)))).toEqual(asPlanned(before[i]))
  expect(all('spray').every(({ emergency, begins, state }) => emergency === null || (begins < city.now() && state === 'called-off'))).toBe(
    true,
  )
  expect([rounds().tightenings(), alarms().filter((one) => one.startsWith('late stands'))]).toEqual([[], []])
})

test('of plans that overlap the one that asks for most counts alone, and the other one again when it is over', () => {
  put()
  goTo(SIX + HOUR)
  const toCome = () =>
    all()
      .filter(({ state, begins }) => state === 'open' && begins > city.now())
      .map(({ begins, emergency }) => `${(begins - SIX) / HOUR} ${emergency ?? 'own'}`)
  const alone = toCome()
  rounds().tighten({ plan: 'E-1', query: 'district=North', factor: 2, by: 'eva' })
  const first = toCome()
  expect(first).toEqual(['2 E-1', '4 own', '6 E-1', '8 own', '10 E-1', '12 own'])
  rounds().tighten({ plan: 'E-2', query: '', factor: 4, by: 'eva' })
  expect(toCome()).toEqual([...['2 E-2', '3 E-2', '4 own', '5 E-2', '6 E-2', '7 E-2', '8 own'], ...['9 E-2', '10 E-2', '11 E-2', '12 own']])
  rounds().loosen('E-2', 'eva')
  expect(toCome()).toEqual(first)
  rounds().loosen('E-1', 'eva')
  expect(toCome()).toEqual(alone)
})

test('a round that an emergency asked for and nobody walked stands against the plan no longer than the emergency', () => {
  put({ windows: [{ from: 360, to: 390 }] })
  goTo(SIX + 5 * MINUTE)
  rounds().callOff(first().id, 'ice', 'dora')
  rounds().tighten({ plan: 'E-1', query: '', factor: 12, by: 'eva' })
  const planned = () => rounds().figuresOf(rounds().plan('spray') as NonNullable<ReturnType<ReturnType<typeof rounds>['plan']>>).planned
  expect(planned()).toBe(8)
  goTo(SIX + 5 * HOUR)
  expect(alarms()).toContain('missed stands')
  rounds().loosen('E-1', 'eva')
  goTo(SIX + 5 * HOUR + MINUTE)
  expect(alarms()).toEqual(['missed is over'])
  expect([planned(), all().map(({ state }) => state)]).toEqual([0, ['called-off', 'missed', 'called-off']])
})

test('a plan can be mended, and removed, whose crew or whose facility is gone', () => {
  city.services.roster.putCrew({ id: 'A', name: 'A', members: [], domains: 'all', districts: 'all', disabled: false } as never, 'admin')
  city.services.putFacilities([{ id: 'T-3', kind: 'tank', district: 'North' }], 'admin')
  const at = { key: 'gate', name: 'Gate', nameEn: '', facility: null, position: here, readings: [{ facility: 'T-3', point: 'level' }] }
  put({ crew: 'A', stops: [stop('T-1'), at] })
  put({ id: 'other', crew: 'A', stops: [stop('T-1'), at] })
  city.services.roster.removeCrew('A', 'admin')
  city.services.removeFacility('T-3', 'admin', WHOLE_CITY)
  expect(() => put({ crew: 'A' })).toThrow('no crew A')
  expect(put({ stops: [stop('T-1')] })).toMatchObject({ crew: null })
  rounds().removePlan('other', 'dora', WHOLE_CITY)
  expect(rounds().plans()).toHaveLength(1)
})

test('a phone out of reach loses no visit to a round that is called off meanwhile', async () => {
  put()
  goTo(SIX + HOUR)
  rounds().tighten({ plan: 'E-1', query: '', factor: 2, by: 'eva' })
  goTo(SIX + 2 * HOUR + 5 * MINUTE)
  const extra = all().find(({ emergency }) => emergency === 'E-1') as NonNullable<ReturnType<typeof first>>
  goTo(extra.begins + 10 * MINUTE)
  rounds().loosen('E-1', 'eva')
  goTo(extra.begins + 30 * MINUTE)
  expect(await walk(claim('T-1', { round: extra.id, at: extra.begins + 5 * MINUTE }))).toEqual(['done'])
  expect(await walk(claim('T-2', { round: extra.id, at: extra.begins + 15 * MINUTE }))).toEqual(['round'])
  expect(rounds().round(extra.id)).toMatchObject({ state: 'called-off', visited: 1 })
})

test('a phone is told of what its walker may see and of their own crew, however much there is elsewhere', () => {
  city.state.roster.putCrew({
    ...{ id: 'A', name: 'A', members: ['anna'], domains: 'all', districts: 'all', vehicle: '', base: null, disabled: false },
  })
  for (let i = 0; i < 20; i++) put({ id: `north-${i}`, stops: [stop('T-1')] })
  put({ id: 'south', stops: [stop('T-2')], windows: [{ from: 600, to: 630 }] })
  put({ id: 'own', crew: 'A', windows: [{ from: 960, to: 990 }] })
  const inSouth = rounds().ofWalker('otto', ({ stops }) => stops.some(({ facility }) => facility === 'T-2'))
  expect(inSouth.map(({ plan }) => plan)).toEqual(['south'])
  const told = rounds().ofWalker('anna', () => true)
  expect([told.length, told.at(-1)?.plan]).toEqual([50, 'own'])
})

test('a server that stood still makes up for the rounds of its absence, and counts them as missed', () => {
  put()
  goTo(SIX + 20 * HOUR)
  expect(all().map(({ key, state }) => [key.slice(11), state])).toEqual([
    ['06:00', 'missed'],
    ['10:00', 'missed'],
    ['14:00', 'missed'],
    ['18:00', 'missed'],
    ['22:00', 'missed'],
    ['06:00', 'open'],
    ['10:00', 'open'],
  ])
})

test('readings that the plan asks for become readings of the facility; others are left out, and one that cannot be leaves the visit', async () => {
  put({ stops: [{ ...stop('T-1'), readings: [{ facility: 'T-1', point: 'level' }] }, stop('T-2')] })
  goTo(SIX + MINUTE)
  const [level, pump] = [
    { facility: 'T-1', point: 'level', value: 4.5 },
    { facility: 'T-2', point: 'level', value: 1 },
  ]
  expect(await walk(claim('T-1', { readings: [level, pump] }))).toEqual(['done'])
  const entered = city.services.enteredReadings.list({ limit: 9 }, WHOLE_CITY).items
  expect(entered.map(({ facility, value, by, source }) => [facility, value, by, source])).toEqual([
    ['T-1', 4.5, 'anna', `round ${first().id} T-1`],
  ])
  // The answer was lost, and the readings with it: told again they are there.
  const lost = rounds().checkInsOf(first().id)[0]
  expect(await walk({ ...claim('T-1'), id: lost?.id ?? '', readings: [level] })).toEqual(['again'])
  expect(city.services.enteredReadings.list({ limit: 9 }, WHOLE_CITY).items).toHaveLength(1)
  goTo(SIX + 2 * MINUTE)
  expect(await walk(claim('T-1', { readings: [{ ...level, value: 1e9 }] }))).toEqual(['readings'])
  expect(rounds().checkInsOf(first().id)).toHaveLength(2)
})

test('tells of the rounds at a facility today', async () => {
  put()
  goTo(SIX + 4 * HOUR + 70 * MINUTE)
  expect(rounds().dayOf('T-1', 'disinfection', city.now())).toEqual({ planned: 5, done: 0, late: 1, missed: 1, next: SIX + 8 * HOUR })
  expect([rounds().dayOf('T-1', 'patrol', city.now()), rounds().dayOf('T-9', 'disinfection', city.now())]).toEqual([undefined, undefined])
})

test('an area is asked anew for each round, and what is out of service is no stop', () => {
  put({ stops: [], area: 'kind=tank' })
  city.services.putFacilities([{ id: 'T-3', kind: 'tank', district: 'North' }], 'admin')
  city.services.setMode('T-1', 'out-of-service', 'gone', 'admin')
  goTo(SIX + 3 * HOUR)
  const stops = all().map((one) => one.stops.map(({ key }) => key))
  expect([stops[0], stops.at(-1)]).toEqual([
    ['T-1', 'T-2'],
    ['T-2', 'T-3'],
  ])
})

test('refuses what cannot be walked, and another kind under the same name', () => {
  const refusal = (more: Partial<RoundPlanInput>, scope = WHOLE_CITY) => {
    try {
      rounds().putPlan(input(more), 'dora', scope)
    } catch (problem) {
      return (problem as { code: string }).code
    }
  }
  expect(refusal({ stops: [stop('T-9')] })).toBe('invalid-request')
  expect(refusal({ area: 'nothing=' })).toBe('invalid-request')
  expect(refusal({ id: 'T-1' })).toBe('action-refused')
  expect(refusal({}, { districts: ['North'], domains: 'all' })).toBe('not-allowed')
  const reads = { ...stop('T-1'), readings: [{ facility: 'T-2', point: 'level' }] }
  expect(refusal({ stops: [reads] }, { districts: ['North'], domains: 'all' })).toBe('not-allowed')
  expect(refusal({ stops: [stop('T-1')] }, { districts: ['North'], domains: 'all' })).toBeUndefined()
})

test('a day has all its rounds from its beginning, also those that are made later', () => {
  put()
  const planned = () => [
    rounds().dayOf('T-1', 'disinfection', city.now())?.planned,
    ...rounds()
      .plans()
      .map((plan) => rounds().figuresOf(plan).planned),
  ]
  expect(all()).toHaveLength(3)
  expect(planned()).toEqual([5, 5])
  goTo(SIX + 5 * HOUR)
  expect(all()).toHaveLength(5)
  expect(planned()).toEqual([5, 5])
  const day = (date: string) => {
    const from = Date.parse(`${date}T00:00+08:00`)
    return rounds().toCome(from, from + 24 * HOUR)
  }
  expect(day('2026-11-29')).toEqual([])
  expect(day('2026-11-30').map(({ begins, state, stops }) => [begins - SIX, state, stops.length])).toEqual(
    [24, 28, 32, 36, 40].map((hour) => [hour * HOUR, 'open', 2]),
  )
  // None is in both lists.
  goTo(SIX + 14 * HOUR)
  expect(day('2026-11-30').map(({ begins }) => (begins - SIX) / HOUR)).toEqual([28, 32, 36, 40])
  put({ disabled: true })
  expect([...planned(), day('2026-11-30')]).toEqual([undefined, 0, []])
})
