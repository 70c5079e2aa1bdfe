import { statfs } from 'node:fs/promises'
import Type from 'typebox'
import type { TelemetryStats } from '../../storage/embedded/day-stats.ts'
import type { StatePositions } from '../../storage/embedded/state-file.ts'
import { untilAborted } from '../../storage/embedded/until-aborted.ts'
import { bytesText, tableText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

interface FolderStats {
  folder: string
  /** A server is at work on it. */
  running: boolean
  /** Bytes of the disk it lies on. */
  disk: { free: number; total: number }
  /** Positions are those of the newest messages that the journal has, the alarms account for, and the time series hold. */
  journal: { segments: number; bytes: number; oldest: number | null; next: number | null } & StatePositions
  state: { bytes: number; unused: number; tables: { table: string; rows: number }[] }
  /** Null when they are kept elsewhere. */
  telemetry: TelemetryStats | null
}

export const statsCommand = folderCommand({
  name: 'stats',
  usage: 'stats [options]',
  about:
    'Tells what the data folder holds: days, rows and bytes of each kind and resolution, the journal, the tables of the state, free disk.',
  options: {},
  ask: () => ({}),
  asked: Type.Object({}),
  async run({ path, isServed, state, journal, telemetry }, _asked, { signal, onProgress }): Promise<FolderStats> {
    const { bsize, bavail, blocks } = await statfs(path)
    const segments = await journal.segments()
    onProgress({ doing: 'time series' })
    const held = telemetry && (await untilAborted(signal, telemetry.stats()))
    return {
      folder: path,
      running: isServed,
      disk: { free: bsize * bavail, total: bsize * blocks },
      journal: {
        segments: segments.length,
        bytes: segments.reduce((bytes, one) => bytes + one.bytes, 0),
        oldest: segments[0]?.first ?? null,
        next: segments.at(-1)?.next ?? null,
        ...state.positions(),
      },
      state: { ...state.size(), tables: await state.tables() },
      telemetry: held,
    }
  },
  text({ folder, running, disk, journal, state, telemetry }) {
    const { oldest, next, segments, bytes, detectedThrough, storedThrough } = journal
    return [
      `${folder}${running ? ' (the server is running)' : ''}: ${bytesText(disk.free)} of ${bytesText(disk.total)} free`,
      '',
      `Journal: ${bytesText(bytes)} in ${segments} files${oldest === null ? '' : `, messages from ${oldest}`}${next === null ? '' : ` to ${next - 1}`}`,
      `  judged up to ${detectedThrough}, stored up to ${storedThrough}`,
      `State: ${bytesText(state.bytes)}, of which ${bytesText(state.unused)} hold nothing, schema ${journal.schema}`,
      indented(tableText(state.tables.map(({ table, rows }) => [table, rows]))),
      ...(telemetry ? telemetryText(telemetry) : ['Time series: kept elsewhere, or none yet']),
    ].join('\n')
  },
})

const indented = (text: string) => text.replaceAll(/^/gm, '  ')

function telemetryText({ bytes, oldest, newest, days, open, kept, leftOut, damaged, unreadable }: TelemetryStats): string[] {
  const [first, last] = [oldest, newest === null ? null : newest - 1].map((at) => at !== null && new Date(at).toISOString().slice(0, 10))
  const rows = kept.map((one) => [one.kind, one.resolution, one.files, one.rows, bytesText(one.bytes)])
  return [
    `Time series: ${bytesText(bytes)} in ${days} days${days > 0 ? `, ${first} to ${last}, ${days - open} in order` : ''}`,
    ...(rows.length === 0 ? [] : [indented(tableText([['kind', 'of each', 'files', 'rows', 'bytes'], ...rows]))]),
    ...(leftOut > 0 ? [`  ${leftOut} rows left out since the start: they came for times of which single readings are kept no more`] : []),
    ...damaged.map((name) => `  ${name} cannot be read and was set aside`),
    ...unreadable.map(({ key, problem }) => `  ${key} cannot be read: ${problem}`),
  ]
}
