import { expect, test } from 'vitest'
import { findProgram } from '../servers.ts'
import { runAllFaults } from './all-faults.ts'

/** Long form, with both stores: npm run soak -- --only all-faults */
const influxd = findProgram('influxd')

test(`with ${influxd ? 'InfluxDB' : 'the embedded store'}, bad links, kills and an absent database in turn lose and double nothing, and every alarm comes and goes once`, {
  timeout: 300_000,
}, async () => {
  const { figures, problems } = await runAllFaults(
    { duration: 0, usual: 700, blackHole: 3_000, gateways: 8, rate: 200, patience: 1_500, influxd },
    { seed: process.env.SEED ?? 'all', signal: new AbortController().signal, tell: () => {} },
  )
  console.info(figures)
  expect(problems).toEqual([])
  expect(figures.acknowledged).toBeGreaterThan(1_000)
  expect(figures['sent again']).toBeGreaterThan(0)
  expect(figures.alarms).toBeGreaterThanOrEqual(8)
})
