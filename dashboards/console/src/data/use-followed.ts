import { useEffect, useState } from 'preact/hooks'
import { explain } from '../shell/notice.tsx'

const LOOK_AGAIN = 700

/** What the server answers, asked again while `isMoving` says that it changes; `again` asks at once. */
export function useFollowed<T>(load: () => Promise<T>, isMoving: (answer: T) => boolean, key: string) {
  const [answer, setAnswer] = useState<T | null>(null)
  const [problem, setProblem] = useState('')
  const [asked, ask] = useState(0)
  const moving = answer !== null && isMoving(answer)
  useEffect(() => {
    let wanted = true
    const look = () =>
      load().then(
        (found) => {
          if (!wanted) return
          setAnswer(found)
          setProblem('')
        },
        (failure) => wanted && setProblem(explain(failure)),
      )
    void look()
    const timer = moving ? setInterval(() => void look(), LOOK_AGAIN) : undefined
    return () => {
      wanted = false
      clearInterval(timer)
    }
  }, [key, asked, moving])
  return { answer, problem, again: () => ask((n) => n + 1) }
}
