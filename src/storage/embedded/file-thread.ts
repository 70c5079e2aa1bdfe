import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../../thread.ts'
import type { FileWork } from './file-work.ts'

type Answer = { result: unknown } | { trouble: string; code: string | undefined }

/** Copies and checks files in a thread of its own, one after the other. */
export type FileThread = {
  [N in keyof FileWork]: (...args: Parameters<FileWork[N]>) => Promise<ReturnType<FileWork[N]>>
}

/**
 * Runs `work` with a file thread, which is ended with it, and at once when `signal` is aborted: then what it was at rejects with the reason. A
 * gentle one takes twice the time, so that a server beside it hardly feels it. When the thread itself fails, what it was at and all later work rejects.
 */
export async function withFileThread<T>(isGentle: boolean, signal: AbortSignal, work: (files: FileThread) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const worker = startThread(new URL('./file-worker.ts', import.meta.url), { data: { isGentle }, name: 'files' })
  // Also while it stands idle: an error that nobody hears ends the process.
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`the thread that copies files ended with code ${code}`)))
  let turn: Promise<unknown> = Promise.resolve()
  const call = <N extends keyof FileWork>(name: N) => {
    return (...args: Parameters<FileWork[N]>) => {
      const result = turn.then(() => Promise.race([failed, callWorker(worker, signal, name, args)]))
      turn = result.catch(() => {})
      return result as Promise<ReturnType<FileWork[N]>>
    }
  }
  try {
    return await work({
      copy: call('copy'),
      digest: call('digest'),
      statePositions: call('statePositions'),
      checkDatabase: call('checkDatabase'),
    })
  } finally {
    await worker.terminate()
  }
}

async function callWorker(worker: Worker, signal: AbortSignal, name: string, args: unknown[]): Promise<unknown> {
  worker.postMessage({ name, args })
  const [answer] = (await once(worker, 'message', { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })) as [Answer]
  if ('trouble' in answer) throw Object.assign(new Error(answer.trouble), { code: answer.code })
  return answer.result
}
