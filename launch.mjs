// Runs a TypeScript program on Node 24 or newer: this Node if it is new enough, else the one packaged with the project.
// Kept in plain JavaScript of old Node versions, because it is what an old Node runs.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const WANTED_MAJOR = 24
const windows = process.platform === 'win32'
const packaged = [`node-${windows ? 'win' : process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
  .map((name) => join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node'))
  .find((path) => existsSync(path))
const node = Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR ? process.execPath : packaged

if (!node) {
  console.error(
    `Lamplighter needs Node ${WANTED_MAJOR} or newer; this is ${process.version} and no packaged Node was found for ${process.platform}-${process.arch}.\nInstall Node ${WANTED_MAJOR} from your system's packages, or run "npm ci" again without --omit=optional.`,
  )
  process.exit(2)
}

// Queries of the time series and writes of the journal share these threads; with Node's four the journal could wait for long queries.
const env = { UV_THREADPOOL_SIZE: '12', ...process.env }
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) =>
  process.exit(signal ? 128 + { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] || 1 : (code ?? 1)),
)
