import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Runs these tests as a project of their own, with the reporter and the second try of this one; returns what is said. */
function run(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reporter-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'late.test.ts'), source)
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { secondTry } from ${JSON.stringify(join(root, 'tests/second-try.ts'))}
    export default { test: { globals: true, retry: secondTry, reporters: [${JSON.stringify(join(root, 'tests/reporter.ts'))}] } }`,
  )
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], {
    encoding: 'utf8',
  })
  return stdout + stderr
}

test('what fails once is tried once more and named, a property is not', { timeout: 60_000 }, () => {
  const said = run(`
    let tries = 0
    const failing = (message, times) => () => { if (tries++ < times) throw new Error(message) }
    const late = 'locator.click: Timeout 15000ms exceeded.\\nCall log:\\n  - waiting for locator'
    beforeEach(({ task }) => { if (!task.result?.retryCount) tries = 0 })
    test('late once', failing(late, 1))
    test('late twice', failing(late, 2))
    test('early once', () => { if (tries++ === 0) expect('connecting').toBe('away') })
    test('wrong', () => { expect(1).toBe(2) })
    test('property', failing('Property failed after 3 tests', 1))
    test('right', () => {})
  `)
  expect(said.match(/passed at the second try: .*/g)).toEqual([
    'passed at the second try: late.test.ts > late once: locator.click: Timeout 15000ms exceeded.',
    expect.stringMatching(/late\.test\.ts > early once: expected 'connecting' to be 'away'/),
  ])
  expect(said).toContain('3 passed, 3 failed, 0 skipped')
})
