import { auditCommand } from './audit-command.ts'
import { backupCommand } from './backup-command.ts'
import { compactCommand } from './compact-command.ts'
import { exportCommand } from './export-command.ts'
import type { FolderCommand } from './folder-command.ts'
import { importCommand } from './import-command.ts'
import { resetAdminCommand } from './reset-admin-command.ts'
import { statsCommand } from './stats-command.ts'
import { verifyCommand } from './verify-command.ts'

/** What "npm run db" and the server can do with a data folder; a new command is one more here. */
export const folderCommands: ReadonlyMap<string, FolderCommand> = new Map(
  [statsCommand, verifyCommand, auditCommand, compactCommand, backupCommand, exportCommand, importCommand, resetAdminCommand].map(
    (command) => [command.name, command],
  ),
)
