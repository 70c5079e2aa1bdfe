import { expect, test } from 'vitest'
import { takeTurns } from '../../src/services/turns.ts'

test('others have their turn between the parts of long work, and are not asked to while it is short', async () => {
  const done: string[] = []
  setImmediate(() => done.push('another'))
  const turn = takeTurns(0)
  for (const part of ['first', 'second']) {
    done.push(part)
    await turn()
  }
  expect(done).toEqual(['first', 'another', 'second'])
  expect(takeTurns(Number.POSITIVE_INFINITY)()).toBeUndefined()
})
