import { createReadStream, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { flag, list, moment, oneOf, text, value } from '../../command-line.ts'
import { kindByKey } from '../../facilities/index.ts'
import { storedKinds } from '../../storage/open-telemetry-store.ts'
import { minutes } from '../../telemetry/duration.ts'
import { EncodingProbe } from '../exchange/encoding.ts'
import { importInThread } from '../exchange/telemetry/exchange-in-thread.ts'
import { telemetryFormats } from '../exchange/telemetry/formats.ts'
import type { ImportSource } from '../exchange/telemetry/import.ts'
import { MappingSchema } from '../exchange/telemetry/mapping.ts'
import { telemetryReasons } from '../exchange/telemetry/problems.ts'
import { recognizeTelemetry } from '../exchange/telemetry/recognize.ts'
import { type ImportMapping, type ImportReport, oldestTaken } from '../exchange/telemetry/row-taker.ts'
import { seriesOf } from './export-command.ts'
import { folderCommand } from './folder-command.ts'

/** How far ahead of the clock rows may lie. */
const AHEAD = minutes(5)
/** Problems that are printed. */
const MAX_PRINTED = 20

const Optional = <T extends Type.TSchema>(schema: T) => Type.Optional(schema)
const InfluxdbSchema = Type.Object({
  url: Type.String(),
  database: Type.String(),
  retentionPolicy: Optional(Type.String()),
  username: Optional(Type.String()),
  password: Optional(Type.String()),
  token: Optional(Type.String()),
  measurements: Optional(Type.Array(Type.String())),
  from: Optional(Type.Number()),
  to: Optional(Type.Number()),
})
const AskedSchema = Type.Object({
  file: Optional(Type.String({ minLength: 1 })),
  format: Optional(Type.Unsafe<(typeof telemetryFormats)[number]>({ type: 'string', enum: [...telemetryFormats] })),
  influxdb: Optional(InfluxdbSchema),
  /** Where the progress of a server's history is kept. */
  resume: Optional(Type.String()),
  kind: Type.Union([Type.String(), Type.Null()]),
  mapping: MappingSchema,
  keepUnknown: Type.Boolean(),
  isDryRun: Type.Boolean(),
})
type Asked = Type.Static<typeof AskedSchema>

const url = (given: string) => {
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : '')) throw new Error('must be like http://127.0.0.1:8086')
  return given
}

/** The content of a file that is named, without the line end. */
const secret = (file: string) => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Error(error instanceof Error ? error.message : String(error))
  }
}

function mapping(file: string): ImportMapping {
  const given: unknown = JSON.parse(secret(file))
  if (Value.Check(MappingSchema, given)) return given as ImportMapping
  throw new Error('must be JSON such as {"kinds": {"pumps": "pump-station"}, "facility": "pole", "points": {"Q": "flow", "remark": null}}')
}

