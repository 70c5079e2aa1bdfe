import { expect, test } from 'vitest'
import { runKills } from '../chaos/kills.ts'

/** Long form: KILLS=100 npm test -- tests/acceptance/kill.test.ts, or npm run soak. */
const KILLS = Number(process.env.KILLS ?? 4)
const RATE = 2000

test(`kill -9 ${KILLS} times at ${RATE} messages/s loses and doubles nothing that was confirmed to a device or an operator`, {
  timeout: 90_000 + KILLS * 15_000,
}, async () => {
  const { figures, problems } = await runKills(
    { kills: KILLS, rate: RATE, longestStart: null },
    { seed: process.env.SEED ?? 'kills', signal: new AbortController().signal, tell: KILLS > 10 ? console.info : () => {} },
  )
  console.info(figures)
  expect(problems).toEqual([])
  expect(figures.acknowledged).toBeGreaterThan(KILLS * 200)
  expect(figures.alarms).toBeGreaterThan(0)
  expect(figures['actions of operators']).toBeGreaterThan(0)
})
