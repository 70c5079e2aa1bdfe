import { describe, expect, test } from 'vitest'
import { chromium, useRealConsole } from './real-console.ts'

describe.skipIf(!chromium)('the duties of the bureau', () => {
  const city = useRealConsole({ facilities: [{ id: 'SL-1', kind: 'street-light', road: 'Yuhua Road', position: [114.6, 37.9] }] })

  test('are reached from the navigation, and their bar says where one is', async () => {
    const page = await city.openLive('/map')
    await page.getByRole('navigation').getByRole('link', { name: 'Operations' }).first().click()
    await page.getByRole('heading', { name: 'Lamp-on rate' }).waitFor()
    const bar = page.getByRole('navigation', { name: 'Operations' })
    expect(await bar.locator('[aria-current=page]').allTextContents()).toEqual(['Lamp-on rate'])
    await page.getByRole('row', { name: /^Yuhua Road/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Lamp-on rate' }).waitFor({ state: 'detached' })
  })
})
