import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Lets the programs that tests start use what Node compiled for those before them; returns what takes it away. */
export default function shareCompiledCode(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-code-'))
  process.env.NODE_COMPILE_CACHE = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
