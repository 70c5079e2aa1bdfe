import { offsetOf } from '../bucket-series.ts'
import type { Grid, SeriesQuery } from '../telemetry-store.ts'
import type { DayFile, Rolled } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, dayOf, daysFileOf, endOfDay, type FileKey, hoursFileOf, isDay, startOfDay } from './day-name.ts'
import { isMadeOf, lengthOf, type Resolution, rolledTable } from './resolution.ts'

/** Rows to be folded: those of one resolution in a file, from a time, ms, inclusive, to another, exclusive. */
export interface Source {
  key: FileKey
  resolution: Resolution | 'raw'
  from: number
  to: number
}

/** What answers a query of whole buckets, oldest first; each UTC day from one source. */
export async function planBuckets(files: DayFiles, query: SeriesQuery, grid: Grid, offset: number): Promise<Source[]> {
  const known = new RollUps(files, query)
  const fitting = (['day', 'hour'] as const).filter((resolution) => isMadeOf(grid, resolution, offset))
  const sources: Source[] = []
  for (const day of await known.days()) {
    const source = (await rolledSource(files, known, day, fitting, offset)) ?? (await heldSource(files, known, day, query.kind))
    const last = sources.at(-1)
    if (!source) continue
    if (last && last.key === source.key && last.resolution === source.resolution && last.to === startOfDay(day)) last.to = endOfDay(day)
    else sources.push({ ...source, from: startOfDay(day), to: endOfDay(day) })
  }
  return sources
}

type Found = Pick<Source, 'key' | 'resolution'>

/** The coarsest roll-ups that fit and were made of the day as it is. */
async function rolledSource(
  files: DayFiles,
  known: RollUps,
  day: Day,
  fitting: readonly ('day' | 'hour')[],
  offset: number,
): Promise<Found | null> {
  const stamp = fitting.length > 0 && files.has(day) ? await files.sealedStamp(day) : undefined
  for (const resolution of fitting) {
    const rolled = await known.of(day, resolution)
    if (!rolled || offsetOf(rolled.offset, lengthOf[resolution]) !== offsetOf(offset, lengthOf[resolution])) continue
    // Where there is no day any more its roll-ups are all there is.
    if (stamp === undefined || rolled.stamp === stamp || rolled.isLost || files.lost.has(day))
      return { key: fileOf(day, resolution), resolution }
  }
  return null
}

/** Raw rows, or what is left of them. */
async function heldSource(files: DayFiles, known: RollUps, day: Day, kind: string): Promise<Found | null> {
  if (files.has(day)) {
    const tables = await files.use(day, async ({ columns }) => columns)
    if (tables.has(kind)) return { key: day, resolution: 'raw' }
    if (tables.has(rolledTable(kind, 'minute'))) return { key: day, resolution: 'minute' }
  }
  for (const resolution of ['hour', 'day'] as const)
    if (await known.of(day, resolution)) return { key: fileOf(day, resolution), resolution }
  return null
}

const fileOf = (day: Day, resolution: 'hour' | 'day'): FileKey => (resolution === 'hour' ? hoursFileOf(day) : daysFileOf(day))

/** What the files of hours and days hold in a time; each is looked at once, when it is asked for. */
class RollUps {
  readonly #files: DayFiles
  readonly #from: Day
  readonly #to: Day
  readonly #rolled = new Map<FileKey, ReadonlyMap<Day, Rolled>>()

  constructor(files: DayFiles, { from, to }: Pick<SeriesQuery, 'from' | 'to'>) {
    this.#files = files
    this.#from = nameOf(from)
    this.#to = nameOf(to - 1)
  }

  async of(day: Day, resolution: 'hour' | 'day'): Promise<Rolled | undefined> {
    return (await this.#read(fileOf(day, resolution))).get(day)
  }

  /** Days of which there is anything, oldest first. */
  async days(): Promise<Day[]> {
    const days = new Set(this.#files.days())
    for (const key of this.#files.keys())
      if (!isDay(key) && this.#touches(key)) for (const day of (await this.#read(key)).keys()) days.add(day)
    return [...days].filter((day) => day >= this.#from && day <= this.#to).sort()
  }

  #touches(key: FileKey): boolean {
    const name = key.split('.')[0] as string
    return name >= this.#from.slice(0, name.length) && name <= this.#to.slice(0, name.length)
  }

  async #read(key: FileKey): Promise<ReadonlyMap<Day, Rolled>> {
    let rolled = this.#rolled.get(key)
    if (!rolled) {
      rolled = this.#files.has(key) ? await this.#files.use(key, async (file: DayFile) => file.rolled) : new Map<Day, Rolled>()
      this.#rolled.set(key, rolled)
    }
    return rolled
  }
}

/** The day of any time: one that is out of what a day can name is the first or last there is. */
const nameOf = (at: number): Day => dayOf(Math.min(Math.max(at, startOfDay('0000-01-01')), startOfDay('9999-12-31')))
