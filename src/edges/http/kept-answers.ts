const KEPT_ANSWERS = 8

/** Keeps the last answers for a while, also by a clock that was set back, those under way too, for other pages of them and for other people; a failed one is tried again. */
export function keptAnswers(now: () => number, length: number) {
  const kept = new Map<string, { at: number; answer: Promise<unknown> }>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known && Math.abs(now() - known.at) < length) return known.answer as Promise<T>
    const answer = work()
    kept.delete(key)
    kept.set(key, { at: now(), answer })
    if (kept.size > KEPT_ANSWERS) kept.delete(kept.keys().next().value as string)
    answer.catch(() => kept.delete(key))
    return answer
  }
}
