import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A mutant is done with at its first failing test, so the quick files come first; usually the slow ones do. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse()
  }
}

/** The tests that judge mutants: only what is pure, so that a mutant costs a fraction of a second. */
export default defineConfig({
  test: {
    include: ['tests/detection/**/*.test.ts', 'tests/alarms/**/*.test.ts'],
    // Whole lives of alarms and of facilities take seconds.
    exclude: ['**/*.properties.test.ts'],
    // Code in which every mutant is switched by a condition is slow.
    testTimeout: 60_000,
    // Nothing here changes the world, so test files may share one.
    isolate: false,
    sequence: { sequencer: QuickFirst },
  },
})
