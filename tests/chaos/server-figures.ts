import { readFileSync } from 'node:fs'
import type { ServerProcess } from '../acceptance/server-process.ts'

/** One figure of the running server, added up over its labels. */
export async function metric(server: Pick<ServerProcess, 'url'>, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const lines = [...text.matchAll(new RegExp(`^lamplighter_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))]
  if (lines.length === 0) throw new Error(`there is no figure ${name}`)
  return lines.reduce((sum, [, value]) => sum + Number(value), 0)
}

/** What the service says of itself: nothing when it is ready. */
export async function healthProblems(server: Pick<ServerProcess, 'url'>): Promise<string[]> {
  const answer = await fetch(`${server.url}/readyz`)
  return ((await answer.json()) as { problems: string[] }).problems
}

/** Memory of the process, MB; NaN where the system does not tell. */
export function residentMemory({ child }: Pick<ServerProcess, 'child'>): number {
  try {
    return Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Processor time the process has taken, ms, which other programs on a busy machine do not lengthen much; NaN where the system does not tell. */
export function processorTime({ child }: Pick<ServerProcess, 'child'>): number {
  try {
    // After the name, which may hold spaces, and its bracket: user and system time are the 12th and 13th, in hundredths of a second.
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

/** Rise per hour of values measured at times, ms, by least squares. */
export function slopePerHour(samples: readonly { at: number; value: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [middle, level] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ value }) => value))]
  const spread = samples.reduce((sum, { at }) => sum + (at - middle) ** 2, 0)
  return (samples.reduce((sum, { at, value }) => sum + (at - middle) * (value - level), 0) / spread) * 3_600_000
}
