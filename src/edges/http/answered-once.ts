import { minutes } from '../../telemetry/duration.ts'

const KEPT_FOR = minutes(10)
const MOST_KEPT = 200

/**
 * Answers an action that is sent again with its key as it was answered before, without doing it again: the first answer may have been lost on
 * its way. Answers are kept in memory for 10 min, the newest 200; without a key everything is done.
 */
export function answeredOnce(now: () => number) {
  const kept = new Map<string, { at: number; answer: unknown }>()
  return <T>(key: string | undefined, work: () => T): T => {
    if (!key) return work()
    const known = kept.get(key)
    if (known && now() - known.at < KEPT_FOR) return known.answer as T
    const answer = work()
    kept.delete(key)
    kept.set(key, { at: now(), answer })
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
    return answer
  }
}
