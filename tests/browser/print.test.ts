import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { chromium, useRealConsole } from './real-console.ts'

/** More than a screen has room for. */
const COUNT = 120
const lamps = Array.from({ length: COUNT }, (_, i) => ({ id: `SL-${i + 1}`, kind: 'street-light', name: `Quay lamp ${i + 1}` }))

describe.skipIf(!chromium)('on paper', { timeout: 60_000 }, () => {
  const city = useRealConsole({ facilities: [...lamps, { id: 'PS-1', kind: 'pump-station', name: 'River pumps' }] })

  beforeAll(async () => {
    for (const { id } of lamps) await city.publish('street-light', id, { 'on-hours': 58_000 })
    const now = Date.now()
    for (let ago = 3000; ago > 0; ago -= 60)
      await city.publish('pump-station', 'PS-1', { flow: 200 + (ago % 7), running: true }, now - ago * 1000)
    await vi.waitUntil(() => [...city.app.services.liveAlarms()].length >= COUNT, { timeout: 15_000 })
  })

  /** Prints the page and answers with what `look` finds in it when the sheets are laid out. */
  async function printed<T>(page: Page, look: () => T): Promise<T> {
    await page.evaluate(`addEventListener('beforeprint', () => { window.found = (${look})() }, { once: true })`)
    await page.pdf({ format: 'A4' })
    return page.evaluate(() => (window as unknown as { found: T }).found)
  }

  test('the wall prints every alarm of its list, and shows only those in sight again afterwards', async () => {
    const page = await city.openLive('/')
    await page.getByRole('button', { name: 'Show them' }).click()
    await page.locator('.rows .row').first().waitFor()
    await page.locator('.wall .alarm-print').waitFor({ state: 'attached' })
    const rows = await printed(page, () => document.querySelectorAll('.wall .alarm-print tbody tr').length)
    expect(rows).toBe([...city.app.services.liveAlarms()].length)
    expect(await page.locator('.alarm-print tr').count()).toBe(0)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.wall .list').isVisible()).toBe(false)
  })

  test('plots are drawn on white and as wide as the paper, however printing is begun', async () => {
    const page = await city.openLive('/facilities/PS-1')
    await page.locator('.trends .plot canvas').first().waitFor()
    const look = () => {
      const canvas = document.querySelector('.trends .plot canvas') as HTMLCanvasElement
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
      let dark = 0
      for (let i = 0; i < data.length; i += 4) if ((data[i + 3] as number) > 200 && (data[i] as number) < 60) dark++
      return { width: canvas.clientWidth, dark }
    }
    const onScreen = await page.evaluate(look)
    const onPaper = await printed(page, look)
    expect(onScreen.width).toBeGreaterThan(700)
    expect(onPaper.width).toBeLessThanOrEqual(700)
    // The curve is dark on paper, light on the dark screen.
    expect(onPaper.dark).toBeGreaterThan(onScreen.dark + 100)
    await vi.waitUntil(async () => (await page.evaluate(look)).width === onScreen.width, { timeout: 10_000 })
  })
})
