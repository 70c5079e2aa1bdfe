import { days } from '../../telemetry/duration.ts'
import { pointOfColumn } from '../column-name.ts'
import type { LatestValues, TelemetryRows } from '../telemetry-store.ts'
import type { DayFiles } from './day-files.ts'
import { endOfDay, startOfDay } from './day-name.ts'
import { daysBetween, readNewest } from './day-reading.ts'

/** The newest value of every point of every facility of the kinds that were asked for: read once from the days, then kept up by what is written. */
export class LatestMemory {
  readonly #kinds = new Map<string, KindLatest>()

  /** Takes in rows that are committed. */
  take(batches: readonly TelemetryRows[]): void {
    for (const batch of batches) this.#kinds.get(batch.kind)?.take(batch)
  }

  async read(files: DayFiles, kind: string, since: number): Promise<LatestValues> {
    let latest = this.#kinds.get(kind)
    if (!latest) {
      // Before the days are read, so that what is written meanwhile is not missed.
      latest = new KindLatest(kind)
      this.#kinds.set(kind, latest)
    }
    await latest.reachBack(files, since)
    return latest.values(since)
  }
}

interface PointLatest {
  at: Float64Array
  value: Float64Array
  good: Uint8Array
}

class KindLatest {
  readonly #kind: string
  readonly #facilities: string[] = []
  readonly #index = new Map<string, number>()
  readonly #points = new Map<string, PointLatest>()
  #room = 64
  /** The days from here on were read. */
  #since = Number.POSITIVE_INFINITY
  #reading: Promise<void> = Promise.resolve()

  constructor(kind: string) {
    this.#kind = kind
  }

  take({ facilities, facility, at, columns, values, rows }: TelemetryRows): void {
    const indices = facilities.map((id) => this.#indexOf(id))
    for (const [c, column] of columns.entries()) {
      const { point, good } = pointOfColumn(column)
      const latest = this.#pointOf(point)
      const source = values[c] as Float64Array
      for (let row = 0; row < rows; row++) {
        const value = source[row] as number
        if (!Number.isNaN(value)) put(latest, indices[facility[row] as number] as number, at[row] as number, value, good)
      }
    }
  }

  reachBack(files: DayFiles, since: number): Promise<void> {
    // One after the other, so that no day is read twice; each is told of its own failure only.
    const reading = this.#reading.then(() => this.#reachBack(files, since))
    this.#reading = reading.catch(() => {})
    return reading
  }

  values(since: number): LatestValues {
    const points = [...this.#points.keys()]
    const columns = [...this.#points.values()]
    const shown: number[] = []
    for (let f = 0; f < this.#facilities.length; f++) if (columns.some(({ at }) => (at[f] as number) >= since)) shown.push(f)
    const length = shown.length * points.length
    const [at, value, good] = [new Float64Array(length).fill(Number.NaN), new Float64Array(length), new Uint8Array(length)]
    let i = 0
    for (const f of shown)
      for (const column of columns) {
        if ((column.at[f] as number) >= since) {
          at[i] = column.at[f] as number
          value[i] = column.value[f] as number
          good[i] = column.good[f] as number
        }
        i++
      }
    return { facilities: shown.map((f) => this.#facilities[f] as string), points, at, value, good }
  }

  async #reachBack(files: DayFiles, since: number): Promise<void> {
    for (const day of daysBetween(files, since, this.#since).reverse()) {
      await files.use(day, (file) =>
        readNewest(files, file, { kind: this.#kind, from: startOfDay(day), to: endOfDay(day) }, (facility, point, ...rest) => {
          // First the facility: its number may make the columns longer.
          const index = this.#indexOf(facility)
          put(this.#pointOf(point), index, ...rest)
        }),
      )
      this.#since = startOfDay(day)
    }
    // Whole days are read; those before were looked for and are not there.
    this.#since = Math.min(this.#since, Math.floor(since / days(1)) * days(1))
  }

  #indexOf(facility: string): number {
    const known = this.#index.get(facility)
    if (known !== undefined) return known
    const index = this.#facilities.push(facility) - 1
    this.#index.set(facility, index)
    if (index >= this.#room) {
      this.#room *= 2
      for (const [point, latest] of this.#points) this.#points.set(point, this.#widened(latest))
    }
    return index
  }

  #pointOf(point: string): PointLatest {
    let latest = this.#points.get(point)
    if (!latest) {
      latest = this.#widened()
      this.#points.set(point, latest)
    }
    return latest
  }

  #widened(from?: PointLatest): PointLatest {
    const [at, value, good] = [new Float64Array(this.#room).fill(Number.NaN), new Float64Array(this.#room), new Uint8Array(this.#room)]
    if (from) {
      at.set(from.at)
      value.set(from.value)
      good.set(from.good)
    }
    return { at, value, good }
  }
}

/** Of two values of one time the good one counts, of two good ones the later written. */
function put(latest: PointLatest, index: number, at: number, value: number, good: boolean): void {
  const known = latest.at[index] as number
  if (at < known || (at === known && !good && latest.good[index] === 1)) return
  latest.at[index] = at
  latest.value[index] = value
  latest.good[index] = Number(good)
}
