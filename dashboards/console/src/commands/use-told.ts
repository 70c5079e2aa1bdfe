import { useEffect } from 'preact/hooks'
import type { CommandView } from '../../../../src/edges/http/command-schemas.ts'
import { toldCommands } from '../live/live.ts'

/** A group that is told in turns says something many times a second; a list need not be asked for as often, ms. */
const PAUSE = 1000

/** Calls `again` after news of commands that `concerns` picks, at most once a second. */
export function useToldCommands(concerns: (command: CommandView) => boolean, again: () => void, key: string): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = toldCommands.subscribe((told) => {
      if (!told.some(concerns)) return
      timer ??= setTimeout(() => {
        timer = undefined
        again()
      }, PAUSE)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [key])
}
