import { describe, expect, test } from 'vitest'
import { chromium, login, useRealConsole } from './real-console.ts'

/** The whole product with nothing made up: the real server, a real MQTT client, a real browser. */
describe.skipIf(!chromium)('from a device to the wall', () => {
  const city = useRealConsole({
    facilities: [
      { id: 'GS-1', kind: 'gas-station', name: 'South gate', district: 'Harbour', position: [114.6, 37.9] },
      { id: 'PS-1', kind: 'pump-station', name: 'River pumps', district: 'Harbour', position: [114.61, 37.91] },
      { id: 'LC-1', kind: 'light-cabinet', name: 'Quay cabinet', district: 'Harbour', position: [114.62, 37.9] },
      {
        id: 'SL-1',
        kind: 'street-light',
        name: 'Quay 1',
        district: 'Harbour',
        position: [114.62, 37.901],
        fedBy: 'LC-1',
        gateway: 'LC-1',
      },
    ],
  })

  test('a leak appears, is acknowledged by a key, and the server knows', async () => {
    const page = await city.open('/', { login: null })
    await page.locator('input[type=password]').fill(login.password)
    await page.locator('input').first().fill(login.name)
    await page.keyboard.press('Enter')
    await page.locator('.console[data-link=live]').waitFor()
    await city.publish('gas-station', 'GS-1', { 'ch4-1': 25 })
    const row = page.locator('[role=row]', { hasText: 'GS-1' })
    await row.first().waitFor()
    await row.first().click()
    await page
      .getByRole('button', { name: /Acknowledge/ })
      .first()
      .waitFor()
    await page.keyboard.press('a')
    const by = () => [...city.app.services.liveAlarms()].map((alarm) => alarm.acknowledged?.by)
    await expect.poll(by, { timeout: 10_000 }).toEqual([login.name])
    await row.getByText('ACK', { exact: true }).first().waitFor()
  })

  test('a value appears on the open facility page', async () => {
    const page = await city.openLive('/facilities/PS-1')
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.437 })
    await page.getByText('0.437').first().waitFor()
  })

  test('a server that goes away is shown, and one that comes back takes over', async () => {
    const page = await city.openLive('/')
    const { port } = new URL(city.app.url)
    await city.stopServer()
    await page.locator('.console[data-link=disconnected]').waitFor()
    await city.startServer(port)
    await page.locator('.console[data-link=live]').waitFor()
    await page.locator('[role=row]', { hasText: 'GS-1' }).first().waitFor()
  })
})
