import type { ReadingsView } from '../../src/edges/http/reading-schemas.ts'
import type { Client } from '../acceptance/server-process.ts'

/** What a device time of a facility measures; so every stored row can be checked, also one whose PUBACK was lost. */
export type Measured = (facility: string, at: number) => number

/** Which device times of which facilities were acknowledged. */
export class Ledger {
  readonly #times = new Map<string, Set<number>>()
  total = 0

  note(facility: string, at: number): void {
    const times = this.#times.get(facility) ?? new Set()
    this.#times.set(facility, times)
    if (!times.has(at)) this.total++
    times.add(at)
  }

  times(facility: string): ReadonlySet<number> {
    return this.#times.get(facility) ?? new Set()
  }

  get facilities(): string[] {
    return [...this.#times.keys()]
  }
}

export interface Verdict {
  stored: number
  /** Acknowledged and not stored. */
  lost: number
  /** Stored more often than once. */
  doubled: number
  /** Out of the order of their times. */
  disordered: number
  /** Stored with another value than measured. */
  changed: number
}

/** Holds rows, as the store gives them, against what was acknowledged. */
export function judgeRows(
  acknowledged: ReadonlySet<number>,
  rows: Iterable<{ at: number; value: number }>,
  measured: (at: number) => number,
): Verdict {
  const verdict = { stored: 0, lost: 0, doubled: 0, disordered: 0, changed: 0 }
  const seen = new Set<number>()
  let newest = Number.NEGATIVE_INFINITY
  for (const { at, value } of rows) {
    verdict.stored++
    if (seen.has(at)) verdict.doubled++
    else if (at < newest) verdict.disordered++
    if (value !== measured(at)) verdict.changed++
    seen.add(at)
    newest = Math.max(newest, at)
  }
  for (const at of acknowledged) if (!seen.has(at)) verdict.lost++
  return verdict
}

/** All rows of a point since `from`, in the order in which the API gives them. */
export async function storedRows(client: Client, facility: string, point: string, from: number): Promise<{ at: number; value: number }[]> {
  const rows: { at: number; value: number }[] = []
  for (let next: number | null = from; next !== null; ) {
    const query = `points=${point}&from=${next}&to=${Date.now() + 60_000}&limit=10000`
    const page: ReadingsView = await client.get(`/api/facilities/${facility}/readings?${query}`)
    const { at = [], value = [] } = page.series[0] ?? {}
    at.forEach((time, i) => void rows.push({ at: time, value: value[i] as number }))
    next = page.next
  }
  return rows
}

/** Judges all facilities of the ledger together. */
export async function judgeStore(client: Client, ledger: Ledger, point: string, from: number, measured: Measured): Promise<Verdict> {
  const sum: Verdict = { stored: 0, lost: 0, doubled: 0, disordered: 0, changed: 0 }
  for (const facility of ledger.facilities) {
    const verdict = judgeRows(ledger.times(facility), await storedRows(client, facility, point, from), (at) => measured(facility, at))
    for (const key of Object.keys(sum) as (keyof Verdict)[]) sum[key] += verdict[key]
  }
  return sum
}

/** The broken promises among them, in words. */
export const problemsOf = ({ lost, doubled, disordered, changed }: Verdict): string[] =>
  Object.entries({ lost, doubled, disordered, changed }).flatMap(([what, count]) => (count > 0 ? [`${count} readings ${what}`] : []))
