import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT_BAD_ARGUMENTS } from './command-line.ts'
import { readConfig } from './config.ts'
import { askServer } from './edges/admin/admin-client.ts'
import type { Attendance, FolderCommand, Progress } from './edges/admin/folder-command.ts'
import { folderCommands } from './edges/admin/folder-commands.ts'
import { restoreCommand } from './edges/admin/restore-command.ts'
import { LamplighterError } from './errors.ts'
import { openDataFolder } from './storage/embedded/data-folder.ts'

const EXIT_FAILED = 1
const all = [...folderCommands.values(), restoreCommand]

function help(): string {
  const rows = all.map(({ name, about }) => `  ${name.padEnd(12)} ${about.split(/(?<=\.) |\n/)[0]}`)
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

async function runHere(command: FolderCommand, folder: string, asked: unknown, attendance: Attendance) {
  const opened = await openDataFolder(folder)
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
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort(new Error('stopped')))
  const attendance = { signal: stop.signal, onProgress: showProgress }
  try {
    if (name === restoreCommand.name) return await runRestore(args, attendance)
    const command = folderCommands.get(name)
    if (command) return await runCommand(command, args, attendance)
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  }
  console.error(`- unknown command ${name}; there are ${all.map((one) => one.name).join(', ')}\nSee --help.`)
  return EXIT_BAD_ARGUMENTS
}

async function runCommand(command: FolderCommand, args: readonly string[], attendance: Attendance): Promise<number> {
  const { data, json, asked } = command.read(args)
  const folder = dataFolder(data)
  if (!existsSync(folder)) throw new LamplighterError('config-invalid', `The data folder ${folder} does not exist.`)
  const answered = await askServer(folder, command.name, asked, attendance)
  const result = answered ? answered.result : await runHere(command, folder, asked, attendance)
  print(json ? JSON.stringify(result, null, 2) : command.text(result))
  return command.hasFailed(result) ? EXIT_FAILED : 0
}

async function runRestore(args: readonly string[], attendance: Attendance): Promise<number> {
  const { data, json, ...asked } = restoreCommand.read(args)
  const result = await restoreCommand.run(dataFolder(data), asked, attendance)
  print(json ? JSON.stringify(result, null, 2) : restoreCommand.text(result))
  return 0
}

/** The one that is named, or that the server would use. */
const dataFolder = (named: string | undefined) =>
  resolve(readConfig(named === undefined ? [] : ['--data-folder', named], process.env).DATA_FOLDER)

function print(text: string): void {
  clearProgress()
  console.log(text)
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    clearProgress()
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = error instanceof LamplighterError && error.code === 'config-invalid' ? EXIT_BAD_ARGUMENTS : EXIT_FAILED
  },
)
