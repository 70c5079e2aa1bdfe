import { emptyBuckets, offsetOf, wholeBuckets } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, LatestValues, RawSeries, ScanQuery, SeriesQuery, TelemetryRows } from '../telemetry-store.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, endOfDay, quoted, startOfDay } from './day-name.ts'

/** A query is given up after so long, ms, so that one that is too wide does not hold up the others for ever. */
const LONGEST_QUERY = 20_000

type Cell = number | null
type FacilityQuery = Omit<SeriesQuery, 'facilities'> & { facility: string }

/** Reads each day that the times touch, oldest first, until `read` says false. */
async function readDays(
  files: DayFiles,
  from: number,
  to: number,
  read: (file: DayFile) => Promise<boolean>,
  days: Day[] = files.days(),
): Promise<void> {
  for (const day of days) {
    if (endOfDay(day) <= from || startOfDay(day) >= to) continue
    if (!(await files.use(day, read))) return
  }
}

/** Runs what `write` makes of the file as it is now. */
async function columnsOf(files: DayFiles, file: DayFile, write: () => string): Promise<Cell[][]> {
  const { reading } = files.connections
  const { sealed } = file
  const timer = setTimeout(() => reading.interrupt(), LONGEST_QUERY)
  try {
    const columns = (await reading.runAndReadAll(write())).getColumns() as Cell[][]
    // A late row that came in between was not merged with the one it repeats.
    if (sealed && !file.sealed) return (await reading.runAndReadAll(write())).getColumns() as Cell[][]
    return columns
  } finally {
    clearTimeout(timer)
  }
}

/** The rows of one facility as a subquery of `@at` and the columns; repeated rows are merged to the last value of each column. */
function rowsOf(file: DayFile, { facility, kind, from, to }: FacilityQuery, columns: readonly string[]): string {
  const names = columns.map(quoted)
  const values = file.sealed ? names : names.map((name) => `arg_max(${name}, rowid) AS ${name}`)
  const present = names.map((name) => `${name} IS NOT NULL`).join(' OR ')
  return `SELECT ${['"@at"', ...values].join(', ')} FROM ${file.database}.main.${quoted(kind)}
    WHERE "@facility" = ${file.numbers.get(facility)} AND "@at" >= ${Math.ceil(from)} AND "@at" < ${Math.ceil(to)} AND (${present})
    ${file.sealed ? '' : 'GROUP BY "@at"'}`
}

export async function readRange(files: DayFiles, { facilities, ...rest }: SeriesQuery, limit: number): Promise<RawSeries[]> {
  const all: RawSeries[] = []
  for (const facility of facilities) all.push(...(await readFacility(files, { ...rest, facility }, limit)))
  return all
}

async function readFacility(files: DayFiles, query: FacilityQuery, limit: number): Promise<RawSeries[]> {
  const series = query.points.map((point): RawSeries => ({ facility: query.facility, point, at: [], value: [], good: [] }))
  await readDays(files, query.from, query.to, async (file) => {
    let from = query.from
    for (;;) {
      const wanting = series.filter(({ at }) => at.length < limit)
      if (wanting.length === 0) return false
      const last = await readPage(files, file, { ...query, from }, wanting, limit)
      if (last === null) return true
      from = last + 1
    }
  })
  return series
}

/** Adds up to `limit` rows to the series; returns the time of the last when there may be more. */
async function readPage(files: DayFiles, file: DayFile, query: FacilityQuery, wanting: RawSeries[], limit: number): Promise<number | null> {
  const known = file.columns.get(query.kind) ?? []
  const columns = wanting.flatMap(({ point }) => [point, badColumn(point)]).filter((name) => known.includes(name))
  if (columns.length === 0 || !file.numbers.has(query.facility)) return null
  const [at = [], ...values] = await columnsOf(
    files,
    file,
    () => `SELECT "@at"::DOUBLE, ${columns.map(quoted).join(', ')} FROM (${rowsOf(file, query, columns)}) ORDER BY "@at" LIMIT ${limit}`,
  )
  for (const series of wanting) {
    const good = values[columns.indexOf(series.point)]
    const bad = values[columns.indexOf(badColumn(series.point))]
    for (let i = 0; i < at.length && series.at.length < limit; i++) {
      const value = good?.[i] ?? bad?.[i] ?? null
      if (value === null) continue
      series.at.push(at[i] as number)
      series.value.push(value)
      series.good.push((good?.[i] ?? null) !== null)
    }
  }
  return at.length < limit ? null : (at.at(-1) as number)
}

export async function readBuckets(files: DayFiles, query: SeriesQuery, grid: Grid): Promise<BucketSeries[]> {
  const { facilities, ...rest } = wholeBuckets(query, grid)
  const all: BucketSeries[] = []
  for (const facility of facilities) all.push(...(await foldFacility(files, { ...rest, facility }, grid)))
  return all
}

