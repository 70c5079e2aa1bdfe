import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = join(import.meta.dirname, '..', 'src', 'unheard.ts')

function runWith(failure: string) {
  const program = `
    import { logUnheard } from ${JSON.stringify(module)}
    logUnheard({ error: ({ err }, message) => console.log(message + ': ' + err.message) })
    ${failure}
    setTimeout(() => console.log('alive'), 20)`
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
}

test('a rejection that nobody hears is logged and ends nothing', () => {
  const { status, stdout } = runWith(`void Promise.reject(new Error('read-only file system'))`)
  expect(stdout).toBe('work that nobody waits for failed; the service goes on: read-only file system\nalive\n')
  expect(status).toBe(0)
})

test('what is thrown in the middle of a step ends the program', () => {
  const { status, stdout, stderr } = runWith(`setImmediate(() => { throw new Error('half done') })`)
  expect(stdout).toBe('')
  expect(stderr).toContain('half done')
  expect(status).toBe(1)
})
