import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with one plain line, and with REQUIRE_SERVERS=1 fails it when a test was skipped. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    const skipped: string[] = []
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) counts.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        counts[state]++
        if (state === 'skipped') skipped.push(`  skipped: ${module.relativeModuleId} > ${test.fullName}`)
      }
    }
    if (skipped.length > 0) console.log(skipped.join('\n'))
    console.log(`\n${counts.passed} passed, ${counts.failed + errors.length} failed, ${counts.skipped} skipped`)
    if (process.env.REQUIRE_SERVERS === '1' && counts.skipped > 0) {
      console.error('REQUIRE_SERVERS=1: no test may be skipped')
      process.exitCode = 1
    }
  }
}
