// First module of every thread: asks the thread that started it for the source of each TypeScript module, without its types (see thread.ts).
import { registerHooks } from 'node:module'
import { receiveMessageOnPort, workerData } from 'node:worker_threads'

const { program, modules, answered } = workerData

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
    Atomics.store(answered, 0, 0)
    modules.postMessage(url)
    // The wake-up of the answer before may come only now, when its value had been seen without waiting.
    while (Atomics.load(answered, 0) === 0) Atomics.wait(answered, 0, 0)
    const { source, trouble } = receiveMessageOnPort(modules).message
    if (source === undefined) throw new Error(`${url} cannot be loaded: ${trouble}`)
    return { format: 'module', source, shortCircuit: true }
  },
})

await import(program)
