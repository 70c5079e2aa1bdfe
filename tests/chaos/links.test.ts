import { expect, test } from 'vitest'
import { runLinkFaults } from './links.ts'

/** Long form: LINK_FAULT_SECONDS=600 npm test -- tests/chaos/links.test.ts, or npm run soak. */
const duration = Number(process.env.LINK_FAULT_SECONDS ?? 0) * 1000
const isLong = duration > 0

test('bad links lose and double nothing that was acknowledged, and every alarm comes and goes once', {
  timeout: 180_000 + 2 * duration,
}, async () => {
  const { figures, problems } = await runLinkFaults(
    {
      duration,
      usual: isLong ? 5_000 : 700,
      blackHole: isLong ? 90_000 : 4_000,
      gateways: 12,
      rate: 300,
      patience: isLong ? 10_000 : 1_500,
    },
    { seed: process.env.SEED ?? 'links', signal: new AbortController().signal, tell: isLong ? console.info : () => {} },
  )
  console.info(figures)
  expect(problems).toEqual([])
  expect(figures.acknowledged).toBeGreaterThan(500)
  expect(figures['sent again']).toBeGreaterThan(0)
  expect(figures.alarms).toBeGreaterThanOrEqual(12)
})
