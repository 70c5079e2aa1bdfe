import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in use after a collection; buffers outside the heap are given back some time after the one that found them free. */
export async function memoryInUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collectGarbage()
    await pause(30)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
