/** Work that may be paused after each of its steps, so that others have their turn. */
export type Steps<T> = Generator<void, T, void>

/** Does it without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
