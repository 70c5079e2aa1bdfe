import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BusyCity, busyFacilities, fillCity } from './busy-city.ts'
import { colourRules, findViolations } from './chromium.ts'
import { consoleAddresses, routedShapes, shapesOf } from './console-pages.ts'
import { findLayoutFaults } from './layout-checks.ts'
import { chromium, useRealConsole } from './real-console.ts'

const languages = ['en', 'zh'] as const
/** The smallest is 1366 x 768 at 200 %; the last is what pages are opened at. */
const sizes = [
  [1920, 1080],
  [3840, 2160],
  [683, 384],
  [1366, 768],
] as const
/** 1366 x 768 at 200 %. */
const zoomed = { width: 683, height: 384, scale: 2 }
/** ms without a request after which a page shows what it has. */
const QUIET = 120
const PATIENCE = 15_000
/** ms after which a page is looked at in a new size, and again later where something is at fault. */
const SETTLING = 50
/** ms that the header may take to fit a new width. */
const FITTING = 1000

test('the table of addresses is complete', () => {
  expect(consoleAddresses.map(({ shape }) => shape).toSorted()).toEqual(routedShapes().toSorted())
})

test('a pattern of addresses is read as all that it matches', () => {
  expect(shapesOf('\\/(a(\\/[^/]+(\\/(b|c))?)?\\/?|floods\\/\\d+)')).toEqual(['/a', '/a/:id', '/a/:id/b', '/a/:id/c', '/floods/:n'])
  expect(() => shapesOf('\\/a.*')).toThrow(/cannot be read/)
})

/** Goes through pages as the back button does, without loading the console anew, and waits until each has what it asked for. */
function follow(page: Page) {
  let open = 0
  let last = performance.now()
  const isCounted = (url: string) => !url.includes('/socket.io/')
  page.on('request', (request) => {
    if (isCounted(request.url())) open++
  })
  const ended = (url: string) => {
    if (isCounted(url)) open--
    last = performance.now()
  }
  page.on('requestfinished', (request) => ended(request.url()))
  page.on('requestfailed', (request) => ended(request.url()))
  const settle = async () => {
    for (const end = performance.now() + PATIENCE; performance.now() < end; ) {
      await page.waitForTimeout(QUIET / 3)
      // The code of a page may not even have been asked for yet on a busy machine.
      if (open <= 0 && performance.now() - last >= QUIET && (await page.locator('h1').count()) > 0) break
    }
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }
  return {
    settle,
    async go(path: string) {
      last = performance.now()
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, path)
      await settle()
    },
  }
}

describe.skipIf(!chromium)('every page', { timeout: 600_000 }, () => {
  const console = useRealConsole({ facilities: busyFacilities, settings: { SERVER_ID: 'lamplighter', PUBLIC_URL: 'https://lamp.example' } })
  let paths: readonly string[]
  let city: BusyCity
  beforeAll(async () => {
    city = await fillCity(console)
    paths = [...consoleAddresses.flatMap((address) => address.paths(city)), '/no-such-page']
  }, 90_000)

  /** Looks at every page and gathers where each fault is found; `look` says what it finds, and how the window was then. */
  async function gather(page: Page, look: () => Promise<readonly { fault: string; when: string }[]>): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {}
    const { go } = follow(page)
    for (const path of paths) {
      await go(path)
      for (const { fault, when } of await look()) found[fault] = [...(found[fault] ?? []), `${path} ${when}`.trim()]
    }
    await page.context().close()
    return found
  }

  /** In both languages at once, which is what takes its time. */
  const inBoth = async (work: (language: 'en' | 'zh') => Promise<object>) => {
    const [en, zh] = await Promise.all([work('en'), work('zh')])
    return { en, zh }
  }
  const nothing = { en: {}, zh: {} }
  const layout = async (page: Page, when: string) => {
    const first = await page.evaluate(findLayoutFaults)
    // The navigation fits itself to a new width a moment later, on a busy machine a longer one; what stays is a fault.
    if (first.length > 0) await page.waitForTimeout(FITTING)
    const faults = first.length > 0 ? await page.evaluate(findLayoutFaults) : first
    return faults.map((fault) => ({ fault, when }))
  }

  test('has no barrier, dark, and room at every size', async () => {
    const found = await inBoth(async (language) => {
      const page = await console.openLive('/', { language })
      return gather(page, async () => {
        const faults: { fault: string; when: string }[] = (await findViolations(page)).map((fault) => ({ fault, when: '' }))
        // Chinese words are the shorter ones: where there is room for English on a large screen there is room for them.
        for (const [width, height] of language === 'en' ? sizes : sizes.slice(-2)) {
          await page.setViewportSize({ width, height })
          await page.waitForTimeout(SETTLING)
          faults.push(...(await layout(page, `${width}x${height}`)))
        }
        return faults
      })
    })
    expect(found).toEqual(nothing)
  })

  // The themes differ in colours and in nothing else, and colours know no language.
  test('has contrast, light', async () => {
    const page = await console.openLive('/', { theme: 'light', language: 'zh' })
    expect(await gather(page, async () => (await findViolations(page, colourRules)).map((fault) => ({ fault, when: '' })))).toEqual({})
  })

  test.each(languages)('has no barrier and room before anybody is signed in, %s', async (language) => {
    for (const path of ['/', '/invitation#none']) {
      const page = await console.open(path, { language, login: null, ...zoomed })
      await page.locator('h1, h2, .problem').first().waitFor()
      expect([...(await findViolations(page)), ...(await layout(page, ''))]).toEqual([])
      await page.context().close()
    }
  })
})
