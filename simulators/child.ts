import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child {
  readonly name: string
  /** Resolves with how it ended, whenever that is. */
  readonly ended: Promise<string>
  readonly hasEnded: boolean
  /** Asks it to stop; kills it when it does not. */
  stop(): Promise<void>
  /** For the moment this process dies: no waiting. */
  killNow(): void
}

const STOP_TIMEOUT = 15_000

/**
 * Starts a program of this project with the Node that runs this one. It stands in a process group of its own, because a Ctrl-C
 * in the terminal would otherwise reach it beside our own word, and programs take the second signal for impatience.
 */
export function startChild(
  name: string,
  args: readonly string[],
  onLine: (line: string) => void,
  environment: NodeJS.ProcessEnv = {},
): Child {
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  let hasEnded = false
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', onLine)
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  // 'close' comes after the last line of output, 'error' when it could not be started at all.
  child.once('error', (error) => resolve(`${name} did not start: ${error.message}`))
  child.once('close', (code, signal) => resolve(`${name} ended with ${signal ?? `code ${code}`}`))
  ended.then(() => {
    hasEnded = true
  })
  return {
    name,
    ended,
    get hasEnded() {
      return hasEnded
    },
    async stop() {
      if (hasEnded) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT)
      await ended
      clearTimeout(timer)
    },
    killNow: () => child.kill('SIGKILL'),
  }
}
