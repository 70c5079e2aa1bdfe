import { offsetOf, wholeBuckets } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, RawSeries, ScanQuery, SeriesQuery, TelemetryRows } from '../telemetry-store.ts'
import { BucketCollector } from './bucket-collector.ts'
import { planBuckets, type Source } from './bucket-plan.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, endOfDay, type FileKey, quoted, startOfDay } from './day-name.ts'
import { foldRaw, foldRolled, partNames, partsAs, rolledParts, rolledPoints, rolledTable } from './resolution.ts'
import { readDoubles } from './result-columns.ts'

/** A query is given up after so long, ms, so that one that is too wide does not hold up the others for ever. */
const LONGEST_QUERY = 20_000
/** Files asked in one query. */
const FILES_AT_ONCE = 16
/** Facilities asked in one query. */
const FACILITIES_AT_ONCE = 50

type FacilityQuery = Omit<SeriesQuery, 'facilities'> & { facility: string }

/** Days that the times touch, oldest first. */
export const daysBetween = (files: DayFiles, from: number, to: number): Day[] =>
  files.days().filter((day) => endOfDay(day) > from && startOfDay(day) < to)

/** Runs what `write` makes of the files as they are now; null asks nothing. */
export async function askFiles(files: DayFiles, held: readonly DayFile[], write: () => string | null): Promise<Float64Array[]> {
  return files.reading(async (connection) => {
    const ask = async (sql: string | null) => (sql === null ? [] : readDoubles(connection, sql))
    const sealed = held.filter((file) => file.sealed)
    const timer = setTimeout(() => connection.interrupt(), LONGEST_QUERY)
    try {
      const columns = await ask(write())
      // A late row that came in between was not merged with the one it repeats.
      return sealed.every((file) => file.sealed) ? columns : await ask(write())
    } finally {
      clearTimeout(timer)
    }
  })
}

const within = (from: number, to: number) => `"@at" >= ${Math.ceil(from)} AND "@at" < ${Math.ceil(to)}`

/** Raw rows of some facilities, by number, as a subquery of facility, time and the columns; repeated rows are merged to the last value of each column. */
function rawRows(
  file: DayFile,
  { kind, from, to }: Omit<SeriesQuery, 'facilities'>,
  numbers: readonly number[],
  columns: readonly string[],
): string {
  const names = columns.map(quoted)
  const values = file.sealed ? names : names.map((name) => `arg_max(${name}, rowid) AS ${name}`)
  const present = names.map((name) => `${name} IS NOT NULL`).join(' OR ')
  return `SELECT ${['"@facility"', '"@at"', ...values].join(', ')} FROM ${file.database}.main.${quoted(kind)}
    WHERE ${oneOf(numbers)} AND ${within(from, to)} AND (${present}) ${file.sealed ? '' : 'GROUP BY "@facility", "@at"'}`
}

const oneOf = (numbers: readonly number[]) =>
  numbers.length === 1 ? `"@facility" = ${numbers[0]}` : `"@facility" IN (${numbers.join(', ')})`

export async function readRange(files: DayFiles, { facilities, ...rest }: SeriesQuery, limit: number): Promise<RawSeries[]> {
  const all: RawSeries[] = []
  for (const facility of facilities) all.push(...(await readFacility(files, { ...rest, facility }, limit)))
  return all
}

async function readFacility(files: DayFiles, query: FacilityQuery, limit: number): Promise<RawSeries[]> {
  const series = query.points.map((point): RawSeries => ({ facility: query.facility, point, at: [], value: [], good: [] }))
  for (const day of daysBetween(files, query.from, query.to)) {
    if (series.every(({ at }) => at.length >= limit)) break
    await files.use(day, (file) => readDay(files, file, query, series, limit))
  }
  return series
}

async function readDay(files: DayFiles, file: DayFile, query: FacilityQuery, series: RawSeries[], limit: number): Promise<void> {
  let { from } = query
  for (;;) {
    const wanting = series.filter(({ at }) => at.length < limit)
    const last = wanting.length === 0 ? null : await readPage(files, file, { ...query, from }, wanting, limit)
    if (last === null) return
    from = last + 1
  }
}

