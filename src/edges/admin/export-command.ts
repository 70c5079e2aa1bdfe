import { resolve } from 'node:path'
import Type from 'typebox'
import { WHOLE_CITY } from '../../access/scope.ts'
import { flag, list, moment, oneOf, text, value } from '../../command-line.ts'
import { LamplighterError } from '../../errors.ts'
import { kindByKey } from '../../facilities/index.ts'
import type { DataFolder } from '../../storage/embedded/data-folder.ts'
import { exportInThread } from '../exchange/telemetry/exchange-in-thread.ts'
import { orderOf } from '../exchange/telemetry/export-request.ts'
import { formatOfName, type TelemetryFormat, telemetryFormats } from '../exchange/telemetry/formats.ts'
import { bytesText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

const AskedSchema = Type.Object({
  file: Type.String({ minLength: 1 }),
  kind: Type.String(),
  format: Type.Unsafe<TelemetryFormat>({ type: 'string', enum: [...telemetryFormats] }),
  from: Type.Optional(Type.Number()),
  to: Type.Optional(Type.Number()),
  facilities: Type.Optional(Type.Array(Type.String())),
  query: Type.Optional(Type.String()),
  points: Type.Optional(Type.Array(Type.String())),
  withFlagged: Type.Boolean(),
  hasMark: Type.Boolean(),
  /** Of the times of CSV; null: UTC. */
  timeZone: Type.Union([Type.String(), Type.Null()]),
})

export interface Exported {
  file: string
  rows: number
  bytes: number
}

/** The time series of a folder. Throws `store-unavailable` when they are elsewhere and no server is running that has them open. */
export function seriesOf({ series }: DataFolder): NonNullable<DataFolder['series']> {
  if (series) return series
  throw new LamplighterError(
    'store-unavailable',
    'There are no time series in this folder. If they are in InfluxDB, start the server first.',
  )
}

export const exportCommand = folderCommand({
  name: 'export',
  usage: 'export FILE --kind KIND [options]',
  about: `Writes the time series of one kind to a file: CSV, JSON lines, Parquet or InfluxDB line protocol.
A row per facility and device time, oldest first. Existing files are replaced.`,
  positionals: [1, 1],
  options: {
    kind: value('KIND', `kind of facility: ${[...kindByKey.keys()].join(', ')}`, undefined, oneOf([...kindByKey.keys()])),
    format: value(
      'FORMAT',
      `${telemetryFormats.join(', ')}; as the ending of the file says when it is not given`,
      undefined,
      oneOf(telemetryFormats),
    ),
    from: value('TIME', 'ISO 8601, inclusive; as much as there is when it is not given', undefined, moment),
    to: value('TIME', 'ISO 8601, exclusive; now when it is not given', undefined, moment),
    facility: list('ID', 'only this one', text),
    query: value('QUERY', 'only facilities it finds, such as "district=east keyArea=yes"', undefined, text),
    point: list('POINT', 'only this one', text),
    'no-flagged': flag('without values flagged as impossible'),
    mark: flag('CSV: begin with the mark by which spreadsheets know UTF-8'),
    zone: value('ZONE', 'CSV: times in this zone, such as Asia/Shanghai, instead of UTC', undefined, zone),
  },
  examples: [
    'export lamps.parquet --kind street-light --from 2026-03-01T00:00:00+08:00',
    'export pumps.csv --kind pump-station --query district=east --point flow --mark --zone Asia/Shanghai',
  ],
  check: ({ kind, format }, [file = '']) => [
    ...(kind === undefined ? ['--kind is needed: a file holds one kind'] : []),
    ...(format === undefined && formatOfName(file) === undefined ? ['--format is needed: the ending of the file tells none'] : []),
  ],
  ask({ kind = '', format, from, to, facility, query, point, 'no-flagged': noFlagged, mark, zone = null }, [file = '']) {
    return {
      file: resolve(file),
      kind,
      format: format ?? (formatOfName(file) as TelemetryFormat),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(facility.length > 0 && { facilities: facility }),
      ...(query !== undefined && { query }),
      ...(point.length > 0 && { points: point }),
      withFlagged: !noFlagged,
      hasMark: mark,
      timeZone: zone,
    }
  },
  asked: AskedSchema,
  async run(folder, { file, timeZone, ...request }, { signal, onProgress }): Promise<Exported> {
    const series = seriesOf(folder)
    const parts = {
      telemetry: series.telemetry,
      kinds: kindByKey,
      plant: folder.state.facilities(),
      rules: { groups: [] },
      timeZone: timeZone ?? 'UTC',
      now: folder.now,
    }
    const order = await orderOf({ ...request, scope: WHOLE_CITY, isLocal: timeZone !== null }, parts)
    const { rows, bytes } = await exportInThread(
      order,
      series,
      { file },
      {
        signal,
        onProgress: ({ share, rows }) => onProgress({ doing: `${rows} rows`, done: share, total: 1 }),
      },
    )
    return { file, rows, bytes }
  },
  text: ({ file, rows, bytes }) => `${file}: ${rows} rows, ${bytesText(bytes)}`,
})

function zone(given: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: given })
    return given
  } catch {
    throw new Error('must be a time zone such as Asia/Shanghai')
  }
}
