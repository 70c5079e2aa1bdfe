import type { Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** What moves on in turns says something many times a second; a list need not be asked for as often, ms. */
const PAUSE = 1000

/** Calls `again` after news that `concerns` picks, at most once a second. */
export function useTold<T>(news: Signal<readonly T[]>, concerns: (told: T) => boolean, again: () => void, key = ''): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = news.subscribe((told) => {
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
