import { defineConfig } from 'vitest/config'

/** The tests that judge mutants: only what is pure, so that a mutant costs a fraction of a second. */
export default defineConfig({
  test: {
    include: ['tests/detection/**/*.test.ts', 'tests/alarms/**/*.test.ts'],
    // Code in which every mutant is switched by a condition is slow.
    testTimeout: 60_000,
    // Nothing here changes the world, so test files may share one.
    isolate: false,
  },
})
