import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { findProgram } from '../servers.ts'
import { buildConsole, findViolations, launchChromium, type Visit, visit } from './chromium.ts'

const chromium = findProgram('chromium')
const login = { name: 'admin', password: 'alarms-test-password' }

/** What the console shows of alarms and of the alarm system, on the real server. */
describe.skipIf(!chromium)('pages about alarms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alarms-'))
  let browser: Browser
  let built: Awaited<ReturnType<typeof buildConsole>>
  let app: App
  let mqtt: MqttClient

  beforeAll(async () => {
    built = await buildConsole()
    browser = await launchChromium(chromium as string)
    const config = readConfig(['--http-port', '0', '--mqtt-port', '0', '--data-folder', folder, '--admin-password', login.password], {})
    app = await startApp({ config, log: pino({ level: 'silent' }), consoleFolder: built.folder })
    app.services.putFacilities(
      [
        { id: 'PS-1', kind: 'pump-station', name: 'River pumps', district: 'Harbour', position: [114.61, 37.91] },
        { id: 'GS-1', kind: 'gas-station', name: 'South gate', district: 'Harbour', position: [114.6, 37.9] },
      ],
      'test',
    )
    mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })
  afterAll(async () => {
    await mqtt?.endAsync(true)
    await browser?.close()
    await app?.stop()
    await built?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = async (path: string, more: Visit = {}): Promise<Page> => {
    const page = await visit(browser, app.url, { path, login, ...more })
    await page.locator('.console[data-link=live]').waitFor()
    return page
  }
  const report = (kind: string, id: string, values: object, at = Date.now()) =>
    mqtt.publishAsync(`facilities/${kind}/${id}/telemetry`, JSON.stringify({ at, values }), { qos: 1 })
  async function alarmOf(rule: string): Promise<number> {
    const find = () => app.services.state.alarmHistory({ rule, limit: 1 }).items[0]?.id
    await expect.poll(find, { timeout: 15_000 }).toBeDefined()
    return find() as number
  }

  test('an alarm shows its samples with gaps, its delay, what was expected, and the record of its steps', async () => {
    // Late enough for its samples to be due at once.
    const raised = Date.now() - minutes(16)
    for (let second = -600; second <= 240; second += 10) {
      if (second > -300 && second < -200) continue
      const pressure = second < 0 ? 0.5 : 0.3
      await report(
        'pump-station',
        'PS-1',
        { 'outlet-pressure': pressure, 'pressure-setpoint': 0.5, running: true },
        raised + seconds(second),
      )
    }
    const id = await alarmOf('pressure-off-setpoint')
    const page = await open(`/alarms/${id}`)
    await page.locator('.samples .plot canvas').first().waitFor({ timeout: 30_000 })
    const facts = page.locator('#detail details', { hasText: 'Evidence' })
    expect(
      await facts
        .locator('dt', { hasText: /^expected$/ })
        .locator('+ dd')
        .textContent(),
    ).toBe('0.500 MPa')
    expect(await facts.locator('dt', { hasText: 'Rule version' }).locator('+ dd').textContent()).toMatch(/^\d/)
    await page.getByText('Record of all steps').click()
    await page.locator('.log li', { hasText: 'raised' }).first().waitFor()
    for (const [theme, language] of [
      ['dark', 'en'],
      ['light', 'zh'],
    ] as const) {
      const other = await open(`/alarms/${id}`, { theme, language })
      await other.locator('.samples .plot canvas').first().waitFor()
      expect(await findViolations(other)).toEqual([])
    }
  })
})
