import { expect, test } from 'vitest'
import { rated as gasRated } from '../../src/facilities/gas-station/points.ts'
import { createLine, gasDemand } from '../../src/facilities/gas-station/simulated-line.ts'
import { mixedShare, nearShare } from '../../src/facilities/gas-station/simulated-room.ts'
import { rated } from '../../src/facilities/pump-station/points.ts'
import { flowAt, headAt } from '../../src/facilities/pump-station/pump-curve.ts'
import { missingSuctionHead } from '../../src/facilities/pump-station/simulated-network.ts'
import { efficiencyShare, motorCurrent, shaftPower } from '../../src/facilities/pump-station/simulated-pump.ts'

test('the pump curve passes through shut-off and the rated point, and obeys the affinity laws', () => {
  expect(headAt(0, 1, rated)).toBeCloseTo(0.63, 9)
  expect(headAt(1, 1, rated)).toBeCloseTo(0.42, 9)
  for (const flow of [0.2, 0.6, 1.1]) expect(headAt(flow * 0.8, 0.8, rated)).toBeCloseTo(headAt(flow, 1, rated) * 0.64, 9)
})

test('flow is the inverse of head, and none comes against more than the shut-off head', () => {
  expect(flowAt(headAt(0.7, 0.9, rated), 0.9, rated)).toBeCloseTo(0.7, 9)
  expect(flowAt(0.7, 1, rated)).toBe(0)
})

test('power is that of the rated point there, less without flow, and goes with the cube of the speed', () => {
  expect(efficiencyShare(1)).toBe(1)
  expect(shaftPower(1, 1, rated)).toBeCloseTo(0.85, 9)
  expect(shaftPower(0, 1, rated)).toBeLessThan(0.7)
  expect(shaftPower(0, 1, rated)).toBeGreaterThan(0.5)
  expect(shaftPower(0.5, 0.5, rated)).toBeCloseTo(0.85 / 8, 9)
  expect(shaftPower(0, 0, rated)).toBe(0)
})

test('a motor at its rated power draws its rated current, an idle one what magnetises it', () => {
  expect(motorCurrent(1, 1)).toBeCloseTo(1, 2)
  expect(motorCurrent(0, 1)).toBeCloseTo(0.28, 9)
  expect(motorCurrent(0.5, 0)).toBe(0)
})

test('suction head is missing under vacuum only, and the more the greater the flow', () => {
  expect(missingSuctionHead(0.05, 1)).toBe(0)
  expect(missingSuctionHead(-0.08, 1)).toBeGreaterThan(missingSuctionHead(-0.08, 0.5))
  expect(missingSuctionHead(-0.08, 0.5)).toBeGreaterThan(0)
})

test('gas thins out with the distance and with the fan', () => {
  expect(nearShare(20, 1) / nearShare(20, 4)).toBeCloseTo(4, 9)
  expect(mixedShare(20, 6) / mixedShare(20, 30)).toBeCloseTo(5, 9)
  // 20 m³/h at one metre: between a tenth and the whole of the explosive limit of 5 %.
  expect(nearShare(20, 1)).toBeGreaterThan(0.005)
  expect(nearShare(20, 1)).toBeLessThan(0.05)
})

test('a frosty peak asks for nearly all, a summer night for little', () => {
  expect(gasDemand(1, -15)).toBe(0.97)
  expect(gasDemand(0.25, 28)).toBeCloseTo(0.21, 9)
  expect(gasDemand(0.5, 0)).toBeGreaterThan(gasDemand(0.5, 10))
})

test('a regulator starts from between its limits', () => {
  const { outlet } = createLine(gasRated)
  expect(outlet).toBeGreaterThan(gasRated['outlet-low'])
  expect(outlet).toBeLessThan(gasRated['outlet-high'])
})
