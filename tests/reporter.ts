import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Closes a run with one plain line, names the tests that passed only at their second try, and with REQUIRE_SERVERS=1 fails the run when a test
 * was skipped.
 */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    const skipped: string[] = []
    const retried: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state]++
        if (state === 'skipped') skipped.push(`  skipped: ${nameOf(test)}`)
        if (test.diagnostic()?.flaky) retried.push(`  passed at the second try: ${nameOf(test)}: ${firstLine(test)}`)
      }
    }
    for (const lines of [skipped, retried]) if (lines.length > 0) console.log(lines.join('\n'))
    console.log(`\n${counts.passed} passed, ${counts.failed + errors.length} failed, ${counts.skipped} skipped`)
    if (process.env.REQUIRE_SERVERS === '1' && counts.skipped > 0) {
      console.error('REQUIRE_SERVERS=1: no test may be skipped')
      process.exitCode = 1
    }
  }
}

const nameOf = (test: TestCase) => `${test.module.relativeModuleId} > ${test.fullName}`
/** What went wrong at the first try. */
const firstLine = (test: TestCase) => test.result().errors?.[0]?.message.split('\n')[0]
