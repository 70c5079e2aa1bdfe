import type { StoredKind } from '../../../storage/telemetry-store.ts'

export const telemetryFormats = ['csv', 'json-lines', 'parquet', 'line-protocol'] as const
export type TelemetryFormat = (typeof telemetryFormats)[number]

/** Media type and usual ending of each format's files. */
export const formatFiles: Readonly<Record<TelemetryFormat, { type: string; ending: string }>> = {
  csv: { type: 'text/csv; charset=utf-8; header=present', ending: 'csv' },
  'json-lines': { type: 'application/jsonl; charset=utf-8', ending: 'jsonl' },
  parquet: { type: 'application/vnd.apache.parquet', ending: 'parquet' },
  'line-protocol': { type: 'text/plain; charset=utf-8', ending: 'lp' },
}

/** The format that a file's name tells; undefined when it tells none. */
export function formatOfName(name: string): TelemetryFormat | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  if (ending === 'ndjson') return 'json-lines'
  return telemetryFormats.find((format) => formatFiles[format].ending === ending)
}

export const BAD = '.bad'

/** The columns of these points: their values, then the flagged ones of those that can be impossible. */
export function columnsOf({ points }: StoredKind, wanted: readonly string[], withFlagged: boolean): string[] {
  const flagged = withFlagged ? wanted.filter((point) => points.get(point)?.type === 'number') : []
  return [...wanted, ...flagged.map((point) => point + BAD)]
}
