import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const facilities = [
  { id: 'W-1', kind: 'pump-station', name: '加压一站', nameEn: 'First booster', district: 'North', rated: { drainage: 0 } },
  { id: 'D-1', kind: 'pump-station', name: '排水一站', nameEn: 'First drain', district: 'North', rated: { drainage: 1, 'well-area': 20 } },
  { id: 'S-1', kind: 'sewage-plant', name: '污水厂', nameEn: 'Sewage works', district: 'North' },
  { id: 'G-1', kind: 'gas-station', name: '储配站', nameEn: 'Gas store', district: 'North', rated: { tank: 1 } },
]

describe.skipIf(!chromium)('the companies', () => {
  const city = useRealConsole({ facilities })
  const feed = async () => {
    for (let at = Date.now() - minutes(10); at <= Date.now(); at += minutes(1)) {
      await city.publish(
        'pump-station',
        'W-1',
        { 'network-pressure': 0.12, flow: 150, power: 30, 'inlet-pressure': 0.2, 'outlet-pressure': 0.55, running: true },
        at,
      )
      await city.publish(
        'pump-station',
        'D-1',
        { 'wet-well-level': 3.9 - (0.6 * (Date.now() - at)) / hours(1), flow: 190, running: true, rain: 8 },
        at,
      )
      await city.publish('sewage-plant', 'S-1', { 'effluent-cod': 41, 'effluent-flow': 3000, 'water-temperature': 15, 'pac-level': 30 }, at)
      await city.publish('gas-station', 'G-1', { flow: 2000, inventory: 100, 'tank-level': 40, 'air-temperature': 4 }, at)
    }
  }

  test('water tells how it stands against its targets, since when and what from', async () => {
    await feed()
    const page = await city.openLive('/operations/water')
    const row = page.getByRole('row', { name: /^First booster 0\.120/ })
    await row.getByText('bad').waitFor()
    const lowest = page.locator('.measure', { hasText: 'Lowest end pressure now' })
    await lowest.getByText('▲ target at least 0.140 MPa').waitFor()
    await lowest.getByText(/measured · as of \d\d:\d\d:\d\d/).waitFor()
    await page.getByText(/1 of 1 ends of the network report/).waitFor()
    await lowest.getByText('1 of 1 sites').waitFor()
    // The pressure is an alarm as well.
    await row.getByRole('link', { name: /^\d+ alarms?$/ }).waitFor()
    await row.getByRole('link', { name: 'First booster' }).click()
    await page.getByRole('heading', { name: 'First booster' }).waitFor()
  })

  test('drainage says when a well will spill over', async () => {
    await feed()
    const page = await city.openLive('/operations/drainage')
    await page
      .getByRole('row', { name: /^First drain 3\.\d\d 4\.20 0\.60 202 101 %/ })
      .getByText('bad')
      .waitFor()
    await page.locator('.measure', { hasText: 'First overflow in' }).getByText(/^\d+m/).waitFor()
    await page.getByText(/not known: needs discharge-pressure/).waitFor()
  })

  test('laboratory results are entered beside the analysers, and other limits are chosen by the address', async () => {
    await feed()
    const page = await city.openLive('/operations/sewage?limits=1b')
    await page.getByRole('row', { name: /^Sewage works COD 41\.00 [12] 60\.00 68 % – / }).waitFor()
    await page.getByRole('button', { name: 'Enter laboratory results' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Enter laboratory results' }).click()
    await dialog.getByText('Enter at least one result.').waitFor()
    await dialog.getByLabel(/^COD \(laboratory\)/).fill('38.5')
    await dialog.getByRole('button', { name: 'Enter laboratory results' }).click()
    await page.getByText('1 entered, 0 corrected, 0 known already.').waitFor()
    // It is worked out anew within some seconds.
    await page.reload()
    const found = page.getByRole('row', { name: /^Sewage works COD .* 38\.50 / })
    await expect
      .poll(async () => (await found.count()) > 0 || (await page.reload().then(() => false)), { timeout: 40_000, interval: 3000 })
      .toBe(true)
    expect(city.app.services.enteredReadings.list({ limit: 5 }, { districts: 'all', domains: 'all' }).items).toMatchObject([
      { facility: 'S-1', point: 'lab-cod', value: 38.5, source: 'laboratory', by: 'admin' },
    ])
    await page.getByLabel('Limits').selectOption('1a')
    await page.waitForURL(/limits=1a/)
    await page
      .getByRole('row', { name: /^Sewage works COD 41\.00 [12] 50\.00 82 %/ })
      .getByText('watch')
      .waitFor()
  })

  test('a delivery is planned and its arrival told', async () => {
    await feed()
    const page = await city.openLive('/operations/gas')
    await page.getByText('No delivery is planned: the reserve is what is in the tanks.').waitFor()
    await page.getByRole('button', { name: 'Plan a delivery' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Tonnes').fill('20')
    await dialog.getByLabel('Note').fill('lorry 冀A')
    await dialog.getByRole('button', { name: 'Plan a delivery' }).click()
    const row = page.getByRole('row', { name: /Gas store 20\.0 planned lorry 冀A admin/ })
    await row.getByRole('button', { name: /^Has arrived/ }).click()
    await page.getByRole('row', { name: /Gas store 20\.0 arrived/ }).waitFor()
  })

  test('an operator sees all of it, days too, and may enter; who only looks may not', async () => {
    await feed()
    await city.addPerson('vera', 'viewer')
    const page = await city.openLive('/operations/gas', { login: { name: 'vera', password: 'a password of the browser tests' } })
    await page.getByRole('heading', { name: 'Deliveries of gas' }).waitFor()
    expect(await page.getByRole('button', { name: 'Plan a delivery' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('table').last().getByRole('row').nth(14).waitFor()
    await page.waitForURL(/from=\d{4}-\d\d-\d\d&to=/)
  })

  test.each([
    ['dark', 'en'],
    ['light', 'zh'],
  ] as const)('can be read by everybody, %s %s', async (theme, language) => {
    await feed()
    const page = await city.openLive('/operations/water', { theme, language })
    for (const duty of ['water', 'drainage', 'sewage', 'gas', 'waste']) {
      await page.locator(`.tabs a[href="/operations/${duty}"]`).click()
      await page.locator(duty === 'waste' ? '.operations p.panel' : '.operations .measures').waitFor()
      expect(await findViolations(page), duty).toEqual([])
    }
  })
})
