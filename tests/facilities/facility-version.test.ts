import { expect, test } from 'vitest'
import { changedFields } from '../../src/facilities/facility-version.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'

const before = sampleFacility('a', { labels: { pole: '7', arm: 'short' }, rated: { power: 60 } })

test.each([
  [{}, []],
  [{ name: 'new', keyArea: false }, [{ field: 'name', before: 'Lamp a', after: 'new' }, { field: 'keyArea', before: true, after: false }]], // biome-ignore format: a table
  [{ position: [120.5, 30.25] as const, labels: { arm: 'short', pole: '7' } }, []],
  [{ position: [120.5, 30.3] as const }, [{ field: 'position', before: [120.5, 30.25], after: [120.5, 30.3] }]],
  [{ position: null, circuit: null }, [{ field: 'position', before: [120.5, 30.25], after: null }, { field: 'circuit', before: 3, after: null }]], // biome-ignore format: a table
  [
    { labels: { pole: '8', toString: 'x' }, rated: {} },
    [
      { field: 'label.pole', before: '7', after: '8' },
      { field: 'label.arm', before: 'short', after: null },
      { field: 'label.toString', before: null, after: 'x' },
      { field: 'rated.power', before: 60, after: null },
    ],
  ],
])('%j changes its fields and no others', (more, changes) => {
  expect(changedFields(before, { ...before, ...more } as typeof before)).toEqual(changes)
})
