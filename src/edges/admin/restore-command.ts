import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, flag, readCommandLine, text, value } from '../../command-line.ts'
import { LamplighterError } from '../../errors.ts'
import { type RestoreResult, restore } from '../../storage/embedded/restore.ts'
import { askServer } from './admin-client.ts'
import { bytesText } from './bytes-text.ts'
import { type Attendance, commonOptions } from './folder-command.ts'

const options = {
  from: value('FOLDER', 'a backup, or a folder of backups, of which the newest is taken', undefined, text),
  replace: flag('put what the data folder holds aside, into a folder "replaced-…" in it'),
  ...commonOptions,
}

const command: Command<typeof options> = {
  usage: 'npm run db -- restore --from FOLDER [options]',
  about: `Puts a backup in the place of a data folder whose server is stopped.
Nothing is touched before every file was found to be what was backed up.`,
  options,
  examples: ['npm run db -- restore --from /mnt/backups --data /var/lib/lamplighter'],
}

/** Not one of the folder commands: it works without a data folder, and never beside a server. */
export const restoreCommand = {
  name: 'restore',
  about: command.about,
  read(args: readonly string[]) {
    const { values } = readCommandLine(command, ({ from }) => (from === undefined ? ['--from is needed: a backup'] : []), args)
    return { ...values, from: resolve(values.from ?? '') }
  },
  async run(folder: string, { from, replace }: { from: string; replace: boolean }, attendance: Attendance): Promise<RestoreResult> {
    if (existsSync(folder) && (await isServed(folder, attendance))) {
      throw new LamplighterError('action-refused', `A server works on ${folder}. Stop it first.`)
    }
    return restore({ from, folder, replace, now: Date.now(), ...attendance })
  },
  text: ({ from, at, files, bytes, replaced, left, unlinked }: RestoreResult) =>
    [
      `Restored ${from}, made at ${new Date(at).toISOString()}: ${files} files, ${bytesText(bytes)}`,
      ...(replaced ? [`What was there before is in ${replaced}; remove it when nobody needs it.`] : []),
      ...unlinked.map((name) => `${name} was a link; what was restored lies in the data folder itself.`),
      ...left.map((name) => `${name} is no part of a data folder, could not be moved, and was left where it is.`),
    ].join('\n'),
}

/** A server that does not know what it is asked is one all the same. */
const isServed = async (folder: string, attendance: Attendance) =>
  (await askServer(folder, '', null, attendance).catch(() => true)) !== null