/** Adds up to `limit` rows to the series; returns the time of the last when there may be more. */
async function readPage(files: DayFiles, file: DayFile, query: FacilityQuery, wanting: RawSeries[], limit: number): Promise<number | null> {
  const known = file.columns.get(query.kind) ?? []
  const columns = wanting.flatMap(({ point }) => [point, badColumn(point)]).filter((name) => known.includes(name))
  const number = file.facilities.get(query.facility)
  if (columns.length === 0 || number === undefined) return null
  const [at = new Float64Array(), ...values] = await askFiles(
    files,
    [file],
    () =>
      `SELECT "@at"::DOUBLE, ${columns.map(quoted).join(', ')} FROM (${rawRows(file, query, [number], columns)}) ORDER BY "@at" LIMIT ${limit}`,
  )
  for (const series of wanting) {
    const good = values[columns.indexOf(series.point)]
    const bad = values[columns.indexOf(badColumn(series.point))]
    for (let i = 0; i < at.length && series.at.length < limit; i++) {
      const isGood = good !== undefined && !Number.isNaN(good[i])
      const value = isGood ? (good[i] as number) : (bad?.[i] ?? Number.NaN)
      if (Number.isNaN(value)) continue
      series.at.push(at[i] as number)
      series.value.push(value)
      series.good.push(isGood)
    }
  }
  return at.length < limit ? null : (at.at(-1) as number)
}

/**
 * Each day is read at the coarsest resolution the grid is made of and whose roll-ups are those of the day as it is, else raw. Where raw rows are
 * gone the finest roll-ups that are left answer: a bucket that cuts them holds those that begin in it. `offset`: how far local days begin behind
 * UTC days, ms.
 */
export async function readBuckets(files: DayFiles, query: SeriesQuery, grid: Grid, offset: number): Promise<BucketSeries[]> {
  const whole = wholeBuckets(query, grid)
  const sources = await planBuckets(files, whole, grid, offset)
  const all: BucketSeries[] = []
  for (const facilities of inPortions(query.facilities, FACILITIES_AT_ONCE)) {
    const collector = new BucketCollector(facilities, query.points, grid)
    for (const portion of inPortions(sources, FILES_AT_ONCE))
      await files.useAll(
        portion.map(({ key }) => key),
        async (held) => {
          const asked = { ...whole, facilities }
          collector.add(await askFiles(files, [...held.values()], () => foldSources(held, portion, asked, grid)))
        },
      )
    all.push(...collector.series())
  }
  return all
}

/** One row for each facility, by its place in the query, and bucket that has values, in order. */
function foldSources(
  held: ReadonlyMap<FileKey, DayFile>,
  sources: readonly Source[],
  query: SeriesQuery,
  { length, origin }: Grid,
): string | null {
  const bucket = `("@at" - ${offsetOf(origin, length)}) // ${length}`
  const folded = sources.flatMap((source) => foldSource(held.get(source.key) as DayFile, source, query, bucket) ?? [])
  if (folded.length === 0) return null
  const folds = query.points.flatMap((_, i) => Object.values(foldRolled(partNames(i), 'newest')).map((fold) => `(${fold})::DOUBLE`))
  return `SELECT facility::DOUBLE, bucket::DOUBLE, ${folds.join(', ')} FROM (${folded.join(' UNION ALL ')})
    GROUP BY facility, bucket ORDER BY facility, bucket`
}

