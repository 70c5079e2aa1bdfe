/**
 * Tests the tests of the pure core: each mutant is one small wrong change, and a test must notice it.
 * One file: npm run mutation -- --mutate src/detection/limit.ts
 */
export default {
  mutate: ['src/detection/**/*.ts', 'src/alarms/**/*.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  // What only runs while a module loads would cost a run of all tests each.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 10_000,
  ignorePatterns: ['**', '!src/**', '!tests/**', '!package.json', '!vitest.mutation.config.ts'],
  tempDirName: '.mutation/sandbox',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: '.mutation/report.json' },
  incrementalFile: '.mutation/incremental.json',
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
  thresholds: { high: 90, low: 80, break: 80 },
  allowEmpty: false,
}
