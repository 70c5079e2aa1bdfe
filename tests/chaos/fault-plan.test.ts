import { expect, test } from 'vitest'
import { carryOut, planFaults } from './fault-plan.ts'

const faults = [
  { name: 'short', lasts: [10, 20] },
  { name: 'long', lasts: [200, 300] },
  { name: 'fixed', lasts: [50, 50] },
] as const

test('a plan follows from its seed, brings every fault in every round and never two at once', () => {
  const plan = planFaults('seed', faults, 10_000, [5, 15])
  expect(planFaults('seed', faults, 10_000, [5, 15])).toEqual(plan)
  expect(planFaults('other', faults, 10_000, [5, 15])).not.toEqual(plan)
  let before = 0
  for (const { fault, from, to } of plan) {
    expect(from - before).toBeGreaterThanOrEqual(5)
    expect(from - before).toBeLessThanOrEqual(15)
    expect(to - from).toBeGreaterThanOrEqual(fault.lasts[0])
    expect(to - from).toBeLessThanOrEqual(fault.lasts[1])
    before = to
  }
  expect(before).toBeGreaterThanOrEqual(10_000)
  for (let i = 0; i < plan.length; i += 3) {
    expect(new Set(plan.slice(i, i + 3).map(({ fault }) => fault.name)).size).toBe(3)
  }
  expect(planFaults('seed', faults, 0, [5, 15])).toHaveLength(3)
})

test('faults begin and end in turn; an abort ends the one that is there and begins no other', async () => {
  const seen: string[] = []
  const stop = new AbortController()
  const fault = (name: string) => ({
    name,
    lasts: [0, 0] as const,
    begin: () => void seen.push(`${name} begins`),
    end: () => void seen.push(`${name} ends`),
  })
  const plan = [
    { fault: fault('first'), from: 5, to: 10 },
    { fault: { ...fault('second'), begin: () => stop.abort() }, from: 15, to: 60_000 },
    { fault: fault('third'), from: 60_001, to: 60_002 },
  ]
  await carryOut(plan, stop.signal, () => {})
  expect(seen).toEqual(['first begins', 'first ends', 'second ends'])
})
