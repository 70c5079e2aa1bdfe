import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import { startThread } from '../src/thread.ts'

const folder = mkdtempSync(join(tmpdir(), 'thread-'))
afterAll(() => rmSync(folder, { recursive: true }))
const program = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return pathToFileURL(join(folder, name))
}

test('runs a TypeScript program and its modules with the data it was given', async () => {
  program('doubled.ts', 'export const doubled = (x: number): number => x * 2')
  const threadModule = new URL('../src/thread.ts', import.meta.url).href
  const url = program(
    'program.ts',
    `import { parentPort } from 'node:worker_threads'
     import { threadData } from '${threadModule}'
     import { doubled } from './doubled.ts'
     const { value } = threadData<{ value: number }>()
     parentPort?.postMessage(doubled(value) as number)`,
  )
  for (const value of [1, 21]) {
    const thread = startThread(url, { data: { value }, name: 'test' })
    // On a busy machine both come at once.
    const gone = once(thread, 'exit')
    const [answer] = await once(thread, 'message')
    expect(answer).toBe(2 * value)
    await gone
  }
})

test('a module that cannot be read ends it with the reason', async () => {
  const broken = startThread(program('broken.ts', `import './nobody.ts'`), { data: null, name: 'test' })
  const [error] = await once(broken, 'error')
  expect(String(error)).toMatch(/nobody\.ts/)
  const unsound = startThread(program('unsound.ts', 'const a: = 1'), { data: null, name: 'test' })
  expect(String((await once(unsound, 'error'))[0])).toMatch(/unsound\.ts cannot be loaded/)
})

test('a late wake-up of the answer before is not taken for an answer', async () => {
  const url = program('woken.ts', 'export {}').href
  const { port1: modules, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  port2.on('message', () => {
    const early = setInterval(() => Atomics.notify(answered, 0), 5)
    setTimeout(() => {
      clearInterval(early)
      port2.postMessage({ source: 'export {}' })
      Atomics.store(answered, 0, 1)
      Atomics.notify(answered, 0)
    }, 200)
  })
  const thread = new Worker(new URL('../src/thread-start.mjs', import.meta.url), {
    workerData: { program: url, data: null, modules, answered },
    transferList: [modules],
  })
  expect(await once(thread, 'exit')).toEqual([0])
  port2.close()
})
