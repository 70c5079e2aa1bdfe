import { join } from 'node:path'
import { build, type InlineConfig } from 'vite'

/** What people look at: each folder has an `index.html`, and is built and served below its own address. */
const pages = [{ folder: 'console', base: '/' }] as const

const configOf = ({ folder, base }: (typeof pages)[number], outDir: string): InlineConfig => ({
  configFile: false,
  root: join(import.meta.dirname, folder),
  base,
  // These two stand here because NODE_ENV would choose debugging builds while tests run.
  resolve: { conditions: ['module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: join(outDir, base),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

/** Where `npm run build` puts them and the server looks for them. */
export const BUILT = join(import.meta.dirname, 'dist')

/** Builds all of them into one folder, the console first: it empties the folder. */
export async function buildDashboards(outDir = BUILT, logLevel: 'info' | 'error' = 'info'): Promise<void> {
  for (const page of pages) await build({ ...configOf(page, outDir), logLevel })
}

if (import.meta.main) await buildDashboards()
