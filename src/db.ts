import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT_BAD_ARGUMENTS } from './command-line.ts'
import { readConfig } from './config.ts'
import { askServer } from './edges/admin/admin-client.ts'
import { openDataFolder } from './edges/admin/data-folder.ts'
import type { Attendance, FolderCommand, Progress } from './edges/admin/folder-command.ts'
import { folderCommands } from './edges/admin/folder-commands.ts'
import { LamplighterError } from './errors.ts'

const EXIT_FAILED = 1

function help(): string {
  const rows = [...folderCommands.values()].map(({ name, about }) => `  ${name.padEnd(10)} ${about.split(/(?<=\.) |\n/)[0]}`)
  return [
    'Usage: npm run db -- COMMAND [options]',
    '',
    'Looks after the data folder of a server, beside it while it runs (it is asked through a socket in the folder) or without it.',
    '',
    ...rows,
    '',
    'Each explains itself with --help. Without --data the folder is the one that the server would use (DATA_FOLDER, CONFIG_FILE).',
    'Ends with code 0 when all is well, 1 when it is not, 2 when the command line or the configuration is wrong.',
  ].join('\n')
}

async function runHere(command: FolderCommand, folder: string, retentionDays: number, asked: unknown, attendance: Attendance) {
  const opened = await openDataFolder(folder, retentionDays)
  try {
    return await command.run(opened, asked, attendance)
  } finally {
    await opened.close()
  }
}

/** One line that the next one overwrites, for people who wait. */
function showProgress({ doing, done, total }: Progress): void {
  if (!process.stderr.isTTY) return
  const share = done !== undefined && total ? ` ${Math.floor((100 * done) / total)} %` : ''
  process.stderr.write(`\r\x1b[K${doing}${share}`)
}

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if (['', '--help', '-h'].includes(name)) {
    console.log(help())
    return name === '' ? EXIT_BAD_ARGUMENTS : 0
  }
  const command = folderCommands.get(name)
  if (!command) {
    console.error(`- unknown command ${name}; there are ${[...folderCommands.keys()].join(', ')}\nSee --help.`)
    return EXIT_BAD_ARGUMENTS
  }
  const { data, json, asked } = command.read(args)
  const config = readConfig(data === undefined ? [] : ['--data-folder', data], process.env)
  const folder = resolve(config.DATA_FOLDER)
  if (!existsSync(folder)) throw new LamplighterError('config-invalid', `The data folder ${folder} does not exist.`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(new Error('stopped')))
  const attendance = { signal: stop.signal, onProgress: showProgress }
  try {
    const answered = await askServer(folder, name, asked, attendance)
    const result = answered ? answered.result : await runHere(command, folder, config.TELEMETRY_RETENTION_DAYS, asked, attendance)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    console.log(json ? JSON.stringify(result, null, 2) : command.text(result))
    return command.hasFailed(result) ? EXIT_FAILED : 0
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason
    throw error
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = error instanceof LamplighterError && error.code === 'config-invalid' ? EXIT_BAD_ARGUMENTS : EXIT_FAILED
  },
)
