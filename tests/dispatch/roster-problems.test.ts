import { describe, expect, test } from 'vitest'
import type { Crew } from '../../src/dispatch/crew.ts'
import { type DispatchPolicy, usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { DutyException, Rotation, Shift, Team } from '../../src/dispatch/duty.ts'
import { type FieldProblem, problemWords } from '../../src/dispatch/field-problem.ts'
import {
  calendarProblems,
  crewProblems,
  exceptionProblems,
  policyProblems,
  type RosterWorld,
  readDates,
  rotationProblems,
} from '../../src/dispatch/roster-problems.ts'
import type { Route } from '../../src/dispatch/route.ts'

/** Each problem in words, behind the field it is told at. */
const told = (problems: readonly FieldProblem[]) => problems.map((one) => [one.at, problemWords(one)])

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
  const problems = crewProblems({ ...crew, districts: ['Nrth'], members: ['Anna', 'Anna', 'Zoe'] }, world)
  expect(told(problems)).toEqual([
    ['members', 'Account Anna stands there twice.'],
    ['members', 'There is no account "Zoe".'],
    ['districts', 'There is no district "Nrth".'],
  ])
  expect(problems.map(({ words }) => words.zh)).toEqual(['账号“Anna”重复。', '没有账号“Zoe”。', '没有区域“Nrth”。'])
})

const rotation: Rotation = {
  ...{ id: 'r', name: 'Desk', start: '2026-11-01', shifts: [{ key: 'day', name: 'Day', from: 480, to: 1200 }] },
  teams: [{ key: 'a', name: 'A', crew: 'one', people: ['Anna', 'Bert'] }],
  cycle: { a: ['day', null] },
}

test('a rotation begins on a day and names what there is', () => {
  expect(rotationProblems(rotation, world)).toEqual([])
  const strange = { key: 'a', name: 'A', crew: 'two', people: ['Zoe', 'Zoe'] }
  expect(told(rotationProblems({ ...rotation, start: '2026-02-30', teams: [strange], cycle: { a: ['day'], b: [null] } }, world))).toEqual([
    ['cycle', 'The cycle has days for a team b that does not exist.'],
    ['start', 'The start 2026-02-30 is no day of the calendar.'],
    ['teams.0.people', 'Team A: account Zoe stands there twice.'],
    ['teams.0.people', 'Team A: There is no account "Zoe".'],
    ['teams.0.crew', 'Team A: There is no crew "two".'],
  ])
})

test('a rotation that cannot work says why', () => {
  const [day, a] = [rotation.shifts[0] as Shift, rotation.teams[0] as Team]
  const wrong = { ...rotation, shifts: [day, day], teams: [a, { ...a, key: 'b', name: 'B' }, a], cycle: { a: ['noon', 'day'], b: [] } }
  expect(told(rotationProblems(wrong, world))).toEqual([
    ['shifts.1.key', 'Two shifts have the key day.'],
    ['teams.2.key', 'Two teams have the key a.'],
    ['cycle.a', 'Team A has a shift noon that does not exist.'],
    ['cycle.b', 'Team B has no days in the cycle.'],
    ['cycle.a', 'Team A has a shift noon that does not exist.'],
    ['cycle', 'The teams have cycles of different lengths (2, 0 days).'],
  ])
})

test('who stands in is somebody else, for somebody of the team', () => {
  const away: DutyException = {
    ...{ id: 0, rotation: 'r', team: 'a', person: 'Anna', substitute: 'Cleo', from: 1, to: 2, reason: 'ill' },
  }
  expect(exceptionProblems(away, rotation, world)).toEqual([])
  expect(exceptionProblems({ ...away, person: null, substitute: null }, rotation, world)).toEqual([])
  expect(told(exceptionProblems({ ...away, substitute: 'Bert' }, rotation, world))).toEqual([
    ['substitute', 'Bert is in that team already and cannot stand in for it.'],
  ])
  expect(told(exceptionProblems({ ...away, person: 'Cleo', substitute: null, to: 1 }, rotation, world))).toEqual([
    ['to', 'It ends before it begins.'],
    ['person', 'Cleo is not in team A.'],
  ])
  expect(told(exceptionProblems({ ...away, team: 'b' }, rotation, world))).toEqual([['team', 'There is no team "b" in this rotation.']])
})

test('the calendar holds days, each once', () => {
  expect(calendarProblems({ holidays: ['2026-10-01'], workdays: ['2026-10-10'] })).toEqual([])
  expect(told(calendarProblems({ holidays: ['2026-13-01', '2026-10-01', '2026-10-01'], workdays: ['2026-10-01'] }))).toEqual([
    ['holidays', '2026-13-01 is no day of the calendar.'],
    ['holidays', 'Holiday 2026-10-01 stands there twice.'],
    ['workdays', '2026-10-01 cannot be a holiday and a working day.'],
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
    expect(told(policyProblems(withRoutes(route), world))).toEqual([
      ['routes.0.when.districts', 'Route Critical: There is no district "West".'],
      ['routes.0.when.rules', 'Route Critical: There is no rule "tank/low".'],
      ['routes.0.chain', 'Route Critical: Nobody is asked.'],
      ['routes.0.quiet', 'Route Critical: Danger cannot wait for the end of quiet hours.'],
      ['routes.0.when.domains', 'Route Critical: It lets nothing through; choose at least one, or all.'],
    ])
    const asked: Route = { ...critical, chain: [{ to: { type: 'crew', id: 'two' }, within: 60_000 }] }
    expect(told(policyProblems(withRoutes(asked), world))).toEqual([['routes.0.chain.0', 'Route Critical: There is no crew "two".']])
  })

  test('says that a route is never reached', () => {
    expect(told(policyProblems(withRoutes(critical, gas), world))).toEqual([
      ['routes.1', 'Route Gas and leakage: It is never reached: Critical before it takes all of it.'],
    ])
    const keyAreas: Route = { ...critical, id: 'key', name: 'Key areas', when: { ...critical.when, keyArea: true } }
    expect(policyProblems(withRoutes(keyAreas, critical), world)).toEqual([])
    expect(policyProblems(withRoutes(critical, keyAreas), world)).toHaveLength(1)
    expect(told(policyProblems(withRoutes(critical, { ...critical, when: {} }), world))).toEqual([
      ['routes.1', 'Route Critical: The key critical stands there twice.'],
    ])
  })

  test('nobody can repair before they are there', () => {
    const { clocks } = usualDispatchPolicy
    const late = { ...usualDispatchPolicy, clocks: { ...clocks, danger: { ...clocks.danger, arrive: clocks.danger.repair + 1 } } }
    expect(told(policyProblems(late, world))).toEqual([
      ['clocks.danger.arrive', 'Danger: A crew must be there before it can have repaired.'],
    ])
  })
})

test('dates are found in what was pasted, in the ways people write them', () => {
  expect(readDates('2026-10-01 National Day\n2026年10月2日, 2026/1/3；2026.2.4\n2026-10-01')).toEqual({
    dates: ['2026-01-03', '2026-02-04', '2026-10-01', '2026-10-02'],
    refused: [],
  })
  expect(readDates('Holidays: 2026-02-30, 12')).toEqual({ dates: [], refused: ['2026-02-30', '12'] })
})
