import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'

const HEAP_EVERY = 15_000
/** The page settles so long before it is measured, ms. */
const SETTLE = 5000

export interface PageFigures {
  framesPerSecond: number
  /** Fewest frames in any of the seconds. */
  worstSecond: number
  /** CPU time of the main thread as a share of the time, and what of it scripts take. */
  mainThread: number
  script: number
  heapStart: number
  /** Bytes an hour after garbage was collected, by least squares over the run; NaN where it was too short to say. */
  heapGrowth: number
  layoutShift: number
}

interface PageBench {
  firstRow: number | null
  shift: number
  frames: number[]
  counting: boolean
  seen: Record<string, number>
}

interface Shift {
  startTime: number
  value: number
  hadRecentInput: boolean
}

/** Watches from before the page's own code: when the first alarm row came, how much the layout moved, which facilities had a row when. */
function watchPage(): void {
  const bench: PageBench = { firstRow: null, shift: 0, frames: [], counting: false, seen: {} }
  Object.assign(window, { bench })
  let [first, last, run] = [0, 0, 0]
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput } of list.getEntries() as unknown as Shift[]) {
      if (hadRecentInput) continue
      // As cumulative layout shift is defined: the worst run of at most 5 s without a second of rest.
      if (startTime - last > 1000 || startTime - first > 5000) [first, run] = [startTime, 0]
      last = startTime
      run += value
      bench.shift = Math.max(bench.shift, run)
    }
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const rows = document.querySelectorAll('.rows .row')
    if (rows.length > 0) bench.firstRow ??= performance.now()
    for (const row of rows) {
      const id = row.children[4]?.textContent ?? ''
      bench.seen[id] ??= Date.now()
    }
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

const benchOf = (page: Page) => page.evaluate(() => (window as unknown as { bench: PageBench }).bench)

export async function openPage(browser: Browser, url: string, cookie: string, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
  const cookies = cookie.split('; ').map((one) => ({ name: one.slice(0, one.indexOf('=')), value: one.slice(one.indexOf('=') + 1), url }))
  await context.addCookies(cookies)
  await context.addInitScript(watchPage)
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(url + path)
  return page
}

/** Ms from the start of loading, with nothing in the cache, to the first row of an alarm. */
export async function firstRow(browser: Browser, url: string, cookie: string): Promise<number> {
  const page = await openPage(browser, url, cookie, '/')
  await page.locator('.rows .row').first().waitFor()
  const { firstRow } = await benchOf(page)
  await page.context().close()
  return firstRow as number
}

/** When rows of facilities came on screen, ms since 1970, by facility. */
export const seenRows = async (page: Page): Promise<Record<string, number>> => (await benchOf(page)).seen

export async function measurePage(page: Page, seconds: number): Promise<PageFigures> {
  await page.locator('.console[data-link=live]').waitFor()
  await pause(SETTLE)
  const cdp = await page.context().newCDPSession(page)
  // In CPU time, so that a busy machine does not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await cdp.send('HeapProfiler.enable')
  const heaps = [await heapOf(cdp)]
  const before = await metricsOf(cdp)
  const begun = Date.now()
  await page.evaluate(() => {
    const { bench } = window as unknown as { bench: PageBench }
    Object.assign(bench, { counting: true, frames: [] })
    const count = (at: number) => {
      bench.frames.push(at)
      if (bench.counting) requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  const end = Date.now() + seconds * 1000
  let collecting = 0
  let paused = 0
  while (Date.now() < end) {
    await pause(Math.min(HEAP_EVERY, end - Date.now()))
    if (seconds * 1000 < 2 * HEAP_EVERY) continue
    const [stopped, cpu] = [Date.now(), await metricsOf(cdp)]
    heaps.push(await heapOf(cdp))
    paused += Date.now() - stopped
    collecting += (await metricsOf(cdp)).TaskDuration - cpu.TaskDuration
  }
  const frames = await page.evaluate(() => {
    const { bench } = window as unknown as { bench: PageBench }
    bench.counting = false
    return bench.frames
  })
  const after = await metricsOf(cdp)
  const { shift } = await benchOf(page)
  const [first, last] = [frames[0] as number, frames.at(-1) as number]
  // What the measuring itself takes, collecting garbage, is not counted.
  const time = (Date.now() - begun - paused) / 1000
  return {
    framesPerSecond: ((frames.length - 1) / (last - first - paused)) * 1000,
    worstSecond: worstSecond(frames),
    mainThread: (after.TaskDuration - before.TaskDuration - collecting) / time,
    script: (after.ScriptDuration - before.ScriptDuration) / time,
    heapStart: (heaps[0] as Heap).bytes,
    heapGrowth: slope(heaps.slice(2)) * 3_600_000,
    layoutShift: shift,
  }
}

function worstSecond(frames: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const at of frames) counts.set(Math.floor(at / 1000), (counts.get(Math.floor(at / 1000)) ?? 0) + 1)
  // The first and last are no whole seconds.
  return Math.min(...[...counts.values()].slice(1, -1))
}

interface Heap {
  at: number
  bytes: number
}

async function heapOf(cdp: CDPSession): Promise<Heap> {
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize, ...more } = await cdp.send('Runtime.getHeapUsage')
  const { backingStorageSize = 0 } = more as { backingStorageSize?: number }
  return { at: Date.now(), bytes: usedSize + backingStorageSize }
}

async function metricsOf(cdp: CDPSession): Promise<Record<'TaskDuration' | 'ScriptDuration', number>> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value])) as Awaited<ReturnType<typeof metricsOf>>
}

/** Bytes per ms by least squares. */
function slope(heaps: readonly Heap[]): number {
  if (heaps.length < 4) return Number.NaN
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length
  const [at, bytes] = [mean(heaps.map((heap) => heap.at)), mean(heaps.map((heap) => heap.bytes))]
  const product = heaps.reduce((sum, heap) => sum + (heap.at - at) * (heap.bytes - bytes), 0)
  return product / heaps.reduce((sum, heap) => sum + (heap.at - at) ** 2, 0)
}
