import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: './tests/browser/console-build.ts',
    reporters: ['default', './tests/reporter.ts'],
    // Real servers, browsers and processes start inside tests; on a busy machine that takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
