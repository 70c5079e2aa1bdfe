import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findViolations, type Visit } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const path = '/administration/devices'

describe.skipIf(!chromium)('devices', () => {
  const city = useRealConsole({
    facilities: ['L-1', 'L-2', 'L-3', 'L-4'].map((id) => ({ id, kind: 'street-light' })),
    settings: { MQTT_ACCESS: 'devices', MQTT_USERNAME: 'tests', MQTT_PASSWORD: login.password },
  })

  const open = (more: Visit = {}): Promise<Page> => city.open(path, more)
  const connect = (id: string, password: string) =>
    connectAsync(`mqtt://127.0.0.1:${city.app.mqttPort}`, { username: id, clientId: id, password, reconnectPeriod: 0 }, false)

  test('a device is registered, gets a password that is shown once and opens the broker, and loses it again', async () => {
    const page = await open()
    await page.getByText('4 facilities that no gateway reports for have no credential.').waitFor()
    await page.getByRole('button', { name: 'Register a device' }).click()
    await page.getByLabel('Id', { exact: true }).fill('L-1')
    await page.getByLabel('Note', { exact: true }).fill('north pole')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('It has none, and cannot connect.').waitFor()
    await page.getByRole('button', { name: 'Give a credential' }).click()
    await page.getByLabel('Label', { exact: true }).fill('first')
    await page.getByRole('dialog').getByRole('button', { name: 'Give a credential' }).click()
    const secret = await page.getByLabel('The secret, shown this once').inputValue()
    expect(secret).toMatch(/^[\w-]{32}$/)
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Close' }).click()
    const mqtt = await connect('L-1', secret)
    const ended = new Promise<void>((resolve) => mqtt.once('close', () => resolve()))
    expect(await page.content()).not.toContain(secret)
    await page.getByRole('button', { name: 'Revoke… Password' }).click()
    await page.getByLabel('Reason').fill('lost')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await ended
    await page.getByText('It has none, and cannot connect.').waitFor()
    await expect(connect('L-1', secret)).rejects.toMatchObject({ code: 5 })
    await page.getByRole('button', { name: 'All devices' }).click()
    await page.getByRole('row', { name: /^L-1 Device ○ no credential .* north pole$/ }).waitFor()
  })

  test('facilities without credentials get them all at once, as a file', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Give them credentials' }).click()
    await page.getByLabel('Kind').selectOption({ label: 'Street light' })
    const saved = page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: 'Give them credentials' }).click()
    const text = readFileSync(await (await saved).path(), 'utf8')
    const [, ...rows] = text.trimEnd().split('\r\n')
    expect(rows.map((row) => row.split(',')[0])).toEqual(['L-1', 'L-2', 'L-3', 'L-4'])
    const [id, username, , , secret] = rows[1]!.split(',')
    expect(username).toBe(id)
    const mqtt = await connect(id!, secret!)
    await page.reload()
    await page.getByRole('row', { name: 'L-2 Device ● connected' }).waitFor()
    await mqtt.endAsync()
  })

  test('a claim code is made, used once, and listed without itself', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Make a code' }).click()
    await page.getByLabel('Ids, one a line').fill('L-3\nL-4')
    await page.getByRole('dialog').getByRole('button', { name: 'Make a code' }).click()
    const code = await page.getByLabel('The code, shown this once').inputValue()
    const { secret } = city.app.services.devices.claim(code, 'L-3', '127.0.0.1')
    await (await connect('L-3', secret as string)).endAsync()
    await page.reload()
    await page.getByRole('row', { name: 'L-3 and 1 more 1 / 2' }).waitFor()
    expect(await page.content()).not.toContain(code)
  })

  test.each([path, `${path}?device=L-2`])('axe finds nothing at %s', async (address) => {
    const page = await open({ path: address })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByRole('table').first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
