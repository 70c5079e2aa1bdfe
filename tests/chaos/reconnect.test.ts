import { expect, test } from 'vitest'
import { runReconnect } from './reconnect.ts'

/** The long form: npm run soak -- --only reconnect. */
test('after a kill of the server all devices come back, nothing is lost, and only who is gone is missed', {
  timeout: 240_000,
}, async () => {
  const run = { seed: 'reconnect', signal: new AbortController().signal, tell: () => {} }
  const options = { devices: 400, processes: 2, lost: 4, interval: 5, longestRetry: 2_000, down: 16_000, back: null }
  const { figures, problems } = await runReconnect(options, run)
  console.info(figures)
  expect(problems).toEqual([])
})
