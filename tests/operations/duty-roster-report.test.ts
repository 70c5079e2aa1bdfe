import { expect, test } from 'vitest'
import type { Rotation } from '../../src/dispatch/duty.ts'
import { dutyTables } from '../../src/operations/duty-roster-report.ts'

const utcOffset = () => 0
const at = (time: string) => Date.parse(`2026-11-${time}Z`)
const rotation: Rotation = {
  ...{ id: 'desk', name: 'Desk', start: '2026-11-01' },
  shifts: [
    { key: 'day', name: 'Day', from: 480, to: 1200 },
    { key: 'night', name: 'Night', from: 1200, to: 480 },
  ],
  teams: [
    { key: 'a', name: 'A', crew: null, people: ['Otto', 'Olga'] },
    { key: 'b', name: 'B', crew: null, people: ['Bert'] },
  ],
  cycle: { a: ['day'], b: ['night'] },
}
const exceptions = [
  { id: 1, rotation: 'desk', person: 'Olga', team: 'a', from: at('03T00:00'), to: at('04T00:00'), substitute: 'Sven', reason: 'ill' },
]
const handovers = [{ rotation: 'desk', begins: at('03T08:00'), leftBy: 'Otto', takenBy: 'Bert' }]
const facts = { rotations: [rotation], exceptions, handovers, utcOffset }

test('of a day it says who was there, exceptions counted, and who handed over; a shift of the night before counts where it began', () => {
  const [table] = dutyTables({ period: 'day', from: at('03T00:00'), to: at('04T00:00') }, facts)
  expect(table?.rows).toEqual([
    ['Desk', 'Night', 'B', 'Bert', at('02T20:00'), at('03T08:00'), null, null],
    ['Desk', 'Day', 'A', 'Otto, Sven', at('03T08:00'), at('03T20:00'), 'Otto', 'Bert'],
    ['Desk', 'Night', 'B', 'Bert', at('03T20:00'), at('04T08:00'), null, null],
  ])
  expect(table?.figures?.[0]).toMatchObject({ value: 1 / 2, target: { atLeast: 1 } })
})

test('of a month it counts shifts by rotation', () => {
  const [table] = dutyTables({ period: 'month', from: at('01T00:00'), to: at('30T00:00') }, facts)
  expect(table?.rows).toEqual([['Desk', 58, 1, 1]])
})

test('says nothing where nobody works in shifts', () => {
  expect(dutyTables({ period: 'day', from: 0, to: 1 }, { ...facts, rotations: [] })).toEqual([])
})
