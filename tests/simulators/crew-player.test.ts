import { expect, test } from 'vitest'
import { nextCrewStep } from '../../simulators/crew-player.ts'
import type { OrderView } from '../../src/edges/http/order-schemas.ts'

const noTimes = { dispatched: 0, accepted: null, setOut: null, arrived: null, begun: null }
const offered = {
  id: 1,
  created: 0,
  state: 'dispatched',
  offer: { crews: ['A'], at: 0, until: 9e9 },
  holder: null,
  times: noTimes,
} as unknown as OrderView
const held = (state: string, times: object) =>
  ({ ...offered, state, offer: null, holder: { crew: 'A', person: 'x' }, times: { ...noTimes, ...times } }) as unknown as OrderView
const LATER = 10 * 60_000

test('a played crew does one thing after the other, each in its time', () => {
  expect(nextCrewStep(offered, 'A', 1000, 0)).toBeNull()
  expect(nextCrewStep(offered, 'A', LATER, 0)).toBe('accept')
  expect(nextCrewStep(held('accepted', { accepted: 0 }), 'A', LATER, 1)).toBe('set-out')
  expect(nextCrewStep(held('on-the-way', { setOut: 0 }), 'A', LATER, 1)).toBe('arrive')
  expect(nextCrewStep(held('arrived', { arrived: 0 }), 'A', LATER, 1)).toBe('begin')
  expect(nextCrewStep(held('repairing', { begun: 0 }), 'A', LATER, 1)).toBe('repair')
  expect(nextCrewStep(held('repairing', { begun: 0 }), 'A', 5000, 1, 100)).toBe('repair')
  expect(nextCrewStep(held('repaired', {}), 'A', LATER, 1)).toBeNull()
})

test('it leaves alone what is not its own, and what is too much', () => {
  expect(nextCrewStep(offered, 'B', LATER, 0)).toBeNull()
  expect(nextCrewStep(held('accepted', { accepted: 0 }), 'B', LATER, 0)).toBeNull()
  expect(nextCrewStep(offered, 'A', LATER, 3)).toBeNull()
  expect(nextCrewStep(held('accepted', { accepted: 0 }), 'A', LATER, 3)).toBe('set-out')
})
