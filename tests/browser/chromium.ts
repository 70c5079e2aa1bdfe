import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { buildDashboards } from '../../dashboards/build.ts'

/**
 * The built console, in a folder that no test of another run writes into. All files of a run share one build, which the first that asks makes
 * (`CONSOLE_BUILD`, see console-build.ts); a program of its own makes its own.
 */
export async function buildConsole(): Promise<{ folder: string; remove(): Promise<void> }> {
  const shared = process.env.CONSOLE_BUILD
  if (!shared) {
    const folder = await mkdtemp(join(tmpdir(), 'console-'))
    await buildInto(folder)
    return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
  }
  const folder = join(shared, 'dist')
  const isFirst = await mkdir(join(shared, 'begun')).then(
    () => true,
    () => false,
  )
  if (isFirst) {
    await buildInto(folder)
    await writeFile(join(shared, 'done'), '')
  }
  for (const end = Date.now() + BUILD_PATIENCE; !existsSync(join(shared, 'done')); await pause(100)) {
    if (Date.now() > end) throw new Error('The console was not built; the file that began it has failed.')
  }
  return { folder, remove: async () => {} }
}

const BUILD_PATIENCE = 45_000
const buildInto = (outDir: string) => buildDashboards(outDir, 'error')

export function launchChromium(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic']
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet, ...more] })
}

export interface Visit {
  path?: string
  theme?: 'dark' | 'light'
  language?: 'en' | 'zh'
  width?: number
  height?: number
  /** Pixels of the screen for each of the page. */
  scale?: number
  /** Whether hints are shown, as they are to who opens a page for the first time. */
  hints?: boolean
  login?: { name: string; password: string } | null
  /** Done to the browser profile before the page is opened. */
  prepare?: (context: BrowserContext) => Promise<unknown>
}

/** Opens a page of the console in a fresh browser profile, signed in unless told otherwise. */
export async function visit(
  browser: Browser,
  url: string,
  { path = '/', theme = 'dark', language = 'en', width = 1366, height = 768, scale = 1, hints = false, login, prepare }: Visit,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, reducedMotion: 'reduce' })
  await context.addInitScript(
    ([wanted, spoken, hinted]) => {
      localStorage.setItem('console.theme', wanted as string)
      localStorage.setItem('console.language', spoken as string)
      if (!hinted) localStorage.setItem('console.hints', 'off')
    },
    [theme, language, hints] as const,
  )
  await prepare?.(context)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  if (login) await page.request.post(`${url}/api/session`, { data: login, headers: { origin: url } })
  await page.goto(url + path)
  return page
}

/** Presses and lets go as a slow finger does: what the press changes on the page has happened before it ends, wherever that leaves the target. */
export async function pressSlowly(target: Locator): Promise<void> {
  const page = target.page()
  const { x, y, width, height } = (await target.boundingBox()) as { x: number; y: number; width: number; height: number }
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.mouse.down()
  await page.waitForTimeout(300)
  await page.mouse.up()
}

const axeScript = join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js')

interface Violation {
  id: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

/** The rules of axe that look at colours. */
export const colourRules = ['color-contrast', 'link-in-text-block'] as const

/** What axe finds wrong on the page as it is now, in words; all its rules run unless some are named. */
export async function findViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Evaluated and not added as a script, which the server's content security policy rightly blocks.
  const isThere = await page.evaluate(() => 'axe' in window)
  if (!isThere) await page.evaluate(readFileSync(axeScript, 'utf8'))
  const runOnly = rules && { runOnly: rules }
  const violations = await page.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } }
    return (await axe.run({ resultTypes: ['violations'], preload: false, ...only })).violations
  }, runOnly)
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 160)}\n  ${failureSummary}`),
  )
}