async function foldFacility(files: DayFiles, query: FacilityQuery, { length, origin }: Grid): Promise<BucketSeries[]> {
  const offset = offsetOf(origin, length)
  const series = query.points.map((point) => emptyBuckets(query.facility, point))
  await readDays(files, query.from, query.to, async (file) => {
    const known = file.columns.get(query.kind) ?? []
    const wanted = series.filter(({ point }) => known.includes(point))
    if (wanted.length === 0 || !file.numbers.has(query.facility)) return true
    const folds = wanted.map(({ point }) => {
      const name = quoted(point)
      return `min(${name}), max(${name}), sum(${name}), arg_max(${name}, "@at"), count(${name})::DOUBLE`
    })
    const points = wanted.map(({ point }) => point)
    const [start = [], ...values] = await columnsOf(
      files,
      file,
      () => `SELECT (("@at" - ${offset}) // ${length})::DOUBLE AS bucket, ${folds.join(', ')}
       FROM (${rowsOf(file, query, points)}) GROUP BY bucket ORDER BY bucket`,
    )
    for (const [i, into] of wanted.entries()) addBuckets(into, offset, length, start, values.slice(i * 5, i * 5 + 5))
    return true
  })
  return series
}

/** Adds a day's buckets; the first may go on with the last of the day before. */
function addBuckets(into: BucketSeries, offset: number, length: number, numbers: Cell[], [min, max, sum, last, count]: Cell[][]): void {
  for (const [i, number] of numbers.entries()) {
    const values = count?.[i] as number
    if (values === 0) continue
    const at = offset + (number as number) * length
    const mean = (sum?.[i] as number) / values
    const end = into.at.length - 1
    if (into.at[end] === at) {
      const before = into.count[end] as number
      into.min[end] = Math.min(into.min[end] as number, min?.[i] as number)
      into.max[end] = Math.max(into.max[end] as number, max?.[i] as number)
      into.mean[end] = ((into.mean[end] as number) * before + mean * values) / (before + values)
      into.last[end] = last?.[i] as number
      into.count[end] = before + values
    } else {
      into.at.push(at)
      into.min.push(min?.[i] as number)
      into.max.push(max?.[i] as number)
      into.mean.push(mean)
      into.last.push(last?.[i] as number)
      into.count.push(values)
    }
  }
}

export async function readScan(files: DayFiles, { kind, from, to }: ScanQuery): Promise<TelemetryRows> {
  const collector = new RowCollector(kind)
  await readDays(files, from, to, async (file) => {
    const columns = file.columns.get(kind) ?? []
    if (columns.length === 0) return true
    const names = columns.map(quoted)
    // A sealed day holds each row once; of repeated rows the last value of each column counts.
    const [facilities = [], at = [], ...values] = await columnsOf(
      files,
      file,
      () => `SELECT "@facility", "@at"::DOUBLE, ${file.sealed ? names : names.map((name) => `arg_max(${name}, rowid)`)}
        FROM ${file.database}.main.${quoted(kind)} WHERE "@at" >= ${Math.ceil(from)} AND "@at" < ${Math.ceil(to)}
        ${file.sealed ? '' : 'GROUP BY "@facility", "@at"'} ORDER BY "@at"`,
    )
    for (const [i, number] of facilities.entries()) {
      const facility = file.facilities[number as number]
      if (facility === undefined) continue // its write is committed but not yet confirmed
      collector.begin(facility, at[i] as number)
      for (const [c, column] of columns.entries()) collector.set(column, values[c]?.[i] ?? Number.NaN)
    }
    return true
  })
  return collector.rows()
}

export async function readLatest(files: DayFiles, kind: string, since: number): Promise<LatestValues> {
  const found: [facility: string, point: string, at: number, value: number, good: boolean][] = []
  const newestFirst = files.days().reverse()
  await readDays(
    files,
    since,
    Number.POSITIVE_INFINITY,
    async (file) => {
      const columns = file.columns.get(kind) ?? []
      if (columns.length === 0) return true
      const folds = columns.map((column) => {
        const name = quoted(column)
        return `arg_max(${name}, "@at"), (max("@at") FILTER (WHERE ${name} IS NOT NULL))::DOUBLE`
      })
      const [facilities = [], ...values] = await columnsOf(
        files,
        file,
        () =>
          `SELECT "@facility", ${folds.join(', ')} FROM ${file.database}.main.${quoted(kind)} WHERE "@at" >= ${Math.ceil(since)} GROUP BY 1`,
      )
      for (const [c, column] of columns.entries()) {
        const { point, good } = pointOfColumn(column)
        for (const [i, number] of facilities.entries()) {
          const value = values[2 * c]?.[i] ?? null
          const at = values[2 * c + 1]?.[i] ?? null
          if (value === null || at === null) continue
          const facility = file.facilities[number as number]
          if (facility === undefined) continue // its write is committed but not yet confirmed
          found.push([facility, point, at, value, good])
        }
      }
      return true
    },
    newestFirst,
  )
  const latest = new LatestCollector([...new Set(found.map(([, point]) => point))])
  for (const one of found) latest.add(...one)
  return latest.values()
}
