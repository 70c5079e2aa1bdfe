import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { findProgram } from '../servers.ts'
import { buildConsole, findViolations, launchChromium, type Visit, visit } from './chromium.ts'

const chromium = findProgram('chromium')
const login = { name: 'admin', password: 'administration-password' }
const eui = '70b3d5b020073208'
const path = '/administration/device-profiles'

describe.skipIf(!chromium)('device profiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'device-profiles-'))
  let browser: Browser
  let built: Awaited<ReturnType<typeof buildConsole>>
  let app: App

  beforeAll(async () => {
    built = await buildConsole()
    browser = await launchChromium(chromium as string)
    const config = readConfig(['--http-port', '0', '--mqtt-port', '0', '--data-folder', folder, '--admin-password', login.password], {})
    app = await startApp({ config, log: pino({ level: 'silent' }), consoleFolder: built.folder })
    app.services.putFacilities([{ id: 'L-17', kind: 'street-light' }], 'test')
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
    const uplink = readFileSync(join(import.meta.dirname, '../fixtures/lorawan/chirpstack-v4-up.json'))
    await mqtt.publishAsync(`application/1/device/${eui}/event/up`, uplink, { qos: 1 })
    await mqtt.endAsync()
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
    await built?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (more: Visit = {}): Promise<Page> => visit(browser, app.url, { path, login, ...more })

  test('a device that was heard becomes a profile by its own message, and is bound', async () => {
    const page = await open()
    await page.getByRole('button', { name: `New profile by its message… ${eui}` }).click()
    await page.getByText('port 23, frame 4711').waitFor()
    await page.getByRole('button', { name: 'Map /lamp/current_mA' }).click()
    await page.getByLabel('Kind of facility').selectOption({ label: 'Street light' })
    await page.getByRole('combobox', { name: 'Point', exact: true }).selectOption({ label: 'Current (A)' })
    await page.getByLabel('Unit of the device').selectOption('mA')
    await page.getByRole('row', { name: '/lamp/current_mA 262 current 0.262' }).waitFor()
    await page.getByLabel('Id', { exact: true }).fill('lamp-controller')
    await page.getByLabel('Name', { exact: true }).fill('Lamp controller')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Lamp controller' }).waitFor()
    expect(app.services.dialects.profile('lamp-controller')).toMatchObject({
      ...{ dialect: 'lorawan', kind: 'street-light', codec: null },
      fields: [{ field: '/lamp/current_mA', point: 'current', unit: 'mA' }],
    })

    await page.getByRole('button', { name: `Bind… ${eui}` }).click()
    await page.getByLabel('Id of the facility').fill('L-17')
    await page.getByRole('dialog').getByRole('button', { name: 'Bind' }).click()
    await page.getByText('All devices that spoke are bound.').waitFor()
    await page.getByRole('link', { name: 'L-17' }).waitFor()
  })

  test('a profile of plain topics is made and tried, and a wrong unit is told at once', async () => {
    const page = await open({ path: `${path}?new=1` })
    await page.getByLabel('Dialect').selectOption('mapped')
    await page.getByLabel('Kind of facility').selectOption({ label: 'Street light' })
    await page.getByLabel('Topic pattern').fill('site/{site}/lamp/{id}')
    await page.getByRole('combobox', { name: 'Facility', exact: true }).selectOption('{id}')
    await page.getByRole('button', { name: 'Add a field' }).click()
    await page.getByLabel('Field', { exact: true }).fill('/state')
    await page.getByRole('combobox', { name: 'Point', exact: true }).selectOption({ label: 'Relay' })
    await page.getByLabel('Named values').fill('ON = yes')
    await page.getByLabel('Topic', { exact: true }).fill('site/north/lamp/L-17')
    await page.getByRole('textbox', { name: 'Payload', exact: true }).fill('{"state":"ON","x":1}')
    await page.getByText('"yes" is no value of the point').waitFor()
    await page.getByLabel('Named values').fill('ON = true\nOFF = false')
    await page.getByRole('row', { name: '/state "ON" relay true' }).waitFor()
    await page.getByLabel('Id', { exact: true }).fill('site-lamp')
    await page.getByLabel('Name', { exact: true }).fill('Lamp of the site')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Lamp of the site' }).click()
    expect(await page.getByLabel('Named values').inputValue()).toBe('ON = true\nOFF = false')
    expect(app.services.dialects.profile('site-lamp')).toMatchObject({ topics: { pattern: 'site/{site}/lamp/{id}', facility: 'id' } })
  })

  test.each([
    ['dark', 'en'],
    ['light', 'zh'],
  ] as const)('a profile that is open has no barrier, %s, %s', async (theme, language) => {
    const page = await open({ path: `${path}?profile=site-lamp`, theme, language })
    await page.locator('h1').waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
