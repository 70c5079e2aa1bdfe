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
  /** Bytes an hour after garbage was collected, by least squares over the last two thirds of the run; NaN where it was too short to say. */
  heapGrowth: number
  layoutShift: number
  /** What moved in the five seconds that moved most: how much, when, which element, its box before and after in CSS pixels. */
  moved: readonly string[]
}

interface PageBench {
  firstRow: number | null
  shift: number
  /** What moved in the run that moved most. */
  moved: string[]
  /** Frames of each second. */
  frames: number[]
  counting: boolean
  watching: boolean
  watch(): void
  seen: Record<string, number>
}

interface Shift {
  startTime: number
  value: number
  hadRecentInput: boolean
  sources: readonly { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[]
}

/** Watches from before the page's own code: when the first alarm row came, how much the layout moved, which facilities had a row when. */
function watchPage(): void {
  const bench: PageBench = { firstRow: null, shift: 0, moved: [], frames: [], counting: false, watching: false, watch: () => {}, seen: {} }
  Object.assign(window, { bench })
  let [first, last, run] = [0, 0, 0]
  let moved: string[] = []
  const placeOf = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ')
  const wordsOf = ({ node, previousRect, currentRect }: Shift['sources'][number]) => {
    const element = node instanceof Element ? node : node?.parentElement
    return `${element?.tagName.toLowerCase() ?? 'gone'}.${element?.className ?? ''} from ${placeOf(previousRect)} to ${placeOf(currentRect)}`
  }
  new PerformanceObserver((list) => {
    for (const { startTime, value, hadRecentInput, sources } of list.getEntries() as unknown as Shift[]) {
      if (hadRecentInput) continue
      // As cumulative layout shift is defined: the worst run of at most 5 s without a second of rest.
      if (startTime - last > 1000 || startTime - first > 5000) [first, run, moved] = [startTime, 0, []]
      last = startTime
      run += value
      moved = [...moved, ...sources.map((source) => `${value.toFixed(3)} at ${Math.round(startTime)} ms: ${wordsOf(source)}`)].slice(-20)
      if (run > bench.shift) Object.assign(bench, { shift: run, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
  const look = () => {
    const rows = document.querySelectorAll('.rows .row')
    if (rows.length > 0) bench.firstRow ??= performance.now()
    for (const row of rows) {
      const id = row.children[4]?.textContent ?? ''
      if (bench.watching) bench.seen[id] ??= Date.now()
    }
    // What is measured later must not be this.
    if (bench.firstRow !== null && !bench.watching) observer.disconnect()
  }
  const observer = new MutationObserver(look)
  bench.watch = () => observer.observe(document, { childList: true, subtree: true })
  bench.watch()
}

const benchOf = (page: Page) => page.evaluate(() => (window as unknown as { bench: PageBench }).bench)

/** Notes from now on when rows of facilities come on screen. */
export const watchRows = (page: Page) =>
  page.evaluate(() => {
    const { bench } = window as unknown as { bench: PageBench }
    bench.watching = true
    bench.watch()
  })

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
    const begun = performance.now()
    const count = (at: number) => {
      const second = Math.max(0, Math.floor((at - begun) / 1000))
      bench.frames[second] = (bench.frames[second] ?? 0) + 1
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
  const { shift, moved } = await benchOf(page)
  // The last is no whole second; one without a frame has a hole.
  const whole = Array.from(frames.slice(0, -1), (count) => count ?? 0)
  // What the measuring itself takes, collecting garbage, is not counted.
  const time = (Date.now() - begun - paused) / 1000
  return {
    framesPerSecond: whole.reduce((sum, count) => sum + count, 0) / (whole.length - paused / 1000),
    worstSecond: Math.min(...whole),
    mainThread: (after.TaskDuration - before.TaskDuration - collecting) / time,
    script: (after.ScriptDuration - before.ScriptDuration) / time,
    heapStart: (heaps[0] as Heap).bytes,
    heapGrowth: slope(heaps.slice(Math.ceil(heaps.length / 3))) * 3_600_000,
    layoutShift: shift,
    moved,
  }
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
