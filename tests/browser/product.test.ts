import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { findProgram } from '../servers.ts'
import { buildConsole, launchChromium, visit } from './chromium.ts'

const chromium = findProgram('chromium')
const password = 'product-test-password'

/** The whole product with nothing made up: the real server, a real MQTT client, a real browser. */
describe.skipIf(!chromium)('from a device to the wall', () => {
  const folder = mkdtempSync(join(tmpdir(), 'product-'))
  let browser: Browser
  let built: Awaited<ReturnType<typeof buildConsole>>
  let app: App
  let mqtt: MqttClient

  beforeAll(async () => {
    built = await buildConsole()
    browser = await launchChromium(chromium as string)
    app = await start('0')
    app.services.putFacilities(
      [
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
      'test',
    )
    mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  })
  afterAll(async () => {
    await mqtt?.endAsync(true)
    await browser?.close()
    await app?.stop()
    await built?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(port: string): Promise<App> {
    const config = readConfig(['--http-port', port, '--mqtt-port', '0', '--data-folder', folder, '--admin-password', password], {})
    return startApp({ config, log: pino({ level: 'silent' }), consoleFolder: built.folder })
  }
  const publish = (kind: string, id: string, values: object) =>
    mqtt.publishAsync(`facilities/${kind}/${id}/telemetry`, JSON.stringify({ at: Date.now(), values }), { qos: 1 })

  test('a leak appears, is acknowledged by a key, and the server knows', async () => {
    const page = await visit(browser, app.url, {})
    await page.locator('input[type=password]').fill(password)
    await page.locator('input').first().fill('admin')
    await page.keyboard.press('Enter')
    await page.locator('.console[data-link=live]').waitFor()
    await publish('gas-station', 'GS-1', { 'ch4-1': 25 })
    const row = page.locator('[role=row]', { hasText: 'GS-1' })
    await row.first().waitFor()
    await row.first().click()
    await page
      .getByRole('button', { name: /Acknowledge/ })
      .first()
      .waitFor()
    await page.keyboard.press('a')
    await expect.poll(() => [...app.services.liveAlarms()].map((alarm) => alarm.acknowledged?.by), { timeout: 10_000 }).toEqual(['admin'])
    await row.getByText('ACK', { exact: true }).first().waitFor()
    await page.context().close()
  })

  test('a value appears on the open facility page', async () => {
    const page = await visit(browser, app.url, { path: '/facilities/PS-1', login: { name: 'admin', password } })
    await page.locator('.console[data-link=live]').waitFor()
    await publish('pump-station', 'PS-1', { 'outlet-pressure': 0.437 })
    await page.getByText('0.437').first().waitFor()
    await page.context().close()
  })

  test('a server that goes away is shown, and one that comes back takes over', async () => {
    const page = await visit(browser, app.url, { login: { name: 'admin', password } })
    await page.locator('.console[data-link=live]').waitFor()
    const { port } = new URL(app.url)
    await mqtt.endAsync(true)
    await app.stop()
    await page.locator('.console[data-link=disconnected]').waitFor()
    app = await start(port)
    await page.locator('.console[data-link=live]').waitFor()
    await page.locator('[role=row]', { hasText: 'GS-1' }).first().waitFor()
  })
})
