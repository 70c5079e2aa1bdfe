/** What `work` settles with, or the reason at once when `signal` is aborted first; `work` goes on unheard then, and `cancel` may hurry it. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>, cancel: () => void = () => {}): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => {
    cancel()
    reject(signal.reason)
  }
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, work])
  } finally {
    signal.removeEventListener('abort', abort)
    work.catch(() => {})
  }
}