function foldSource(file: DayFile, source: Source, query: SeriesQuery, bucket: string): string | null {
  const table = source.resolution === 'raw' ? query.kind : rolledTable(query.kind, source.resolution)
  const columns = file.columns.get(table) ?? []
  const known = source.resolution === 'raw' ? columns : rolledPoints(columns)
  const points = query.points.filter((point) => known.includes(point))
  const numbers = query.facilities.map((facility) => file.facilities.get(facility))
  const present = numbers.filter((number) => number !== undefined)
  if (points.length === 0 || present.length === 0) return null
  const cases = numbers.flatMap((number, i) => (number === undefined ? [] : [`WHEN ${number} THEN ${i}`]))
  const head = [`CASE "@facility" ${cases.join(' ')} END AS facility`, `${bucket} AS bucket`, 'max("@at") AS newest']
  const folds = query.points.flatMap((point, i) => {
    if (!known.includes(point)) return Object.values(partNames(i)).map((name) => `NULL::DOUBLE AS ${name}`)
    return partsAs(source.resolution === 'raw' ? foldRaw(quoted(point)) : foldRolled(rolledParts(point)), i)
  })
  const span = { ...query, from: Math.max(query.from, source.from), to: Math.min(query.to, source.to) }
  const rows =
    source.resolution === 'raw'
      ? `(${rawRows(file, span, present, points)})`
      : `${file.database}.main.${quoted(table)} WHERE ${oneOf(present)} AND ${within(span.from, span.to)}`
  return `SELECT ${[...head, ...folds].join(', ')} FROM ${rows} GROUP BY 1, 2`
}

function* inPortions<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let first = 0; first < all.length; first += size) yield all.slice(first, first + size)
}

export async function readScan(files: DayFiles, query: ScanQuery): Promise<TelemetryRows> {
  const { kind, from, to, limit = Number.POSITIVE_INFINITY } = query
  const collector = new RowCollector(kind)
  for (const day of daysBetween(files, from, to))
    if (collector.size < limit) await files.use(day, (file) => scanDay(files, file, query, collector))
  return collector.rows()
}

async function scanDay(files: DayFiles, file: DayFile, query: ScanQuery, collector: RowCollector): Promise<void> {
  const { kind, from, to, limit } = query
  const columns = file.columns.get(kind) ?? []
  if (columns.length === 0) return
  const names = columns.map(quoted)
  // A sealed day holds each row once; of repeated rows the last value of each column counts.
  const [facilities = new Float64Array(), at = [], ...values] = await askFiles(
    files,
    [file],
    () => `SELECT "@facility"::DOUBLE, "@at"::DOUBLE, ${file.sealed ? names : names.map((name) => `arg_max(${name}, rowid)`)}
      FROM ${file.database}.main.${quoted(kind)} WHERE ${within(from, to)}
      ${file.sealed ? '' : 'GROUP BY "@facility", "@at"'} ORDER BY "@at" ${limit === undefined ? '' : `LIMIT ${limit}`}`,
  )
  // Rows that are left out below would make an answer that was cut look complete.
  const isUnsure = limit !== undefined && at.length >= limit && facilities.some((number) => file.facilities.id(number) === undefined)
  if (isUnsure) return scanDay(files, file, { kind, from, to }, collector)
  for (const [i, number] of facilities.entries()) {
    const facility = file.facilities.id(number)
    if (facility === undefined) continue // its write is committed but not yet confirmed
    collector.begin(facility, at[i] as number)
    for (const [c, column] of columns.entries()) collector.set(column, values[c]?.[i] ?? Number.NaN)
  }
}

/** Tells `add` the newest value of each column of each facility of a kind in a day. */
export async function readNewest(
  files: DayFiles,
  file: DayFile,
  { kind, from, to }: ScanQuery,
  add: (facility: string, point: string, at: number, value: number, good: boolean) => void,
): Promise<void> {
  const columns = file.columns.get(kind) ?? []
  if (columns.length === 0) return
  const folds = columns.map((column) => {
    const name = quoted(column)
    return `arg_max(${name}, "@at"), (max("@at") FILTER (WHERE ${name} IS NOT NULL))::DOUBLE`
  })
  const [facilities = new Float64Array(), ...values] = await askFiles(
    files,
    [file],
    () =>
      `SELECT "@facility"::DOUBLE, ${folds.join(', ')} FROM ${file.database}.main.${quoted(kind)} WHERE ${within(from, to)} GROUP BY "@facility"`,
  )
  for (const [c, column] of columns.entries()) {
    const { point, good } = pointOfColumn(column)
    for (const [i, number] of facilities.entries()) {
      const [value, at] = [values[2 * c]?.[i] as number, values[2 * c + 1]?.[i] as number]
      const facility = file.facilities.id(number)
      // A facility without a name: its write is committed but not yet confirmed.
      if (!Number.isNaN(value) && facility !== undefined) add(facility, point, at, value, good)
    }
  }
}
