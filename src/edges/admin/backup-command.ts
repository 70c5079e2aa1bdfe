import { resolve } from 'node:path'
import Type from 'typebox'
import { number, text, value } from '../../command-line.ts'
import { type BackupResult, backUp, pruneBackups } from '../../storage/embedded/backup.ts'
import { VERSION } from '../../version.ts'
import { bytesText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

export const backupCommand = folderCommand({
  name: 'backup',
  usage: 'backup --to FOLDER [options]',
  about: `Backs up state, time series and journal, as of one time, also while the server works.
Each backup gets a folder of its own in FOLDER; days that an earlier one there has unchanged are shared with it. Time series in
InfluxDB are not in it: back them up with its own tools. Ctrl-C leaves nothing behind.`,
  options: {
    to: value('FOLDER', 'where backups are kept; not in the data folder', undefined, text),
    keep: value('N', 'newest backups of this data folder to keep; all when it is not given', undefined, number(1, 10_000, true)),
  },
  examples: ['backup --to /mnt/backups --keep 14'],
  check: ({ to }) => (to === undefined ? ['--to is needed: where backups are kept'] : []),
  ask: ({ to = '', keep }): { to: string; keep?: number } => ({ to: resolve(to), ...(keep !== undefined && { keep }) }),
  asked: Type.Object({ to: Type.String({ minLength: 1 }), keep: Type.Optional(Type.Integer({ minimum: 1 })) }),
  async run(folder, { to, keep }, attendance): Promise<BackupResult & { removed: string[] }> {
    const result = await backUp({ folder, target: to, version: VERSION, ...attendance })
    return { ...result, removed: keep === undefined ? [] : await pruneBackups(result.path, keep) }
  },
  text: ({ path, files, bytes, shared, unreadable, renewed, manifest: { journal }, removed }) =>
    [
      `${path}: ${files} files, ${bytesText(bytes)}${shared > 0 ? `, of which ${bytesText(shared)} are shared with an earlier backup` : ''}`,
      ...(journal ? [`messages up to ${journal.newest} are in it`] : []),
      ...unreadable.map((one) => `${one} cannot be read and is not in it`),
      ...renewed.map(
        (one) => `${one} of earlier backups has changed on their disk: it was copied anew, and they cannot be restored as they are`,
      ),
      ...removed.map((one) => `removed ${one}`),
    ].join('\n'),
})
