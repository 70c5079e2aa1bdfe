import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the files of a run a folder for the one build of the console that they share; returns what takes it away. */
export default function shareConsoleBuild(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'console-build-'))
  process.env.CONSOLE_BUILD = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
