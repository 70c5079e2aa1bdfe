import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'

/** What people look at: each folder has an `index.html`, and is built and served below its own address. */
const pages: readonly Built[] = [
  { folder: 'console', base: '/' },
  // Citizens come with what they have: browsers since 2017 know modules.
  { folder: 'report', base: '/report/', target: 'es2017' },
  { folder: 'crew', base: '/crew/', worker: 'src/worker/worker.ts' },
]

interface Built {
  folder: string
  base: string
  /** Oldest browsers it is for; those of staff when absent. */
  target?: string
  /** Service worker that keeps the page for times without a network; built to `sw.js`. */
  worker?: string
}

const shared = {
  configFile: false,
  // These two stand here because NODE_ENV would choose debugging builds while tests run.
  resolve: { conditions: ['module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
} as const satisfies InlineConfig

const configOf = ({ folder, base, target = 'es2022' }: Built, outDir: string): InlineConfig => ({
  ...shared,
  root: join(import.meta.dirname, folder),
  base,
  build: {
    outDir: join(outDir, base),
    emptyOutDir: true,
    target,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

/** What the worker keeps, and a name that changes with any of it, so that browsers take the page for a new version exactly when it is one. */
function shellOf(base: string, folder: string): { files: string[]; build: string } {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\//, ''))
    .sort()
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(folder, name)))
  return {
    files: names.map((name) => base + (name === 'index.html' ? '' : name)),
    build: hash.digest('hex').slice(0, 16),
  }
}

async function buildWorker({ folder, base }: Built, worker: string, outDir: string, logLevel: 'info' | 'error'): Promise<void> {
  const shell = shellOf(base, join(outDir, base))
  await build({
    ...shared,
    logLevel,
    root: join(import.meta.dirname, folder),
    publicDir: false,
    define: { SHELL: JSON.stringify(shell.files), BUILD: JSON.stringify(shell.build) },
    build: {
      outDir: join(outDir, base),
      emptyOutDir: false,
      target: 'es2022',
      rollupOptions: { input: join(import.meta.dirname, folder, worker), output: { format: 'iife', entryFileNames: 'sw.js' } },
    },
  })
}

/** Where `npm run build` puts them and the server looks for them. */
export const BUILT = join(import.meta.dirname, 'dist')

/** Builds all of them into one folder, the console first: it empties the folder. */
export async function buildDashboards(outDir = BUILT, logLevel: 'info' | 'error' = 'info'): Promise<void> {
  for (const page of pages) {
    await build({ ...configOf(page, outDir), logLevel })
    if (page.worker) await buildWorker(page, page.worker, outDir, logLevel)
  }
}

if (import.meta.main) await buildDashboards()
