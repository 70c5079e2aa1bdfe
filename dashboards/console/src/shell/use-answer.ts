import { useEffect, useRef, useState } from 'preact/hooks'
import { explain } from './notice.tsx'

/** ms to wait before the server is asked again; null: not by itself. */
type Pause<T> = (answer: T | null) => number | null

const never = (): null => null

/**
 * What the server answers; asked anew when `key` changes, at `again()`, and by itself after the pause that the newest answer calls for, while
 * the page can be seen. The old answer stays until the new one is there.
 */
export function useAnswer<T>(load: () => Promise<T>, key: string, pause: Pause<T> = never) {
  const [answer, setAnswer] = useState<T | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const newest = useRef<T | null>(null)
  useEffect(() => {
    let wanted = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = () => {
      const time = pause(newest.current)
      if (wanted && time !== null) timer = setTimeout(look, time)
    }
    function look(): void {
      if (document.hidden && newest.current !== null) {
        wait()
        return
      }
      const answered = load().then(
        (found) => {
          if (!wanted) return
          newest.current = found
          setAnswer(found)
          setProblem('')
        },
        (failure) => wanted && setProblem(explain(failure)),
      )
      void answered.then(wait)
    }
    look()
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [key, asked])
  return { answer, problem, again: () => ask((n) => n + 1) }
}
