import { defineConfig } from 'vite'

/** Builds the console, and later the other pages people look at; the server serves the result. */
export default defineConfig({
  root: 'dashboards/console',
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
