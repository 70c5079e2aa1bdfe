/** How a long test is run: what happens by chance follows from the seed, and it can be ended early with what was seen until then. */
export interface Run {
  seed: string
  signal: AbortSignal
  /** A line for whoever waits. */
  tell: (line: string) => void
}

export interface Outcome {
  figures: Record<string, number>
  /** What broke a promise, in words; empty when all were kept. */
  problems: string[]
}

/** Seconds with one decimal, for a line of progress. */
export const inSeconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
