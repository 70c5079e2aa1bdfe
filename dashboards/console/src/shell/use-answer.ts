import { useEffect, useState } from 'preact/hooks'
import { explain } from './notice.tsx'

/** What the server answers; asked anew when `key` changes, and then the old answer stays until the new one is there. */
export function useAnswer<T>(load: () => Promise<T>, key: string): { answer: T | null; problem: string } {
  const [answer, setAnswer] = useState<T | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let wanted = true
    load().then(
      (found) => {
        if (!wanted) return
        setAnswer(found)
        setProblem('')
      },
      (failure) => wanted && setProblem(explain(failure)),
    )
    return () => {
      wanted = false
    }
  }, [key])
  return { answer, problem }
}
