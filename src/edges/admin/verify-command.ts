import Type from 'typebox'
import { flag } from '../../command-line.ts'
import { type Verified, verifyFolder } from '../../storage/embedded/folder-verify.ts'
import { bytesText } from './bytes-text.ts'
import { folderCommand } from './folder-command.ts'

export const verifyCommand = folderCommand({
  name: 'verify',
  usage: 'verify [options]',
  about: `Reads everything and tells what is damaged: every block of the journal, every value of every day, every page of the state.
Ends with code 1 when something is.`,
  options: { repair: flag('move day files that cannot be read to the folder "damaged", so that the rest can be used') },
  ask: ({ repair }) => ({ repair }),
  asked: Type.Object({ repair: Type.Boolean() }),
  run: (folder, { repair }, attendance): Promise<Verified> => verifyFolder({ folder, repair, ...attendance }),
  text: ({ findings, days, segments, messages, stateBytes }) =>
    [
      ...findings.map(({ path, problem, advice }) => `${path}: ${problem}\n  ${advice}`),
      `${findings.length === 0 ? 'All is sound' : `${findings.length} problems`}: ${days} days, ${messages} messages in ${segments} files of the journal, ${bytesText(stateBytes)} of state`,
    ].join('\n'),
  hasFailed: ({ findings }) => findings.length > 0,
})
