import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Longest path that every system takes for a Unix socket, bytes; Linux takes 107, macOS 103. */
const LONGEST_SOCKET_PATH = 100

/**
 * Where the server of a data folder listens for commands: in the folder, or, where its path is too long for a socket, under a name made from it
 * in the system's folder for temporary files; a named pipe on Windows. The folder must exist.
 */
export function socketPath(folder: string, platform: NodeJS.Platform = process.platform): string {
  const real = realpathSync(folder)
  const name = `lamplighter-${createHash('sha256').update(real).digest('hex').slice(0, 16)}`
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`
  const inside = join(real, SOCKET_NAME)
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), `${name}.sock`)
}

/** Name of the socket in the data folder. */
export const SOCKET_NAME = 'server.sock'