export const importCommand = folderCommand({
  name: 'import',
  usage: 'import [FILE] [options]',
  about: `Writes telemetry from a file (CSV, JSON lines, Parquet, line protocol) or a running InfluxDB straight to the time series.
It raises no alarms, and a second time changes nothing. Ends with code 1 when something could not be taken. Try --dry-run first.`,
  positionals: [0, 1],
  options: {
    'dry-run': flag('only read, and tell what would be taken'),
    kind: value('KIND', 'kind of all rows; as the file or the plant says when it is not given', undefined, oneOf([...kindByKey.keys()])),
    format: value(
      'FORMAT',
      `${telemetryFormats.join(', ')}; found from the content when it is not given`,
      undefined,
      oneOf(telemetryFormats),
    ),
    'keep-unknown': flag('take rows of facilities that are not registered too'),
    mapping: value('FILE', 'JSON: what others call kinds, time, facility and points', undefined, mapping),
    influxdb: value('URL', 'a running InfluxDB instead of a FILE', undefined, url),
    database: value('NAME', 'its database, or bucket of 2.x', 'lamplighter', text),
    policy: value('NAME', 'its retention policy', undefined, text),
    user: value('NAME', 'its user', undefined, text),
    'password-file': value('FILE', 'with the password', undefined, secret),
    'token-file': value('FILE', 'with the token of 2.x', undefined, secret),
    measurement: list('NAME', 'only this one', text),
    from: value('TIME', 'ISO 8601, inclusive; of InfluxDB', undefined, moment),
    to: value('TIME', 'ISO 8601, exclusive; of InfluxDB', undefined, moment),
    resume: value('FILE', 'keeps how far InfluxDB was read; with it the next run goes on from there', undefined, text),
  },
  examples: ['import lamps.csv --dry-run', 'import --influxdb http://127.0.0.1:8086 --database lamplighter --resume influxdb-import.json'],
  check: ({ influxdb }, files) => ((influxdb === undefined) === (files.length === 0) ? ['give either a FILE or --influxdb'] : []),
  ask(values, [file]): Asked {
    const { influxdb, database, policy, user, measurement, from, to, kind = null, format, resume } = values
    const [password, token] = [values['password-file'], values['token-file']]
    return {
      ...(file !== undefined && { file: resolve(file) }),
      ...(format !== undefined && { format }),
      ...(resume !== undefined && { resume: resolve(resume) }),
      ...(influxdb !== undefined && {
        influxdb: {
          ...{ url: influxdb, database },
          ...(policy !== undefined && { retentionPolicy: policy }),
          ...(user !== undefined && { username: user }),
          ...(password !== undefined && { password }),
          ...(token !== undefined && { token }),
          ...(measurement.length > 0 && { measurements: measurement }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
        },
      }),
      kind,
      mapping: (values.mapping ?? {}) as Asked['mapping'],
      keepUnknown: values['keep-unknown'],
      isDryRun: values['dry-run'],
    }
  },
  asked: AskedSchema,
  async run(folder, asked, { signal, onProgress }): Promise<ImportReport & { isDryRun: boolean }> {
    const { kind, keepUnknown, isDryRun, resume } = asked
    const series = seriesOf(folder)
    const source = await sourceOf(asked)
    const plant = new Map(folder.state.facilities().map((each) => [each.id, each.kind]))
    const kinds = new Map(storedKinds([...kindByKey.values()]).map((each) => [each.key, each]))
    const [oldest, newest] = [await oldestTaken(series.telemetry, folder.now()), folder.now() + AHEAD]
    const options = { kinds, kind, plant, keepUnknown, mapping: asked.mapping as ImportMapping, oldest, newest }
    const name = 'url' in source ? `${source.url} ${source.database}` : source.path
    if (!isDryRun)
      folder.state.audit({ at: folder.now(), by: 'npm run db', action: 'import-telemetry', subject: kind ?? 'all kinds', detail: name })
    let saving: Promise<unknown> = Promise.resolve()
    const report = await importInThread(source, options, isDryRun, series, {
      signal,
      onProgress({ share, rows, through }) {
        onProgress({ doing: `${rows} rows`, done: share, total: 1 })
        if (resume !== undefined && through && !isDryRun) saving = saving.then(() => saveProgress(resume, through))
      },
    }).finally(() => saving)
    return { ...report, isDryRun }
  },
  text: reportText,
  hasFailed: ({ errors }) => errors > 0,
})

async function sourceOf({ file = '', format, influxdb, resume }: Asked): Promise<ImportSource> {
  if (influxdb) return { ...influxdb, ...(resume !== undefined && { through: readProgress(resume) }) }
  const probe = new EncodingProbe()
  for await (const piece of createReadStream(file)) probe.write(piece as Buffer)
  const { encoding } = probe.end()
  return { path: file, encoding, format: format ?? (await recognizeTelemetry(file, encoding)) }
}

function readProgress(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** Whole or not at all. */
async function saveProgress(file: string, through: Readonly<Record<string, number>>): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(through))
  await rename(`${file}.new`, file)
}

function reportText({
  isDryRun,
  rows,
  taken,
  values,
  from,
  to,
  facilities,
  kinds,
  reasons,
  problems,
}: ImportReport & { isDryRun: boolean }): string {
  const time = (at: number | null) => (at === null ? '' : new Date(at).toISOString())
  const of = kinds.map(({ kind, rows }) => `${kind} ${rows}`).join(', ')
  return [
    `${taken} of ${rows} rows with ${values} values ${isDryRun ? 'could be taken' : 'were taken'}${of && `: ${of}`}`,
    ...(taken > 0 ? [`  ${facilities} facilities, ${time(from)} to ${time(to)}`] : []),
    ...reasons.map(({ reason, severity, count }) => `  ${severity} ${count} times: ${telemetryReasons[reason].say('…').en}`),
    ...problems
      .slice(0, MAX_PRINTED)
      .map(({ row, column, value, reason, about }) =>
        [`  row ${row}${column && `, ${column}`}`, JSON.stringify(value), telemetryReasons[reason].say(about).en].join(': '),
      ),
  ].join('\n')
}
