import { describe, expect, test } from 'vitest'
import type { Crew } from '../../src/dispatch/crew.ts'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { Rotation } from '../../src/dispatch/duty.ts'
import type { RosterStore } from '../../src/storage/roster-store.ts'

const crew: Crew = {
  ...{
    id: 'a',
    name: '一班',
    districts: ['North'],
    domains: 'all',
    vehicle: '冀A12345',
    members: ['Anna'],
    base: [114.5, 38],
    disabled: false,
  },
}
const rotation: Rotation = {
  ...{ id: 'r', name: 'Lights', shifts: [], teams: [], start: '2026-11-01', cycle: { a: ['day', null] } },
}

/** What every store of the roster must do; `roster` gives the empty one of a test. */
export function describeRoster(roster: () => RosterStore): void {
  describe('roster', () => {
    test('keeps crews, people and rotations, each once', () => {
      roster().putCrew(crew)
      roster().putCrew({ ...crew, vehicle: '' })
      roster().putPerson({ account: 'Anna', skills: ['gas'], phone: '1', email: 'a@b' })
      roster().putRotation(rotation)
      expect(roster().crews()).toEqual([{ ...crew, vehicle: '' }])
      expect(roster().people()).toEqual([{ account: 'Anna', skills: ['gas'], phone: '1', email: 'a@b' }])
      expect(roster().rotations()).toEqual([rotation])
      roster().removeCrew('a')
      roster().removePerson('Anna')
      roster().removeRotation('r')
      expect([roster().crews(), roster().people(), roster().rotations()]).toEqual([[], [], []])
    })

    test('lists exceptions that are not over; they go with their rotation', () => {
      roster().putRotation(rotation)
      const away = { rotation: 'r', person: 'Anna', team: 'a', from: 10.5, to: 20.5, substitute: null, reason: '病假' }
      const id = roster().addException({ id: 0, ...away })
      expect([roster().exceptions(20), roster().exceptions(20.5)]).toEqual([[{ id, ...away }], []])
      roster().putRotation({ ...rotation, name: 'other' })
      expect(roster().exceptions(0)).toHaveLength(1)
      roster().removeRotation('r')
      expect(roster().exceptions(0)).toEqual([])
      expect(() => roster().addException({ id: 0, ...away })).toThrow(expect.objectContaining({ code: 'action-refused' }))
    })

    test('keeps the policy; the usual one when none was given', () => {
      expect([roster().dispatchPolicy(), roster().dispatchPolicyVersion()]).toEqual([usualDispatchPolicy, 0])
      const policy = { ...usualDispatchPolicy, quiet: { from: 0, to: 60 }, routes: [] }
      roster().setDispatchPolicy(policy)
      expect([roster().dispatchPolicy(), roster().dispatchPolicyVersion()]).toEqual([policy, 1])
      roster().setDispatchPolicy(policy)
      expect(roster().dispatchPolicyVersion()).toBe(2)
    })
  })
}
