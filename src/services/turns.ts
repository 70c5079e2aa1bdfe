import { setImmediate as breathe } from 'node:timers/promises'

/** So long is worked at once, ms; then telemetry, live connections and whoever else waits have their turn. */
const AT_ONCE = 8

/** For work over a whole city: to be awaited between its parts, which lets others have their turn whenever it has been long enough. */
export function takeTurns(atOnce = AT_ONCE): () => Promise<void> | undefined {
  let begun = performance.now()
  return () => {
    if (performance.now() - begun < atOnce) return undefined
    return breathe().then(() => {
      begun = performance.now()
    })
  }
}

/** Does work that yields between its parts, and lets others have their turn. */
export async function inTurns<T>(work: Generator<void, T>): Promise<T> {
  const turn = takeTurns()
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await turn()
  }
}

/** Does all of such work at once. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** Does one thing after another, in the order in which they are asked for. */
export function inLine(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}
