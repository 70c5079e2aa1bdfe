import { afterEach, beforeAll, expect, test } from 'vitest'
import { moved } from '../../dashboards/console/src/dispatch/moved.ts'
import { policyChanges, routeSentence } from '../../dashboards/console/src/dispatch/policy-words.ts'
import { language, loadTexts } from '../../dashboards/console/src/settings.ts'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { Route } from '../../src/dispatch/route.ts'

beforeAll(() => Promise.all([loadTexts('en'), loadTexts('zh')]))
afterEach(() => {
  language.value = 'en'
})
const [gas, critical, , , others] = usualDispatchPolicy.routes as Route[] as [Route, Route, Route, Route, Route]
const crewName = (id: string) => id.toUpperCase()

test('a route is told in a sentence', () => {
  const narrow: Route = {
    ...gas,
    ...{ when: { domains: ['gas'], districts: ['North', 'South'], keyArea: true, rules: ['gas-station/leak'] }, quiet: true },
    chain: [{ to: { type: 'crew', id: 'a' }, within: 300_000 }],
  }
  expect(routeSentence(gas, crewName)).toBe(
    'Critical alarms of gas: an order of class Danger is made by itself. Asked are all crews on duty that fit (with Gas) for 2 mins, then the desk for 3 mins, then all crews on duty that fit (with Gas) for 5 mins; then the desk again and again.',
  )
  expect(routeSentence(narrow, crewName)).toBe(
    'All alarms by gas-station/leak of gas in North or South, in key areas: an order of class Danger is made by itself. Asked are crew A (with Gas) for 5 mins; then the desk again and again. Phones are told only after quiet hours.',
  )
  expect(routeSentence(others, crewName)).toBe('All alarms: no order is made by itself; whoever is at the desk decides.')
  language.value = 'zh'
  expect(routeSentence(narrow, crewName)).toBe(
    'North、South重点区域内燃气设施的规则 gas-station/leak 的所有告警：自动生成危险类工单。依次通知：班组“A”（具备燃气技能）（5分钟）；之后反复提醒调度台。免打扰时段结束后再通知手机。',
  )
})

test('what differs between two policies is told, what does not is not', () => {
  const before = usualDispatchPolicy
  expect(policyChanges(before, structuredClone(before), crewName)).toEqual([])
  const { clocks, calendar } = before
  const fresh: Route = { ...others, id: 'new', name: 'New' }
  const after = {
    ...before,
    routes: [{ ...critical, quiet: true }, gas, fresh, ...before.routes.slice(3)],
    clocks: { ...clocks, ordinary: { ...clocks.ordinary, repair: 36 * 3_600_000 } },
    calendar: { ...calendar, holidays: ['2026-10-01'] },
    quiet: { from: 0, to: 0 },
    closesVerified: false,
    reports: 'off' as const,
    more: 'later',
  }
  const told = policyChanges(before, after, crewName).map(({ what, before: was, after: is }) =>
    [what, was && '-', is && '+'].join(' ').trim(),
  )
  expect(told).toEqual([
    'Order of routes - +',
    'Route High: removed -',
    'Route Critical - +',
    'Route New: new  +',
    'Clock of Ordinary - +',
    'Holidays  +',
    'Quiet hours - +',
    'Verified orders are closed by themselves - +',
    'Reports of citizens become orders - +',
    'more: undefined -> "later"',
  ])
})

test('a thing is moved to another place of a list, never out of it', () => {
  const list = ['a', 'b', 'c']
  expect([moved(list, 0, 2), moved(list, 2, 0), moved(list, 1, 2)]).toEqual([
    ['b', 'c', 'a'],
    ['c', 'a', 'b'],
    ['a', 'c', 'b'],
  ])
  expect([moved(list, 0, -1), moved(list, 2, 3), moved(list, 5, 0)].every((same) => same === list)).toBe(true)
})
