import { statfs } from 'node:fs/promises'
import Type from 'typebox'
import type { DayStats } from '../../storage/embedded/day-calls.ts'
import { isDay } from '../../storage/embedded/day-name.ts'
import type { StatePositions } from '../../storage/embedded/state-file.ts'
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
  /** Null when they are kept elsewhere. Days that cannot be read are named with the reason. */
  telemetry: { bytes: number; days: DayStats[]; unreadable: { day: string; problem: string }[] } | null
}

export const statsCommand = folderCommand({
  name: 'stats',
  usage: 'stats [options]',
  about: 'Tells what the data folder holds: days, rows and bytes of each kind, the journal, the tables of the state, free disk.',
  options: {},
  ask: () => ({}),
  asked: Type.Object({}),
  async run({ path, isServed, state, journal, telemetry }, _asked, { signal, onProgress }): Promise<FolderStats> {
    const { bsize, bavail, blocks } = await statfs(path)
    const segments = await journal.segments()
    const sum = (of: readonly { bytes: number }[]) => of.reduce((bytes, one) => bytes + one.bytes, 0)
    const found = { days: [] as DayStats[], unreadable: [] as { day: string; problem: string }[] }
    const days = (await telemetry?.files.keys()) ?? []
    for (const [done, day] of days.entries()) {
      signal.throwIfAborted()
      onProgress({ doing: day, done, total: days.length })
      await telemetry?.files.dayStats(day).then(
        (stats) => found.days.push(stats),
        (error: Error) => found.unreadable.push({ day, problem: error.message }),
      )
    }
    return {
      folder: path,
      running: isServed,
      disk: { free: bsize * bavail, total: bsize * blocks },
      journal: {
        segments: segments.length,
        bytes: sum(segments),
        oldest: segments[0]?.first ?? null,
        next: segments.at(-1)?.next ?? null,
        ...state.positions(),
      },
      state: { ...state.size(), tables: await state.tables() },
      telemetry: telemetry && { bytes: sum(found.days), ...found },
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

function telemetryText({ bytes, days: files, unreadable }: NonNullable<FolderStats['telemetry']>): string[] {
  const days = files.filter(({ day }) => isDay(day))
  const span = days.length === 0 ? '' : `, ${days[0]?.day} to ${days.at(-1)?.day}, ${days.filter(({ sealed }) => sealed).length} sealed`
  const kinds = new Map<string, { days: number; rows: number }>()
  for (const { tables } of files) {
    for (const { table, rows } of tables) {
      const known = kinds.get(table) ?? { days: 0, rows: 0 }
      kinds.set(table, { days: known.days + 1, rows: known.rows + rows })
    }
  }
  return [
    `Time series: ${bytesText(bytes)} in ${days.length} days${span}`,
    ...(kinds.size === 0
      ? []
      : [indented(tableText([['', 'files', 'rows'], ...[...kinds].map(([kind, { days, rows }]) => [kind, days, rows])]))]),
    ...unreadable.map(({ day, problem }) => `  ${day} cannot be read: ${problem}`),
  ]
}
