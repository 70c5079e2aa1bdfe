import { expect, test } from 'vitest'
import { runFullDisk } from './full-disk.ts'
import { whyNoSmallDisk } from './small-disk.ts'

/** Long form: FULL_DISK_ROUNDS=20 npm test -- tests/chaos/full-disk.test.ts, or npm run soak. */
const rounds = Number(process.env.FULL_DISK_ROUNDS ?? 2)
const isLong = rounds !== 2
const why = whyNoSmallDisk()

test.skipIf(why)(
  `a full disk acknowledges nothing it cannot keep, and all goes on when there is space${why ? ` (${why})` : ''}`,
  {
    timeout: 120_000 + rounds * 120_000,
  },
  async () => {
    const { figures, problems } = await runFullDisk(
      { rounds, gateways: 10, rate: 200, megabytes: 64 },
      { seed: process.env.SEED ?? 'disk', signal: new AbortController().signal, tell: isLong ? console.info : () => {} },
    )
    console.info(figures)
    expect(problems).toEqual([])
    expect(figures.acknowledged).toBeGreaterThan(rounds * 200)
  },
)
