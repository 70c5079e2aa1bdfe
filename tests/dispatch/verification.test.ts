import { expect, test } from 'vitest'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { DOUBT, judgeRepair, PROOF, type Proof } from '../../src/dispatch/verification.ts'

const MENDED = 1_000_000
const order: Order = {
  ...newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1', 'SL-2'], alarms: [1], reports: [] },
    ...{ group: 'g', district: '', domain: 'lighting', keyArea: false, created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  repair: { at: MENDED, by: 'Anna', cause: 'driver', minutes: 10, parts: [] },
}
const well = (facility: string, more: Partial<Proof> = {}): Proof => ({
  ...{ facility, isFaulty: false, reported: MENDED + 1000, wellSince: MENDED + 1000, isMute: false },
  ...more,
})

test('verified when every lamp has burnt for ten minutes since the repair', () => {
  const proofs = [well('SL-1'), well('SL-2')]
  expect(judgeRepair(order, proofs, MENDED + 1000 + PROOF)).toMatchObject({ type: 'verified' })
  expect(judgeRepair(order, proofs, MENDED + PROOF)).toEqual({
    ...{ type: 'waiting', for: 'proof', facilities: ['SL-1', 'SL-2'], until: MENDED + 1000 + PROOF },
  })
})

test('being well before the repair proves nothing', () => {
  expect(judgeRepair(order, [well('SL-1', { wellSince: 0 })], MENDED + PROOF - 1)).toMatchObject({ type: 'waiting' })
})

test('a lamp by day proves nothing, however long', () => {
  expect(judgeRepair(order, [well('SL-1', { wellSince: null })], MENDED + 10 * PROOF)).toMatchObject({ type: 'waiting', for: 'proof' })
})

test('a fault that stands refutes it, but only from what was reported after the repair, and not before rules could let go', () => {
  const faulty = well('SL-2', { isFaulty: true, wellSince: null })
  expect(judgeRepair(order, [well('SL-1'), faulty], MENDED + DOUBT)).toEqual({ type: 'refuted', facilities: ['SL-2'] })
  expect(judgeRepair(order, [well('SL-1'), faulty], MENDED + DOUBT - 1)).toMatchObject({ type: 'waiting' })
  const silent = { ...faulty, reported: MENDED - 1 }
  expect(judgeRepair(order, [well('SL-1'), silent], MENDED + 9 * DOUBT)).toMatchObject({
    type: 'waiting',
    for: 'reports',
    facilities: ['SL-2'],
  })
})

test('what telemetry never tells of is for people to say', () => {
  expect(judgeRepair(order, [well('SL-1', { isMute: true, reported: null, wellSince: null })], MENDED + 9 * DOUBT)).toMatchObject({
    ...{ type: 'waiting', for: 'by-hand' },
  })
})
