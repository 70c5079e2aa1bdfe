import { describe, expect, test } from 'vitest'
import type { Crew } from '../../src/dispatch/crew.ts'
import { type DispatchPolicy, usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { DutyException, Rotation } from '../../src/dispatch/duty.ts'
import {
  calendarProblems,
  crewProblems,
  exceptionProblems,
  policyProblems,
  type RosterWorld,
  readDates,
  rotationTroubles,
} from '../../src/dispatch/roster-problems.ts'
import type { Route } from '../../src/dispatch/route.ts'

const world: RosterWorld = {
  accounts: new Set(['Anna', 'Bert', 'Cleo']),
  districts: new Set(['North']),
  crews: new Set(['one']),
  rules: new Set(['tank/high']),
}

test('a crew is of accounts and districts that there are', () => {
  const crew: Crew = {
    ...{ id: 'one', name: 'One', districts: ['North'], domains: 'all', vehicle: '', members: ['Anna'], base: null, disabled: false },
  }
  expect(crewProblems(crew, world)).toEqual([])
  expect(crewProblems({ ...crew, districts: ['Nrth'], members: ['Anna', 'Anna', 'Zoe'] }, world)).toEqual([
    'Account Anna stands there twice.',
    'There is no account "Zoe".',
    'There is no district "Nrth".',
  ])
})

const rotation: Rotation = {
  ...{ id: 'r', name: 'Desk', start: '2026-11-01', shifts: [{ key: 'day', name: 'Day', from: 480, to: 1200 }] },
  teams: [{ key: 'a', name: 'A', crew: 'one', people: ['Anna', 'Bert'] }],
  cycle: { a: ['day', null] },
}

test('a rotation begins on a day and names what there is', () => {
  expect(rotationTroubles(rotation, world)).toEqual([])
  const strange = { key: 'a', name: 'A', crew: 'two', people: ['Zoe', 'Zoe'] }
  expect(rotationTroubles({ ...rotation, start: '2026-02-30', teams: [strange], cycle: { a: ['day'], b: [null] } }, world)).toEqual([
    'The cycle has days for a team b that does not exist.',
    'The start 2026-02-30 is no day of the calendar.',
    'Team A: account Zoe stands there twice.',
    'There is no account "Zoe".',
    'There is no crew "two".',
  ])
})

test('who stands in is somebody else, for somebody of the team', () => {
  const away: DutyException = {
    ...{ id: 0, rotation: 'r', team: 'a', person: 'Anna', substitute: 'Cleo', from: 1, to: 2, reason: 'ill' },
  }
  expect(exceptionProblems(away, rotation, world)).toEqual([])
  expect(exceptionProblems({ ...away, person: null, substitute: null }, rotation, world)).toEqual([])
  expect(exceptionProblems({ ...away, substitute: 'Bert' }, rotation, world)).toEqual([
    'Bert is in that team already and cannot stand in for it.',
  ])
  expect(exceptionProblems({ ...away, person: 'Cleo', substitute: null, to: 1 }, rotation, world)).toEqual([
    'It ends before it begins.',
    'Cleo is not in team A.',
  ])
  expect(exceptionProblems({ ...away, team: 'b' }, rotation, world)).toEqual(['There is no team "b" in this rotation.'])
})

test('the calendar holds days, each once', () => {
  expect(calendarProblems({ holidays: ['2026-10-01'], workdays: ['2026-10-10'] })).toEqual([])
  expect(calendarProblems({ holidays: ['2026-13-01', '2026-10-01', '2026-10-01'], workdays: ['2026-10-01'] })).toEqual([
    '2026-13-01 is no day of the calendar.',
    'Holiday 2026-10-01 stands there twice.',
    ...Array(2).fill('2026-10-01 cannot be a holiday and a working day.'),
  ])
})

describe('policy', () => {
  const [gas, critical] = usualDispatchPolicy.routes as [Route, Route]
  const withRoutes = (...routes: Route[]): DispatchPolicy => ({ ...usualDispatchPolicy, routes })

  test('the usual one is sound', () => {
    expect(policyProblems(usualDispatchPolicy, world)).toEqual([])
  })

  test('says of each route what is wrong with it', () => {
    const route: Route = { ...critical, quiet: true, chain: [], when: { districts: ['West'], rules: ['tank/low'], domains: [] } }
    expect(policyProblems(withRoutes(route), world)).toEqual([
      'Route Critical: There is no district "West".',
      'Route Critical: There is no rule "tank/low".',
      'Route Critical: Nobody is asked.',
      'Route Critical: Danger cannot wait for the end of quiet hours.',
      'Route Critical: It lets nothing through, since domains is empty.',
    ])
    const asked: Route = { ...critical, chain: [{ to: { type: 'crew', id: 'two' }, within: 60_000 }] }
    expect(policyProblems(withRoutes(asked), world)).toEqual(['Route Critical: There is no crew "two".'])
  })

  test('says that a route is never reached', () => {
    expect(policyProblems(withRoutes(critical, gas), world)).toEqual([
      'Route Gas and leakage is never reached: Critical before it takes all of it.',
    ])
    const keyAreas: Route = { ...critical, id: 'key', name: 'Key areas', when: { ...critical.when, keyArea: true } }
    expect(policyProblems(withRoutes(keyAreas, critical), world)).toEqual([])
    expect(policyProblems(withRoutes(critical, keyAreas), world)).toHaveLength(1)
    expect(policyProblems(withRoutes(critical, { ...critical, when: {} }), world)).toEqual(['Route critical stands there twice.'])
  })

  test('nobody can repair before they are there', () => {
    const { clocks } = usualDispatchPolicy
    const late = { ...usualDispatchPolicy, clocks: { ...clocks, danger: { ...clocks.danger, arrive: clocks.danger.repair + 1 } } }
    expect(policyProblems(late, world)).toEqual(['Danger: a crew must be there before it can have repaired.'])
  })
})

test('dates are found in what was pasted, in the ways people write them', () => {
  expect(readDates('2026-10-01 National Day\n2026年10月2日, 2026/1/3；2026.2.4\n2026-10-01')).toEqual({
    dates: ['2026-01-03', '2026-02-04', '2026-10-01', '2026-10-02'],
    refused: [],
  })
  expect(readDates('Holidays: 2026-02-30, 12')).toEqual({ dates: [], refused: ['2026-02-30', '12'] })
})
