import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, type ResourceLimits, Worker, workerData } from 'node:worker_threads'

export interface ThreadOptions {
  /** What `threadData` gives in the thread; copied. */
  data: unknown
  name: string
  /** Bound of its heap; that of the process when absent. */
  memoryMb?: number
}

/** What `thread-start.mjs` is started with. */
interface ThreadStart {
  program: string
  data: unknown
  /** Where it asks for the source of a module, and what it waits on for the answer. */
  modules: MessagePort
  answered: Int32Array
}

/**
 * Starts a TypeScript program in a thread of its own. Its types are stripped here, once per process: Node strips them by WebAssembly, and V8 may
 * bring the whole process down (SIGSEGV) when several threads run that at once.
 */
export function startThread(program: URL, { data, name, memoryMb }: ThreadOptions): Worker {
  const { port1: modules, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  port2.on('message', (url: string) => {
    port2.postMessage(sourceOf(url))
    Atomics.store(answered, 0, 1)
    Atomics.notify(answered, 0)
  })
  port2.unref()
  const start: ThreadStart = { program: program.href, data, modules, answered }
  const worker = new Worker(new URL('./thread-start.mjs', import.meta.url), {
    workerData: start,
    transferList: [modules],
    name,
    ...(memoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMb } satisfies ResourceLimits }),
  })
  worker.on('exit', () => port2.close())
  return worker
}

/** In a thread: what it was started with. */
export const threadData = <T>(): T => (workerData as ThreadStart).data as T

const sources = new Map<string, { source: string } | { trouble: string }>()

function sourceOf(url: string): { source: string } | { trouble: string } {
  let found = sources.get(url)
  if (!found) {
    try {
      found = { source: withoutWarning(() => stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'))) }
      sources.set(url, found)
    } catch (error) {
      found = { trouble: error instanceof Error ? error.message : String(error) }
    }
  }
  return found
}

/** Node warns of the function as experimental at its first call; it is the one that runs all our modules. */
function withoutWarning<T>(work: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}
