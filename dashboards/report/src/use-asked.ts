import { useEffect, useState } from 'preact/hooks'

/** What `work` resolves with, asked anew when `key` changes; undefined while it is on its way. */
export function useAsked<T>(work: () => Promise<T>, key: string): { answer: T | undefined; problem: unknown } {
  const [state, set] = useState<{ key: string; answer: T | undefined; problem: unknown }>({ key, answer: undefined, problem: undefined })
  useEffect(() => {
    let isWanted = true
    work().then(
      (answer) => isWanted && set({ key, answer, problem: undefined }),
      (problem) => isWanted && set({ key, answer: undefined, problem }),
    )
    return () => {
      isWanted = false
    }
  }, [key])
  return state.key === key ? state : { answer: undefined, problem: undefined }
}
