import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const LONG_NAME = 'a-person-with-quite-a-long-name'
const sizes = [
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
  // 1366 and 1920 at 200 %.
  [683, 384],
  [960, 540],
  [390, 844],
  [320, 640],
] as const

/** Names of the parts of the header that are cut off, or that lie on one another. */
const misplaced = (page: Page) =>
  page.evaluate(() => {
    const parts = [...document.querySelectorAll('.header > *, .header .links > a, .header nav > .menu')]
      .filter((part) => getComputedStyle(part).visibility !== 'hidden' && part.tagName !== 'NAV')
      .map((part) => ({ name: part.textContent ?? '', box: part.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0)
    const isOut = (box: DOMRect) => box.left < 0 || box.right > innerWidth + 0.5
    const overlap = (a: DOMRect, b: DOMRect) =>
      a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5
    const cut = parts.filter(({ box }) => isOut(box)).map(({ name }) => `cut: ${name}`)
    const over = parts.flatMap((a, i) => parts.slice(i + 1).flatMap((b) => (overlap(a.box, b.box) ? [`${a.name} lies on ${b.name}`] : [])))
    return [...cut, ...over, ...(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])]
  })

describe.skipIf(!chromium)('the frame of the console', () => {
  const city = useRealConsole({ facilities: [{ id: 'GS-1', kind: 'gas-station', district: 'Harbour' }] })

  test.each(['en', 'zh'] as const)('has room at every size, in %s', async (language) => {
    const districts = ['Harbour', 'Old town', 'Airport', 'Industrial park']
    await city.addPerson(LONG_NAME, 'operator', { districts, domains: 'all' })
    for (const name of [login.name, LONG_NAME]) {
      const page = await city.openLive('/', { language, login: { ...login, name } })
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height })
        await expect.poll(() => misplaced(page), { message: `${width} x ${height}`, timeout: 20_000 }).toEqual([])
      }
      await page.context().close()
    }
  })

  test.each(['en', 'zh'] as const)('has room for all pages of who may see all, each with its digit, in %s', async (language) => {
    const page = await city.openLive('/', { language })
    for (const [width, height] of [
      [1366, 768],
      [1920, 1080],
      [3840, 2160],
    ] as const) {
      await page.setViewportSize({ width, height })
      await expect.poll(() => page.locator('.header nav .menu').count(), { message: `${width}`, timeout: 20_000 }).toBe(0)
      const digits = page.locator('nav .links a kbd').filter({ visible: true })
      await expect.poll(() => digits.count(), { message: `${width}`, timeout: 20_000 }).toBe(10)
    }
    await page.context().close()
  })

  test('pages without room are behind a button that keys open, go through and close', async () => {
    const page = await city.openLive('/', { width: 390, height: 844 })
    const more = page.getByRole('button', { name: 'More' })
    await more.focus()
    await page.keyboard.press('ArrowDown')
    const last = page.locator('nav .menu-panel a').last()
    const name = await last.textContent()
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name)
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('More')
    expect(page.url()).toBe(`${city.app.url}/`)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/administration')
    await expect.poll(() => page.locator('nav .menu-panel a').count()).toBe(0)
  })

  test('the digit shown beside a page opens it', async () => {
    const page = await city.openLive('/', { width: 1920, height: 1080 })
    const entries = await page
      .locator('nav .links a')
      .evaluateAll((links) => links.map((link) => [link.getAttribute('href'), link.querySelector('kbd')?.textContent]))
    expect(entries.length).toBeGreaterThan(4)
    // The eleventh page and on have none.
    for (const [href, digit] of entries.slice(0, 10)) {
      await page.keyboard.press(digit as string)
      await page.waitForURL(`${city.app.url}${href}`)
      // It may stand behind the button for those without room.
      await page.locator(`nav .links a[href="${href}"][aria-current=page]`).waitFor({ state: 'attached' })
    }
  })

  test('the menu of the person has no violations, and goes with the next click', async () => {
    const page = await city.openLive('/')
    await page.locator('.person > button').click()
    await page.locator('.person .menu-panel a').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.locator('.product').click()
    await expect.poll(() => page.locator('.person .menu-panel a').count()).toBe(0)
  })
})
