import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const lamps = [1, 2, 3].map((n) => ({
  ...{ id: `SL-${n}`, kind: 'street-light', name: `Lamp ${n}`, district: 'Harbour', road: 'Quay road' },
  position: [114.6, 37.9] as [number, number],
}))

describe.skipIf(!chromium)('commands', () => {
  const city = useRealConsole({ facilities: lamps })

  const dim = async (page: Page, level: number) => {
    await page.getByRole('button', { name: 'Dim…' }).click()
    await page.getByRole('spinbutton', { name: /^Level/ }).fill(String(level))
    await page.getByRole('textbox', { name: 'Reason' }).fill('a look at the driver')
    await page.getByRole('button', { name: 'Send' }).click()
  }

  test('the ledger follows what becomes of a command, and lets it be called back', async () => {
    await city.publish('street-light', 'SL-1', { power: 0, 'dim-actual': 0 })
    const told: { id: string; command: string }[] = []
    city.mqtt.on('message', (_topic, payload) => told.push(JSON.parse(String(payload))))
    await city.mqtt.subscribeAsync('facilities/street-light/SL-1/commands', { qos: 1 })
    const page = await city.openLive('/facilities/SL-1')
    await dim(page, 40)
    await page.locator('.commands').getByRole('link', { name: 'Dim 40 %' }).click()
    await page.waitForURL(/\/commands\/\w+$/)
    await page.getByRole('heading', { name: 'Dim 40 %' }).waitFor()
    await page.getByText('a look at the driver').waitFor()
    const row = page.locator('tr[data-target=SL-1]')
    await row.getByText(/^Sent · next step within /).waitFor()
    const answer = JSON.stringify({ id: told[0]?.id, done: true })
    await city.mqtt.publishAsync('facilities/street-light/SL-1/acknowledgements', answer, { qos: 1 })
    await city.publish('street-light', 'SL-1', { 'dim-actual': 41 })
    await row.getByText('Effect seen').waitFor()
    await page.getByText('Over', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Call back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Call back' }).click()
    await expect.poll(() => told.map(({ command }) => command)).toEqual(['dim', 'follow-programme'])
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/commands$/)
    await page
      .getByRole('row', { name: /Follow the programme · end of a command SL-1/ })
      .getByText('1 under way')
      .waitFor()
    await page.getByLabel('State').selectOption('effect-seen')
    await expect.poll(() => page.locator('tr[data-command]').count()).toBe(1)
    expect(new URL(page.url()).search).toBe('?state=effect-seen')
    await page.getByLabel('Facility').fill('SL-2')
    await page.keyboard.press('Enter')
    await page.getByText('No command is in the list.').waitFor()
  })

  test.each(['en', 'zh'] as const)('nobody is kept out of what was commanded, %s', async (language) => {
    const id = city.app.services.commands.list({ limit: 1 }).items[0]?.id
    for (const theme of ['dark', 'light'] as const) {
      const page = await city.openLive('/commands', { language, theme })
      await page.locator('tr[data-command]').first().waitFor()
      expect(await findViolations(page), `${theme} list`).toEqual([])
      await page.goto(`${city.app.url}/commands/${id}`)
      await page.locator('tr[data-target]').first().waitFor()
      expect(await findViolations(page), `${theme} one`).toEqual([])
      await page.context().close()
    }
  })
})
