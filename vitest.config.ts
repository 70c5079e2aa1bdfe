import { defineConfig } from 'vitest/config'
import { secondTry } from './tests/second-try.ts'
import LongFirst from './tests/sequencer.ts'

/** Tests of one process after the other: they start no program, harm no disk and weigh no memory. */
const together = [
  'access',
  'alarms',
  'backtest',
  'control',
  'dashboards',
  'detection',
  'dispatch',
  'facilities',
  'geography',
  'operations',
  'services',
  'telemetry',
  'edges/{http,live,map,notify}',
].map((folder) => `tests/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    reporters: ['default', './tests/reporter.ts'],
    // Real servers, browsers and processes start inside tests; on a busy machine that takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    // One more than a machine of two cores has, since much of the time is spent in waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: { name: 'together', include: together, isolate: false, setupFiles: ['./tests/fresh-modules.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: ['./tests/browser/console-build.ts'],
          retry: secondTry,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['tests/**/*.test.ts'],
          exclude: [...together, 'tests/browser/**'],
          globalSetup: ['./tests/compiled-code.ts'],
          retry: secondTry,
        },
      },
    ],
  },
})
