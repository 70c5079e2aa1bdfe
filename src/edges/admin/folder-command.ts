import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Command, flag, type Options, readCommandLine, text, type Values, value } from '../../command-line.ts'
import { LamplighterError } from '../../errors.ts'
import type { DataFolder } from '../../storage/embedded/data-folder.ts'

/** How far a command has come, for people who wait. */
export interface Progress {
  /** What it is at. */
  doing: string
  /** In whatever unit; absent when nobody knows. */
  done?: number
  total?: number
}

export interface Attendance {
  /** Aborted when whoever asked does not want it any more. */
  signal: AbortSignal
  onProgress(progress: Progress): void
}

/** A command on a data folder: `ask` runs where it is typed, `run` where the folder is open, and `text` where it was typed again. */
export interface CommandParts<O extends Options, A, R> {
  name: string
  /** After "npm run db -- ". */
  usage: string
  about: string
  options: O
  positionals?: Command<O>['positionals']
  examples?: readonly string[]
  check?(values: Values<O>, positionals: string[]): string[]
  /** What `run` is given, as JSON; paths absolute. */
  ask(values: Values<O>, positionals: string[]): A
  /** Holds what `ask` gives, because it may have come through the socket. */
  asked: TSchema
  run(folder: DataFolder, asked: A, attendance: Attendance): Promise<R>
  text(result: R): string
  /** Whether the program ends with code 1. */
  hasFailed?(result: R): boolean
}

/** The same for who knows nothing of its options and results. */
export interface FolderCommand {
  name: string
  about: string
  /** Prints the help or what is wrong and ends the process, where that is due. */
  read(args: readonly string[]): { data: string | undefined; json: boolean; asked: unknown }
  /** Throws `invalid-request` when `asked` is not what the command takes. */
  run(folder: DataFolder, asked: unknown, attendance: Attendance): Promise<unknown>
  text(result: unknown): string
  hasFailed(result: unknown): boolean
}

/** Options of every command. */
export const commonOptions = {
  data: value('FOLDER', 'data folder; as the server is configured when it is not given', undefined, text),
  json: flag('print JSON'),
}

export function folderCommand<O extends Options, A, R>(parts: CommandParts<O, A, R>): FolderCommand {
  const { name, usage, about, positionals, examples = [], asked: schema } = parts
  const line = {
    usage: `npm run db -- ${usage}`,
    about,
    options: { ...parts.options, ...commonOptions },
    ...(positionals && { positionals }),
    examples: examples.map((example) => `npm run db -- ${example}`),
  }
  return {
    name,
    about,
    read(args) {
      const read = readCommandLine(line, (values, given) => parts.check?.(values as Values<O>, given) ?? [], args)
      const values = read.values as Values<O> & Values<typeof commonOptions>
      return { data: values.data, json: values.json, asked: parts.ask(values, read.positionals) }
    },
    run(folder, asked, attendance) {
      if (!Value.Check(schema, asked)) throw new LamplighterError('invalid-request', `${name} does not take what it was given.`)
      return parts.run(folder, asked as A, attendance)
    },
    text: (result) => parts.text(result as R),
    hasFailed: (result) => parts.hasFailed?.(result as R) ?? false,
  }
}
