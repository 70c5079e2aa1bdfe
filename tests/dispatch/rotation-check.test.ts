import { expect, test } from 'vitest'
import { dutyPlan, type Rotation } from '../../src/dispatch/duty.ts'
import { doubleDuties, dutyGaps, missingSkills } from '../../src/dispatch/rotation-check.ts'
import { usualRoutes } from '../../src/dispatch/route.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const begin = Date.parse('2026-11-01T00:00Z')
const team = (key: string, ...people: string[]) => ({ key, name: `Team ${key}`, crew: null, people })
const rotation: Rotation = {
  ...{ id: 'r', name: 'R', start: '2026-11-01' },
  shifts: [
    { key: 'day', name: 'Day', from: 8 * 60, to: 20 * 60 },
    { key: 'night', name: 'Night', from: 19 * 60, to: 8 * 60 },
  ],
  teams: [team('a', 'Anna', 'Cleo'), team('b', 'Bert', 'Cleo'), team('c')],
  cycle: { a: ['day', 'day'], b: ['night', null], c: [null, 'night'] },
}
const plan = dutyPlan([rotation], [], { from: '2026-11-01', days: 2 }, () => 0)

test('names the times in which nobody is on duty', () => {
  expect(dutyGaps(plan, { from: begin, to: begin + 2 * DAY })).toEqual([
    { from: begin, to: begin + 8 * HOUR },
    // The second night has a team without people.
    { from: begin + DAY + 20 * HOUR, to: begin + 2 * DAY },
  ])
  expect(dutyGaps([], { from: 0, to: 5 })).toEqual([{ from: 0, to: 5 }])
  expect(dutyGaps(plan, { from: begin + 8 * HOUR, to: begin + 30 * HOUR })).toEqual([])
})

test('names who would be in two places at once, and how often', () => {
  expect(doubleDuties(plan)).toEqual([
    { account: 'Cleo', teams: ['Team a', 'Team b'], first: { from: begin + 19 * HOUR, to: begin + 20 * HOUR }, times: 1 },
  ])
  const week = dutyPlan([rotation], [], { from: '2026-11-01', days: 7 }, () => 0)
  expect(doubleDuties(week)).toMatchObject([{ account: 'Cleo', times: 4 }])
})

test('names the skills that routes ask of a crew and nobody of its team has', () => {
  const skilled = new Map([['Anna', { skills: ['electrical' as const] }]])
  const everywhere = { districts: 'all' as const, domains: 'all' as const }
  expect(missingSkills(team('a', 'Anna'), everywhere, skilled, usualRoutes)).toEqual([{ skill: 'gas', routes: ['Gas and leakage'] }])
  expect(missingSkills(team('a', 'Anna'), { ...everywhere, domains: ['lighting'] }, skilled, usualRoutes)).toEqual([])
  expect(missingSkills(team('b'), { ...everywhere, domains: ['lighting'] }, skilled, usualRoutes)).toEqual([
    { skill: 'electrical', routes: ['Dark lamps'] },
  ])
})
