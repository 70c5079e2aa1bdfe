import { expect, test } from 'vitest'
import {
  addShift,
  addTeam,
  filledFromFirst,
  newRotation,
  removeShift,
  removeTeam,
  withCell,
  withLength,
  withTeam,
} from '../../dashboards/console/src/duty/rotation-draft.ts'

const begun = newRotation('2026-11-01', { shift: 'Shift', team: 'Team' })

test('four teams follow each other in three shifts of a day', () => {
  let draft = addShift(addShift(begun, 'Late'), 'Night')
  expect(draft.shifts.map(({ key, from, to }) => [key, from, to])).toEqual([
    ['s1', 480, 480],
    ['s2', 480, 960],
    ['s3', 960, 0],
  ])
  for (let n = 2; n <= 4; n++) draft = addTeam(draft, `Team ${n}`)
  draft = withLength(draft, 4)
  expect(draft.cycle).toEqual({
    t1: ['s1', null, null, null],
    ...Object.fromEntries(['t2', 't3', 't4'].map((key) => [key, Array(4).fill(null)])),
  })
  for (const [day, shift] of ['s1', 's2', 's3'].entries()) draft = withCell(draft, 't1', day, shift)
  draft = filledFromFirst(draft, 1)
  expect(Object.values(draft.cycle)).toEqual([
    ['s1', 's2', 's3', null],
    [null, 's1', 's2', 's3'],
    ['s3', null, 's1', 's2'],
    ['s2', 's3', null, 's1'],
  ])
})

test('what is taken away leaves free days, and no days of a team that is no more', () => {
  const draft = withTeam(addTeam(addShift(begun, 'Late'), 'Two'), 't2', { crew: 'one' })
  expect(removeShift(draft, 's1')).toMatchObject({ shifts: [{ key: 's2' }], cycle: { t1: [null], t2: [null] } })
  expect(removeTeam(draft, 't1')).toMatchObject({ teams: [{ key: 't2', crew: 'one' }], cycle: { t2: [null] } })
  expect(Object.keys(removeTeam(draft, 't1').cycle)).toEqual(['t2'])
  // A key is given once more only when it is free.
  expect(addTeam(removeTeam(draft, 't1'), 'Three').teams.map(({ key }) => key)).toEqual(['t2', 't3'])
})
