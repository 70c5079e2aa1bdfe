import { expect, test } from 'vitest'
import { ReadAlongPublisher } from '../../../src/edges/brokers/read-along.ts'
import type { Facility } from '../../../src/facilities/plant.ts'
import { tankKind } from '../../tank-kind.ts'

const tank = (number: number) => ({ id: `T-${number}`, number, kind: tankKind, name: '', road: '' }) as unknown as Facility

/** A publisher whose time passes when it is told. */
function open(found: Facility[], told: string[] = []) {
  const due: (() => void)[] = []
  const retained = new Map<string, string>()
  const remembered: string[][] = []
  const readAlong = new ReadAlongPublisher({
    settings: { mode: 'state', query: '' },
    services: { findFacilities: () => found, latestValues: () => [], facilityState: () => 'normal' } as never,
    send: (topic, payload) => Boolean(retained.set(topic, payload)),
    schedule: (work) => {
      due.push(work)
      return () => void due.splice(0)
    },
    memory: { told, remember: (topics) => void remembered.push(topics) },
  })
  const pass = () => {
    for (const work of due.splice(0)) work()
  }
  return { readAlong, retained, remembered, pass }
}

test('a plant that grows by one facility after the other is looked at once a second', () => {
  const found = [tank(1)]
  const { readAlong, retained, remembered, pass } = open(found)
  readAlong.begin()
  pass()
  for (let number = 2; number <= 100; number++) {
    found.push(tank(number))
    readAlong.take({ facilities: new Set(), plant: true })
  }
  expect(remembered).toHaveLength(1)
  pass()
  expect(remembered).toHaveLength(2)
  expect(retained.get('lamplighter/tank/T-100/state')).toContain('normal')
})

test('what an earlier run told is remembered until it is cleared, also when this one is cut off before', () => {
  const gone = 'lamplighter/tank/T-9/state'
  const { readAlong, retained, remembered, pass } = open([tank(1)], [gone])
  readAlong.begin()
  readAlong.pause()
  expect(remembered).toEqual([['lamplighter/tank/T-1/state', gone]])
  readAlong.begin()
  pass()
  expect(retained.get(gone)).toBe('')
  expect(remembered.at(-1)).toEqual(['lamplighter/tank/T-1/state'])
})
