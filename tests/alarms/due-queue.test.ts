import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueQueue } from '../../src/alarms/due-queue.ts'

test('the earliest comes first, of equal times the lowest id', () => {
  const entry = fc.record({ at: fc.integer({ min: 0, max: 20 }), id: fc.integer({ min: 1, max: 9 }) })
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 2, arbitrary: entry }, { weight: 1, arbitrary: fc.constant(null) })), (steps) => {
      const queue = new DueQueue()
      let model: { at: number; id: number }[] = []
      for (const step of steps) {
        if (step) {
          queue.add(step.at, step.id)
          model = [...model, step].sort((a, b) => a.at - b.at || a.id - b.id)
        } else {
          queue.removeFirst()
          model = model.slice(1)
        }
        expect([queue.first, queue.size]).toEqual([model[0], model.length])
      }
    }),
  )
})

test('cleared it holds nothing, and takes anew', () => {
  const queue = new DueQueue()
  for (const id of [3, 1, 2]) queue.add(id, id)
  queue.clear()
  expect([queue.first, queue.size]).toEqual([undefined, 0])
  queue.add(9, 4)
  expect(queue.first).toEqual({ at: 9, id: 4 })
})
