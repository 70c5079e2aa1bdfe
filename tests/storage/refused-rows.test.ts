import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LamplighterError } from '../../src/errors.ts'
import { narrowRefused, RowsRefused, sliceRows } from '../../src/storage/refused-rows.ts'
import { RowCollector } from '../../src/storage/row-collector.ts'
import type { TelemetryRows } from '../../src/storage/telemetry-store.ts'

function numbered(rows: number): TelemetryRows {
  const collector = new RowCollector('lamp')
  for (let i = 0; i < rows; i++) {
    collector.begin('L', i)
    collector.set('power', i)
  }
  return collector.rows()
}

const times = (batches: readonly TelemetryRows[]) => batches.flatMap(({ at }) => [...at])

test('property: every row is written or given back, those at fault are given back, and the writes are bounded', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.array(fc.integer({ min: 0, max: 199 }), { maxLength: 4 }),
      fc.integer({ min: 3, max: 100 }),
      async (sizes, poison, most) => {
        const batches = sizes.map(numbered)
        const written: number[] = []
        let writes = 0
        const write = async (batches: readonly TelemetryRows[]) => {
          writes++
          if (times(batches).some((at) => poison.includes(at))) throw new Error('no')
          written.push(...times(batches))
        }
        const refused = await narrowRefused(write, batches, most)
        const back = times(refused.map(({ batch }) => batch))
        expect([...written, ...back].sort((a, b) => a - b)).toEqual(times(batches).sort((a, b) => a - b))
        expect(back.filter((at) => poison.includes(at)).sort()).toEqual(
          times(batches)
            .filter((at) => poison.includes(at))
            .sort(),
        )
        expect(writes).toBeLessThanOrEqual(most)
        if (most === 100 && poison.length === 1) expect(refused.every(({ batch }) => batch.rows === 1)).toBe(true)
      },
    ),
  )
})

test('a store that names the rows it refuses is believed; one that is away ends it', async () => {
  const batch = numbered(10)
  const named = [{ batch: sliceRows(batch, 4, 5), reason: 'type' }]
  expect(await narrowRefused(() => Promise.reject(new RowsRefused(named)), [batch], 10)).toEqual(named)
  const away = () => Promise.reject(new LamplighterError('store-unavailable', 'away'))
  await expect(narrowRefused(away, [batch], 10)).rejects.toMatchObject({ code: 'store-unavailable' })
})
