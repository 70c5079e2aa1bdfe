import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../src/access/scope.ts'
import { noLight, SLOT, slotOf } from '../../src/operations/lamp-history.ts'
import { findViolations } from './chromium.ts'
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
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Lamp-on rate' }).waitFor({ state: 'detached' })
  })

  test('begin on the wall, which says by night how many lamps burn', async () => {
    const { services } = city.app
    const light = { query: 'kind=street-light', programme: null, from: Date.now() - 1000, until: Date.now() + 600_000, reason: 'test' }
    const asked = services.programmes.addOverride({ ...light, level: 100 }, 'admin', WHOLE_CITY)
    const page = await city.openLive('/')
    // Nothing is known of it yet.
    await page.getByRole('link', { name: /^Lamp-on rate ≥ 0.0 % target 96.0 %/ }).waitFor({ timeout: 25_000 })
    await city.publish('street-light', 'SL-1', { 'dim-command': 100, 'dim-actual': 100, power: 119, voltage: 226 })
    const rate = page.getByRole('link', { name: /^Lamp-on rate 100.0 % target 96.0 %/ })
    await rate.waitFor({ timeout: 25_000 })
    expect(await findViolations(page)).toEqual([])
    await rate.click()
    await page.getByRole('heading', { name: 'Lamp-on rate' }).waitFor()
    services.programmes.endOverride(asked.id, 'over', 'admin', WHOLE_CITY)
    await page.close()
  })

  test('show how roads were lit, one of them in the plot, and give it as a file', async () => {
    const now = slotOf(Date.now())
    const date = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10)
    const place = (road: string) => ({ district: '', road, roadClass: 'main' as const, keyArea: false, feeder: 'LC-1' })
    for (let i = 1; i <= 6; i++) {
      city.app.services.state.lampHistory.add(now - i * SLOT, date, [
        { place: place('Hongqi Road'), light: { ...noLight(), lit: 45, dark: 5, drawn: 4000, full: 5400, due: 6000, night: 6000 } },
        { place: place('Dongfeng Road'), light: { ...noLight(), lit: 50, drawn: 6000, full: 6000, due: 6000, night: 6000 } },
      ])
    }
    const page = await city.openLive('/operations?view=history')
    const rows = page.getByRole('region', { name: 'Lamp-on rate' }).getByRole('row')
    await rows.nth(2).waitFor()
    expect((await rows.nth(2).textContent())?.startsWith('Hongqi Road90.0 %')).toBe(true)
    await page.getByRole('button', { name: 'Show Hongqi Road in the plot' }).click()
    await page.getByRole('heading', { name: 'Lamp-on rate: Hongqi Road' }).waitFor()
    expect(new URL(page.url()).searchParams.get('key')).toBe('Hongqi Road')
    expect(await page.getByRole('slider', { name: 'Lamp-on rate: Hongqi Road' }).getAttribute('aria-valuemax')).toBe('5')
    expect(await findViolations(page)).toEqual([])
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'As CSV' }).click()
    const file = readFileSync(await (await saved).path(), 'utf8')
    expect(file.split('\r\n').find((line) => line.startsWith('Hongqi Road'))).toMatch(/^Hongqi Road,[\d-]+,90,90,90,98,missed,25,22.5,2.5,/)

    await page.getByRole('link', { name: 'Energy and savings' }).click()
    await page.getByText(/^5\.0 kWh$/).waitFor()
    // A lamp that was dark saved nothing: 1.4 kW for half an hour of 12 kW.
    await page.getByText('11.6 % saved against full power').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.goBack()
    await page.getByRole('heading', { name: 'Lamp-on rate: Hongqi Road' }).waitFor()
  })
})
