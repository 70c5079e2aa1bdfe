import { parentPort } from 'node:worker_threads'
import { threadData } from '../../thread.ts'
import { fileWork } from './file-work.ts'

const { isGentle } = threadData<{ isGentle: boolean }>()
const never = new Int32Array(new SharedArrayBuffer(4))
/** As long as the work took: half of a processor and of a disk is left to others. */
const work = fileWork((took) => isGentle && Atomics.wait(never, 0, 0, took))

parentPort?.on('message', ({ name, args }: { name: keyof typeof work; args: unknown[] }) => {
  try {
    parentPort?.postMessage({ result: (work[name] as (...given: unknown[]) => unknown)(...args) })
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    parentPort?.postMessage({ trouble: message, code })
  }
})
