import { expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { dutyAt, nextHandover, type Rotation, shiftsOn } from '../../src/dispatch/duty.ts'

const offset = utcOffsets('Asia/Shanghai')
const at = (text: string) => Date.parse(`${text}+08:00`)
const team = (key: string) => ({ key, name: `Team ${key}`, crew: key, people: [`${key}1`, `${key}2`] })
const shift = (key: string, from: number, to: number) => ({ key, name: key, from: from * 60, to: to * 60 })

/** Four teams in three shifts: two days each of morning, middle and night, then two days free. */
const turn = ['morning', 'morning', 'middle', 'middle', 'night', 'night', null, null]
const late = (by: number) => turn.map((_, i) => turn[(i + by) % turn.length] as string | null)
const rotation: Rotation = {
  id: 'lights',
  name: 'Lights',
  shifts: [shift('morning', 8, 16), shift('middle', 16, 24), shift('night', 0, 8)],
  teams: ['a', 'b', 'c', 'd'].map(team),
  start: '2026-11-01',
  cycle: { a: late(0), b: late(2), c: late(4), d: late(6) },
}
const onDuty = (text: string, exceptions: Parameters<typeof dutyAt>[1] = []) =>
  dutyAt([rotation], exceptions, at(text), offset).map(({ team: { key }, people }) => `${key}:${people}`)

test('one team is on duty at every hour of a cycle, and each has its turn', () => {
  const seen = new Set<string>()
  for (let hour = 0; hour < 8 * 24; hour++) {
    const found = dutyAt([rotation], [], at('2026-11-02T00:30') + hour * 3_600_000, offset)
    expect(found).toHaveLength(1)
    seen.add(found[0]?.team.key as string)
  }
  expect([...seen].sort()).toEqual(['a', 'b', 'c', 'd'])
})

test('before the start nobody is on duty', () => expect(onDuty('2026-10-31T12:00')).toEqual([]))

test('a shift over midnight lasts into the next day', () => {
  const night: Rotation = {
    ...rotation,
    shifts: [shift('night', 20, 8)],
    teams: [team('a')],
    cycle: { a: ['night', null] },
  }
  const count = (text: string) => dutyAt([night], [], at(text), offset).length
  expect([count('2026-11-01T19:59'), count('2026-11-01T20:00'), count('2026-11-02T07:59'), count('2026-11-02T08:00')]).toEqual([0, 1, 1, 0])
  expect(nextHandover(night, at('2026-11-01T21:00'), offset)).toBe(at('2026-11-02T08:00'))
  expect(nextHandover(night, at('2026-11-02T09:00'), offset)).toBe(at('2026-11-03T20:00'))
})

test('a substitute stands in for one, or for the whole team', () => {
  expect(onDuty('2026-11-01T09:00')).toEqual(['a:a1,a2'])
  const base = { id: 1, rotation: 'lights', team: 'a', from: at('2026-11-01T00:00'), to: at('2026-11-02T00:00'), reason: 'ill' }
  expect(onDuty('2026-11-01T09:00', [{ ...base, person: 'a1', substitute: 'z' }])).toEqual(['a:a2,z'])
  expect(onDuty('2026-11-01T09:00', [{ ...base, person: null, substitute: 'z' }])).toEqual(['a:z'])
  expect(onDuty('2026-11-02T09:00', [{ ...base, person: 'a1', substitute: 'z' }])).toEqual(['a:a1,a2'])
})

test('hours are those of the clock on the wall when clocks are set', () => {
  const berlin = utcOffsets('Europe/Berlin')
  const day: Rotation = { ...rotation, shifts: [shift('day', 8, 16)], teams: [team('a')], cycle: { a: ['day'] }, start: '2026-03-01' }
  const [spring] = shiftsOn(day, '2026-03-29', berlin)
  expect(new Date(spring?.from as number).toISOString()).toBe('2026-03-29T06:00:00.000Z')
})
