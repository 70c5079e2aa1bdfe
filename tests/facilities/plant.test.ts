import { expect, test } from 'vitest'
import { type Facility, Plant } from '../../src/facilities/plant.ts'
import { sampleFacility } from '../storage/state-store.contract.ts'
import { tankKind } from '../tank-kind.ts'

const facility = (number: number, more: Partial<Facility> = {}): Facility => ({
  ...sampleFacility(`T-${number}`),
  ...more,
  number,
  kind: tankKind,
})
const ids = (facilities: Iterable<Facility>) => [...facilities].map(({ id }) => id)

test('a plant knows who hangs on whom while that changes', () => {
  const plant = new Plant()
  for (const each of [facility(1), facility(2, { fedBy: 'T-1', gateway: 'G' }), facility(5, { fedBy: 'T-2', gateway: 'G' })])
    plant.put(each)
  expect([ids(plant.fedBy('T-1')), ids(plant.behind('G')), ids(plant.feeders(plant.at(5) as Facility))]).toEqual([
    ['T-2'],
    ['T-2', 'T-5'],
    ['T-2', 'T-1'],
  ])
  const { revision } = plant
  plant.put(facility(2, { fedBy: null, gateway: 'H' }))
  expect([ids(plant.fedBy('T-1')), ids(plant.behind('G')), ids(plant.behind('H'))]).toEqual([[], ['T-5'], ['T-2']])
  expect(plant.revision).not.toBe(revision)
  plant.remove('T-5')
  expect([ids(plant.fedBy('T-2')), ids(plant), ids(plant.after(1)), plant.size]).toEqual([[], ['T-1', 'T-2'], ['T-2'], 2])
})

test('a ring in old data does not hang the plant', () => {
  const plant = new Plant()
  plant.put(facility(1, { fedBy: 'T-2' }))
  plant.put(facility(2, { fedBy: 'T-1' }))
  expect(ids(plant.feeders(plant.at(1) as Facility))).toEqual(['T-2', 'T-1'])
})
