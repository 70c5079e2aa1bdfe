import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PositionRanges } from '../../src/storage/position-ranges.ts'

test('property: after adding and removing in any order it holds what a plain set holds, in as few ranges as can be', () => {
  const step = fc.record({ add: fc.boolean(), from: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 0, max: 12 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const ranges = new PositionRanges()
      const model = new Set<number>()
      for (const { add, from, length } of steps) {
        if (add) ranges.add(from, from + length)
        else ranges.remove(from, from + length)
        for (let position = from; position < from + length; position++) {
          if (add) model.add(position)
          else model.delete(position)
        }
        expect(ranges.count()).toBe(model.size)
        const starts = [...model].filter((position) => !model.has(position - 1)).sort((a, b) => a - b)
        const ends = [...model].filter((position) => !model.has(position + 1)).sort((a, b) => a - b)
        expect(ranges.size).toBe(starts.length)
        expect(ranges.first?.from).toBe(starts[0])
        expect(ranges.first?.to).toBe(ends[0] === undefined ? undefined : ends[0] + 1)
        expect(ranges.last?.from).toBe(starts.at(-1))
      }
    }),
  )
})
