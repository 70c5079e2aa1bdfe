import { fluxString } from '@influxdata/influxdb-client'
import { bucketStart, offsetOf } from '../bucket-series.ts'
import type { Grid } from '../telemetry-store.ts'
import { knownSpan, type Span } from './influxql.ts'

/** Folds of a point, as fields of a roll-up and as names of results. */
export const FOLDS = ['min', 'max', 'sum', 'count', 'last'] as const
export type FoldName = (typeof FOLDS)[number]

const time = (at: number) => new Date(at).toISOString()
const anyOf = (column: string, values: readonly string[]) => values.map((value) => `r.${column} == ${fluxString(value)}`).join(' or ')

export interface Source {
  bucket: string
  measurement: string
  /** Absent: all. */
  fields?: readonly string[]
  facilities?: readonly string[] | null
}

/** The series of some fields of some facilities in a time. */
export function sourceFlux({ bucket, measurement, fields, facilities }: Source, span: Span): string {
  const { from, to } = knownSpan(span)
  const conditions = [
    `r._measurement == ${fluxString(measurement)}`,
    ...(facilities ? [`(${anyOf('facility', facilities)})`] : []),
    ...(fields ? [`(${anyOf('_field', fields)})`] : []),
  ]
  return `from(bucket: ${fluxString(bucket)})
  |> range(start: ${time(from)}, stop: ${time(to)})
  |> filter(fn: (r) => ${conditions.join(' and ')})`
}

const window = ({ length, origin }: Grid, fold: FoldName) =>
  `aggregateWindow(every: ${length}ms, offset: ${offsetOf(origin, length)}ms, fn: ${fold}, createEmpty: false, timeSrc: "_start")`

/** A result for each fold of the points in buckets, from raw values. */
export function foldFlux(source: Source, span: Span, grid: Grid): string {
  const folds = FOLDS.map((fold) => `data |> ${window(grid, fold)} |> yield(name: "${fold}")`)
  return `data = ${sourceFlux(source, span)}\n${folds.join('\n')}`
}

/** The same from roll-ups; a fold of a point is the field `{point}.{fold}`. */
export function foldRollUpsFlux({ fields: points = [], ...source }: Source, span: Span, grid: Grid): string {
  const folds = FOLDS.map((fold) => {
    const mine = anyOf(
      '_field',
      points.map((point) => `${point}.${fold}`),
    )
    return `data |> filter(fn: (r) => ${mine}) |> ${window(grid, fold === 'count' ? 'sum' : fold)} |> yield(name: "${fold}")`
  })
  return `data = ${sourceFlux(source, span)}\n${folds.join('\n')}`
}

/** Folds hours of raw values into roll-ups in another bucket; doing it again changes nothing. Answers how much it wrote. */
export function rollUpFlux(source: Source, span: Span, grid: Grid, into: { bucket: string; org: string }): string {
  const to = `to(bucket: ${fluxString(into.bucket)}, org: ${fluxString(into.org)})`
  const folds = FOLDS.map(
    (fold) =>
      `data |> ${window(grid, fold)} |> map(fn: (r) => ({r with _field: r._field + ".${fold}"})) |> ${to} |> group() |> count() |> yield(name: "${fold}")`,
  )
  return `data = ${sourceFlux(source, span)}\n${folds.join('\n')}`
}

/** The bucket of a row of a fold: windows are cut off where the range begins. */
export const bucketOf = (_time: string, grid: Grid): number => bucketStart(Date.parse(_time), grid)
