import { parentPort } from 'node:worker_threads'
import { fileWork } from './file-work.ts'

parentPort?.on('message', ({ name, args }: { name: keyof typeof fileWork; args: unknown[] }) => {
  try {
    parentPort?.postMessage({ result: (fileWork[name] as (...given: unknown[]) => unknown)(...args) })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    parentPort?.postMessage({ trouble: message, code })
  }
})
