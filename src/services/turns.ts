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
