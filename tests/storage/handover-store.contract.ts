import { describe, expect, test } from 'vitest'
import type { HandoverStore } from '../../src/storage/handover-store.ts'

const note = { rotation: 'desk', begins: 10.5, body: '{"a":1}', hash: 'ab', leftBy: 'Anna', leftAt: 20.5 }
const untaken = { takenBy: null, takenAt: null, remark: '' }

/** What every store of handovers must do; `handovers` gives the empty one of a test. */
export function describeHandovers(handovers: () => HandoverStore): void {
  describe('handovers', () => {
    test('keeps what was signed, and takes the second signature once', () => {
      const id = handovers().add(note)
      expect(handovers().handover(id)).toEqual({ id, ...note, ...untaken })
      expect(handovers().ofShift('desk', 10.5)).toMatchObject({ id })
      expect(handovers().ofShift('desk', 11)).toBeUndefined()
      expect(handovers().take(id, 'Bert', 30.5, '明白')).toBe(true)
      expect(handovers().take(id, 'Cleo', 40, '')).toBe(false)
      expect(handovers().handover(id)).toEqual({ id, ...note, takenBy: 'Bert', takenAt: 30.5, remark: '明白' })
      expect(handovers().take(id + 1, 'Cleo', 40, '')).toBe(false)
    })

    test('a shift is handed over once', () => {
      handovers().add(note)
      expect(() => handovers().add(note)).toThrow(expect.objectContaining({ code: 'action-refused' }))
      expect(handovers().add({ ...note, begins: 99 })).toBeGreaterThan(0)
    })

    test('lists them newest first, in pages', () => {
      const ids = [1, 2, 3].map((begins) => handovers().add({ ...note, begins }))
      const first = handovers().list(Number.MAX_SAFE_INTEGER, 2)
      expect(first.items.map(({ id }) => id)).toEqual([ids[2], ids[1]])
      const rest = handovers().list(first.next as number, 2)
      expect(rest).toMatchObject({ items: [{ id: ids[0] }], next: null })
    })
  })
}
