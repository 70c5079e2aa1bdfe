import { join } from 'node:path'
import { defineConfig } from 'vite'

/** Builds the console, and later the other pages people look at; the server serves the result. */
export default defineConfig({
  root: join(import.meta.dirname, 'dashboards', 'console'),
  base: '/',
  // These two stand here because NODE_ENV would choose debugging builds while tests run.
  resolve: { conditions: ['module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
