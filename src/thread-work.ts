import { parentPort } from 'node:worker_threads'
import { type ErrorCode, LamplighterError } from './errors.ts'
import { startThread, threadData } from './thread.ts'

/** What a thread may ask of the one that started it; answers may be handed over instead of copied. */
export type ThreadCalls = Readonly<Record<string, (argument: never) => Promise<unknown>>>

export interface ThreadWork<P> {
  /** Its module calls `doThreadWork`. */
  program: URL
  /** What it is to do; copied. */
  order: unknown
  name: string
  memoryMb: number
  calls: ThreadCalls
  /** Buffers of an answer that this thread has no more use for. */
  handedOver?: (answer: unknown) => ArrayBuffer[]
  signal: AbortSignal
  /** `ask`: the work ends by its own signal, which native code needs; `end`: its thread is ended at once. */
  stopBy: 'ask' | 'end'
  onProgress: (progress: P) => void
}

interface Failure {
  message: string
  code: ErrorCode | null
}

type FromThread<P> =
  | { type: 'progress'; progress: P }
  | { type: 'call'; id: number; name: string; argument: unknown }
  | { type: 'result'; result: unknown }
  | { type: 'failed'; failure: Failure }

type ToThread = { type: 'answer'; id: number; answer: unknown; failure: Failure | null } | { type: 'stop' }

function failureOf(error: unknown): Failure {
  return { message: error instanceof Error ? error.message : String(error), code: error instanceof LamplighterError ? error.code : null }
}

const errorOf = ({ message, code }: Failure) => (code === null ? new Error(message) : new LamplighterError(code, message))

/**
 * Runs one piece of work in a thread of its own. Settles when that thread is gone: rejects with what went wrong there, or with the reason of
 * `signal`, which stops it.
 */
export function workInThread<R, P>(work: ThreadWork<P>): Promise<R> {
  const { signal, calls } = work
  const { promise, resolve, reject } = Promise.withResolvers<R>()
  if (signal.aborted) return Promise.reject(signal.reason)
  const worker = startThread(work.program, { data: work.order, name: work.name, memoryMb: work.memoryMb })
  // The first end counts.
  let settle: (() => void) | undefined
  const ended = (how: () => void) => {
    settle ??= how
  }
  const tell = (message: ToThread, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer)
  const stop = () => {
    ended(() => reject(signal.reason))
    if (work.stopBy === 'ask') tell({ type: 'stop' })
    else void worker.terminate()
  }
  signal.addEventListener('abort', stop, { once: true })
  worker.on('message', (message: FromThread<P>) => {
    if (message.type === 'progress') work.onProgress(message.progress)
    else if (message.type === 'result') ended(() => resolve(message.result as R))
    else if (message.type === 'failed') ended(() => reject(errorOf(message.failure)))
    else {
      const { id, name, argument } = message
      const call = calls[name] as (given: unknown) => Promise<unknown>
      call(argument).then(
        (answer) => tell({ type: 'answer', id, answer, failure: null }, work.handedOver?.(answer) ?? []),
        (error: unknown) => tell({ type: 'answer', id, answer: undefined, failure: failureOf(error) }),
      )
    }
  })
  worker.on('error', (error) => ended(() => reject(error)))
  worker.on('exit', () => {
    signal.removeEventListener('abort', stop)
    ended(() => reject(new Error('Its thread ended early.')))
    settle?.()
  })
  return promise
}

/** What work in a thread has to do with the thread that wants it. */
export interface ThreadContext<P> {
  /** Asks the other thread; buffers in `transfer` are handed over. Rejects with what went wrong there, or with the reason of the signal. */
  call<T>(name: string, argument: unknown, transfer?: ArrayBuffer[]): Promise<T>
  progress(progress: P): void
  signal: AbortSignal
}

/** In a thread: does what it was started for, tells the result, and ends. */
export async function doThreadWork<O, R, P>(work: (order: O, context: ThreadContext<P>) => Promise<R>): Promise<void> {
  const stop = new AbortController()
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: unknown): void }>()
  let last = 0
  const tell = (message: FromThread<P>, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(message, transfer)
  parentPort?.on('message', (message: ToThread) => {
    if (message.type === 'stop') {
      stop.abort(new Error('stopped'))
      for (const { reject } of waiting.values()) reject(stop.signal.reason)
      waiting.clear()
      return
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.failure) asked?.reject(errorOf(message.failure))
    else asked?.resolve(message.answer)
  })
  const context: ThreadContext<P> = {
    call<T>(name: string, argument: unknown, transfer?: ArrayBuffer[]) {
      if (stop.signal.aborted) return Promise.reject(stop.signal.reason)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      waiting.set(++last, { resolve, reject })
      tell({ type: 'call', id: last, name, argument }, transfer)
      return promise as Promise<T>
    },
    progress: (progress) => tell({ type: 'progress', progress }),
    signal: stop.signal,
  }
  try {
    tell({ type: 'result', result: await work(threadData<O>(), context) })
  } catch (error) {
    tell({ type: 'failed', failure: failureOf(error) })
  }
  parentPort?.close()
}
