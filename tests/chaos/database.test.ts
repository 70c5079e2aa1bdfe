import { expect, test } from 'vitest'
import { findProgram } from '../servers.ts'
import { runDatabaseFaults } from './database.ts'

/** Long form: DATABASE_AWAY_SECONDS=3600 npm test -- tests/chaos/database.test.ts, or npm run soak. */
const away = Number(process.env.DATABASE_AWAY_SECONDS ?? 0) * 1000
const isLong = away > 0
const influxd = findProgram('influxd')

test.skipIf(!influxd)(
  'InfluxDB away, slow, refusing and full: nothing acknowledged is lost, live readings come first afterwards, alarms do not wait',
  { timeout: 300_000 + 3 * away },
  async () => {
    const { figures, problems } = await runDatabaseFaults(
      {
        influxd: influxd as string,
        away: away || 12_000,
        usual: isLong ? 60_000 : 2_500,
        gateways: 10,
        rate: 400,
        catchUpBandwidth: isLong ? 0 : 120_000,
        // In the short form less than it was away: what waited for it would take longer.
        liveLag: isLong ? 2_000 : 11_000,
        alarmDelay: isLong ? 2_000 : 11_000,
        memorySlope: isLong ? 50 : null,
      },
      { seed: process.env.SEED ?? 'database', signal: new AbortController().signal, tell: isLong ? console.info : () => {} },
    )
    console.info(figures)
    expect(problems).toEqual([])
    expect(figures.acknowledged).toBeGreaterThan(2_000)
    expect(figures['alarms timed']).toBeGreaterThan(10)
    expect(figures['requests answered 500 or 503']).toBeGreaterThan(0)
  },
)
