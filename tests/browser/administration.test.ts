import { connect, connectAsync } from 'mqtt'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { startMosquitto } from '../edges/brokers/mosquitto.ts'
import { findProgram } from '../servers.ts'
import { findViolations, type Visit } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

/** What those see who look after the service, on the real server. */
describe.skipIf(!chromium)('administration', () => {
  const city = useRealConsole()

  const open = (path: string, more: Visit = {}): Promise<Page> => city.open(path, more)

  test('the overview lists what the account may look after, and Escape leads back', async () => {
    const page = await open('/administration')
    await page.getByRole('link', { name: /Audit trail/ }).click()
    await page.getByRole('heading', { name: 'Audit trail' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Administration' }).waitFor()
  })

  test('the audit trail is searched by address, by fields and by what stands in it, and verified', async () => {
    city.app.services.state.audit({ at: Date.now(), by: '李', action: 'shelve', subject: 'alarm 7', detail: 'pump in repair' })
    const page = await open('/administration/audit?by=李')
    const rows = page.locator('tbody tr')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(1)
    expect(await rows.first().textContent()).toContain('pump in repair')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByLabel('Part of subject or detail').fill('REPAIR')
    await page.keyboard.press('Enter')
    await page.waitForURL(/words=REPAIR/)
    await page.getByRole('button', { name: 'shelve' }).click()
    await page.waitForURL(/action=shelve/)
    await expect.poll(() => rows.count()).toBe(1)

    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/records are as they were written/).waitFor()
    const head = await page.locator('code').textContent()
    await page.getByLabel(/Head noted earlier/).fill(head?.replace(/.$/, (last) => (last === '0' ? '1' : '0')) ?? '')
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/is not the one that was noted/).waitFor()
  })

  const mosquitto = findProgram('mosquitto')
  test.skipIf(!mosquitto)('a connection to another broker is tried, made, seen connected, and removed', async () => {
    const broker = await startMosquitto(mosquitto as string)
    try {
      const page = await open('/administration/brokers')
      await page.getByRole('button', { name: 'New connection…' }).click()
      await page.getByLabel(/Short name/).fill('city')
      await page.getByLabel(/^Address/).fill('mqtt://127.0.0.1:1')
      await page.getByRole('button', { name: /Try/ }).click()
      await page.getByText(/It does not work: .*ECONNREFUSED/).waitFor()
      await page.getByLabel(/^Address/).fill(`mqtt://127.0.0.1:${broker.port}`)
      await page.getByRole('button', { name: /Try/ }).click()
      await page.getByText('Connected; 0 messages came.').waitFor()
      await page.getByRole('button', { name: 'Save and connect' }).click()
      await page.getByText('CONNECTED', { exact: true }).waitFor()
      expect(await findViolations(page)).toEqual([])
      await page.getByRole('button', { name: /Remove/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
      await page.getByText('There is no connection to another broker.').waitFor()
    } finally {
      await broker.remove()
    }
  })

  /** A device that has sent good and bad messages and was refused once; its secret. */
  async function troubled(id: string): Promise<string> {
    const { services } = city.app
    services.putFacilities([{ id, kind: 'pump-station', name: `泵站 ${id}` }], 'test')
    services.devices.put(id, {}, 'test')
    const password = services.devices.addCredential(id, { type: 'password' }, 'test').secret as string
    const login = { clientId: id, username: id, reconnectPeriod: 0 }
    const stranger = connect(`mqtt://127.0.0.1:${city.app.mqttPort}`, { ...login, password: 'guessed' })
    await new Promise((resolve) => stranger.once('error', resolve))
    await stranger.endAsync(true)
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${city.app.mqttPort}`, { ...login, password }, false)
    await mqtt.publishAsync(pump(id), JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.4 } }), { qos: 1 })
    await mqtt.publishAsync(pump(id), '{"at":', { qos: 1 })
    await mqtt.endAsync()
    return password
  }
  const pump = (id: string) => `facilities/pump-station/${id}/telemetry`

  test('who stands before a device reads on the phone whether it is connected, what it sent and why it was refused', async () => {
    await troubled('PS-7')
    const page = await open('/administration/traffic', { width: 390, height: 844 })
    await page.getByRole('rowheader', { name: 'malformed-json' }).first().waitFor()
    await page.getByRole('textbox', { name: /Diagnosis of a device/ }).fill('PS-7')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'PS-7' }).waitFor()
    await page.getByText('○ not connected').waitFor()
    await page.getByText(/wrong-credentials: The user name is unknown/).waitFor()
    await page.getByText(/The client said goodbye/).waitFor()
    await page.getByRole('cell', { name: 'PS-7', exact: true }).waitFor()
    await page.locator('summary', { hasText: 'malformed-json' }).click()
    await page.getByText('7b 22 61 74 22 3a').waitFor()
    expect(await page.locator('.diagnosis').evaluate((section) => section.scrollWidth <= section.clientWidth)).toBe(true)
    await page.getByRole('link', { name: 'Facility page' }).click()
    await page.getByRole('link', { name: 'Diagnosis' }).click()
    await page.getByRole('link', { name: 'Device page' }).click()
    await page.getByRole('link', { name: 'Diagnosis' }).click()
    await page.getByRole('button', { name: 'Ask again' }).waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('a live tap shows a message, its bytes and what became of it, until it is stopped', async () => {
    const password = await troubled('PS-8')
    const page = await open('/administration/traffic')
    await page.getByLabel('Topic filter').fill('facilities/+/PS-8/#')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText(/Runs until/).waitFor()
    const login = { clientId: 'PS-8', username: 'PS-8', password, reconnectPeriod: 0 }
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${city.app.mqttPort}`, login, false)
    await mqtt.publishAsync(pump('PS-8'), JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.5 } }), { qos: 1 })
    await page.locator('.tap summary', { hasText: '✓ taken' }).waitFor()
    await mqtt.publishAsync(pump('PS-8'), '{"at":', { qos: 1 })
    await page.locator('.tap summary', { hasText: '✕ rejected: malformed-json' }).click()
    await page.locator('.tap').getByText('7b 22 61 74 22 3a', { exact: true }).waitFor()
    expect(await findViolations(page)).toEqual([])
    expect(city.app.services.traffic.taps()).toBe(1)
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped.').waitFor()
    await expect.poll(() => city.app.services.traffic.taps()).toBe(0)
    await mqtt.endAsync()
  })
})
