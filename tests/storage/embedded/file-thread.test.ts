import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test, vi } from 'vitest'
import { withFileThread } from '../../../src/storage/embedded/file-thread.ts'

/** The thread that is started next runs this instead. */
let script = ''
const started: Worker[] = []
vi.mock('../../../src/thread.ts', () => ({
  startThread() {
    const worker = new Worker(script, { eval: true })
    started.push(worker)
    return worker
  },
}))

const { signal } = new AbortController()

test('a thread that fails while it stands idle fails what is asked of it next, and nothing else', async () => {
  script = `setTimeout(() => { throw new Error('no memory left') }, 10)`
  const working = withFileThread(false, signal, async (thread) => {
    await once(started.at(-1) as Worker, 'exit')
    return thread.digest('anything')
  })
  await expect(working).rejects.toThrow('no memory left')
})

test.each([
  ['that ends in the midst of its work', `require('node:worker_threads').parentPort.once('message', () => process.exit(3))`],
  ['that has ended before', 'process.exit(3)'],
])('a thread %s leaves nobody waiting', async (_, given) => {
  script = given
  const working = withFileThread(false, signal, (thread) => thread.digest('anything'))
  await expect(working).rejects.toThrow('ended with code 3')
})
