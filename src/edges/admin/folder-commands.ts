import type { FolderCommand } from './folder-command.ts'
import { statsCommand } from './stats-command.ts'

/** What "npm run db" and the server can do with a data folder; a new command is one more here. */
export const folderCommands: ReadonlyMap<string, FolderCommand> = new Map([statsCommand].map((command) => [command.name, command]))
