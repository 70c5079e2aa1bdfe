import { useEffect } from 'preact/hooks'
import { link, toldProgrammes } from '../live/live.ts'
import { useAnswer } from '../shell/use-answer.ts'

/** A dusk moves many devices within a second, ms. */
const PAUSE = 1000

/** Calls `again` after news of programmes, at most once a second. */
export function useToldProgrammes(again: () => void, key: string): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isFirst = true
    const stop = toldProgrammes.subscribe(() => {
      // What is told at once is how it was.
      if (!isFirst)
        timer ??= setTimeout(() => {
          timer = undefined
          again()
        }, PAUSE)
      isFirst = false
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [key])
}

/** What the server answers about programmes, asked anew when it is otherwise, and after a pause, ms, where somebody might not tell. */
export function useProgrammeAnswer<T>(load: () => Promise<T>, key: string, pause: number | null = null) {
  const asked = useAnswer(load, `${key} ${link.value === 'disconnected'}`, () => pause)
  useToldProgrammes(asked.again, key)
  return asked
}
