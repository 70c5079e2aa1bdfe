import { describe, expect, test } from 'vitest'
import type { PlannedShift } from '../../dashboards/console/src/duty/duty-api.ts'
import { substitutesFor, suggested } from '../../dashboards/console/src/duty/substitutes.ts'
import type { RosterView } from '../../src/edges/http/roster-schemas.ts'

const HOUR = 3_600_000
const crew = (id: string, districts: string[], members: string[]) => ({
  ...{ id, name: id, districts, members, domains: 'all' as const, vehicle: '', base: null, disabled: false },
})
const team = (key: string, of: string | null, people: string[]) => ({ key, name: key, crew: of, people })
const account = (name: string, role = 'crew', disabled = false) => ({ account: name, name: name.toUpperCase(), role, disabled })
const person = (name: string, skills: RosterView['people'][number]['skills'], phone = '') => ({
  ...{ account: name, name: name.toUpperCase(), skills, phone, email: '' },
})
const roster: RosterView = {
  crews: [
    crew('north', ['North'], ['anna', 'bert']),
    crew('near', ['North', 'East'], ['carl']),
    crew('south', ['South'], ['dan', 'eva', 'finn']),
  ],
  people: [
    person('anna', ['gas']),
    person('bert', ['gas']),
    person('carl', ['gas', 'network'], '138'),
    person('dan', ['gas']),
    person('eva', ['network']),
    person('finn', ['gas']),
  ],
  rotations: [
    {
      ...{ id: 'r', name: 'R', shifts: [{ key: 'd', name: 'Day', from: 480, to: 960 }], start: '2026-01-01', cycle: {} },
      teams: [team('n', 'north', ['anna', 'bert']), team('desk', null, ['olga'])],
    },
  ],
  exceptions: [],
  accounts: [
    ...['anna', 'bert', 'carl', 'dan', 'eva', 'finn'].map((one) => account(one)),
    account('olga', 'operator'),
    account('gone', 'crew', true),
  ],
  districts: [],
}
const [FROM, TO] = [100 * HOUR, 108 * HOUR]
const shift = (from: number, to: number, ...people: string[]) =>
  ({
    ...{ rotation: 'r', team: 'x', from, to, people: people.map((one) => ({ account: one, name: one })), exceptions: [] },
  }) as unknown as PlannedShift
const found = (who: string, of: string, planned: PlannedShift[]) =>
  substitutesFor(who, { rotation: 'r', team: of, to: TO }, FROM, roster, planned)

describe('who stands in', () => {
  test('is free, rested, knows as much and works in the same place; nobody of the team and nobody who has left', () => {
    const list = found('anna', 'n', [shift(FROM + HOUR, TO + HOUR, 'dan'), shift(TO + HOUR, TO + 9 * HOUR, 'finn')])
    expect(list.map(({ account: one }) => one)).toEqual(['carl', 'finn', 'eva', 'olga', 'dan'])
    expect(list[0]).toEqual({
      ...{ account: 'carl', name: 'CARL', phone: '138', isBusy: false, isTired: false, isAble: true, isFromThere: true },
    })
    expect(list[1]).toMatchObject({ isTired: true, isAble: true })
    expect(list[2]).toMatchObject({ isAble: false })
    expect(list[4]).toMatchObject({ isBusy: true })
    expect(suggested(list)).toBe('carl')
  })

  test('nobody is suggested who is on duty or lacks a skill; whoever has little rest only where nobody else is', () => {
    const planned = [shift(FROM, TO, 'carl', 'dan'), shift(FROM - 9 * HOUR, FROM - HOUR, 'finn')]
    expect(found('anna', 'n', planned)[0]).toMatchObject({ account: 'finn', isTired: true })
    expect(suggested(found('anna', 'n', planned))).toBe('finn')
    expect(suggested(found('anna', 'n', [shift(FROM, TO, 'carl', 'dan', 'finn')]))).toBeNull()
    expect(suggested([])).toBeNull()
  })

  test('at the desk it takes the same role, wherever somebody works', () => {
    expect(suggested(found('olga', 'desk', []))).toBeNull()
    const more = { ...roster, accounts: [...roster.accounts, account('otto', 'operator')] }
    expect(suggested(substitutesFor('olga', { rotation: 'r', team: 'desk', to: TO }, FROM, more, []))).toBe('otto')
  })
})
