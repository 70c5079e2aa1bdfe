import { useEffect, useState } from 'preact/hooks'
import { explain } from '../shell/notice.tsx'

const TYPING_PAUSE = 400

export interface Tried<T> {
  found: T | null
  problem: string
}

/** What the server makes of what somebody types; asked anew after each pause in typing. Nothing is asked where `ask` is null. `key` tells apart what is asked. */
export function useTried<T>(ask: (() => Promise<T>) | null, key: string): Tried<T> {
  const [tried, setTried] = useState<Tried<T>>({ found: null, problem: '' })
  useEffect(() => {
    if (ask === null) return setTried({ found: null, problem: '' })
    let wanted = true
    const timer = setTimeout(() => {
      ask().then(
        (found) => wanted && setTried({ found, problem: '' }),
        (failure) => wanted && setTried({ found: null, problem: explain(failure) }),
      )
    }, TYPING_PAUSE)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [key])
  return tried
}
