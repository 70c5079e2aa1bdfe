import { defineConfig } from 'vitest/config'
import LongFirst from './tests/sequencer.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['./tests/browser/console-build.ts', './tests/compiled-code.ts'],
    reporters: ['default', './tests/reporter.ts'],
    // Real servers, browsers and processes start inside tests; on a busy machine that takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than a machine of two cores has, since much of the time is spent in waiting.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
  },
})
