import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { findViolations } from './chromium.ts'
import { chromium, login, useRealConsole } from './real-console.ts'

const lamps = Array.from({ length: 30 }, (_, i) => ({
  id: `SL-${String(i + 1).padStart(2, '0')}`,
  kind: 'street-light',
  name: `Quay lamp ${i + 1}`,
  district: i < 20 ? 'Harbour' : 'Hill',
  road: i % 2 ? 'Quay road' : 'Hill road',
  keyArea: i < 3,
  position: [114.6 + i / 1000, 37.9] as [number, number],
}))

/** The list of all alarms on the real product. */
describe.skipIf(!chromium)('the list of alarms', () => {
  const city = useRealConsole({
    facilities: [
      ...lamps,
      { id: 'SL-98', kind: 'street-light' },
      { id: 'SL-99', kind: 'street-light', name: 'South gate', district: 'Harbour', position: [114.6, 37.91] },
    ],
  })
  const live = () => [...city.app.services.liveAlarms()]
  const alarmOf = (facility: string) => live().find((alarm) => alarm.facility === facility)!
  const wear = (id: string, hours = 58_000) => city.publish('street-light', id, { 'on-hours': hours })
  const rowOf = (page: Page, facility: string) => page.locator('.rows .row', { hasText: facility })
  const shown = (page: Page) => page.locator('.rows .row:not(.group) .cell-facility').allTextContents()

  beforeAll(async () => {
    for (const { id } of lamps) await wear(id)
    await city.publish('street-light', 'SL-99', { 'leakage-current': 20 })
    await vi.waitUntil(() => live().length === 31, { timeout: 15_000 })
    await city.addPerson('wei', 'operator')
    await city.addPerson('lin', 'viewer')
  })

  test('by keys alone an alarm is found, acknowledged, shelved with a reason, and found again on the shelf', async () => {
    const page = await city.openLive('/alarms')
    const { keyboard } = page
    await page.locator('.rows .row').first().waitFor()
    await keyboard.press('/')
    await keyboard.type('SL-07')
    await page.getByText('1 of 31 alarms').waitFor()
    await keyboard.press('Enter')
    await keyboard.press('j')
    await page.locator('.rows .row.selected', { hasText: 'SL-07' }).waitFor()
    await keyboard.press('a')
    await page.locator('.rows .row.selected .tag.acknowledged').waitFor()
    expect(alarmOf('SL-07').acknowledged?.by).toBe('admin')
    await keyboard.press('s')
    await page.getByText('Shelve 1 alarms').waitFor()
    await page.locator('select[name=minutes]').waitFor()
    while (!(await page.evaluate(() => document.activeElement?.matches('textarea')))) await keyboard.press('Tab')
    await keyboard.type('lamp is ordered')
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await page.getByText('No alarm matches the filters.').waitFor()
    expect(alarmOf('SL-07').shelved).toMatchObject({ by: 'admin', reason: 'lamp is ordered' })
    await keyboard.press('Escape')
    await keyboard.press('Escape')
    await page.getByText('30 of 30 alarms').waitFor()
    await page.goto(`${city.app.url}/alarms?state=shelved`)
    await rowOf(page, 'SL-07').waitFor()
    expect(await shown(page)).toEqual(['SL-07'])
    await page.getByRole('button', { name: 'Shelf (1)' }).click()
    const sheet = page.locator('dialog[open]')
    await sheet.getByText('lamp is ordered').waitFor()
    expect(await sheet.locator('li').textContent()).toMatch(/left.*by admin/)
    await sheet.getByRole('button', { name: 'Unshelve' }).click()
    await page.getByRole('button', { name: 'Shelf (0)' }).waitFor()
  })

  test('several are chosen by click, range and filter; what cannot be done is told, the rest is done', async () => {
    const page = await city.openLive('/alarms?sort=facility')
    await rowOf(page, 'SL-01').getByRole('checkbox').click()
    await rowOf(page, 'SL-03')
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    await page.getByText('3 chosen').waitFor()
    await page.locator('.scroller').evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await rowOf(page, 'SL-99').click({ modifiers: ['Control'] })
    await page.getByText('4 chosen').waitFor()
    await page.keyboard.press('s')
    await page.getByText('1 of them protect lives and are never shelved').waitFor()
    await page.getByLabel('Reason').fill('works on the quay')
    await page.locator('dialog button[type=submit]').click()
    const told = page.locator('dialog[open]')
    await told.getByText('Done with 3, refused 1').waitFor()
    expect(await told.locator('.refusals').textContent()).toContain('This alarm protects lives and cannot be shelved.')
    expect(await findViolations(page)).toEqual([])
    await told.getByRole('button', { name: 'Close' }).click()
    // What was refused stays chosen.
    await page.getByText('1 chosen').waitFor()
    expect(['SL-01', 'SL-02', 'SL-03'].map((id) => alarmOf(id).shelved?.reason)).toEqual(Array(3).fill('works on the quay'))
    await page.keyboard.press('Escape')
    await page.goto(`${city.app.url}/alarms?district=Hill`)
    await rowOf(page, 'SL-21').waitFor()
    await page.keyboard.press('X')
    await page.getByText('10 chosen').waitFor()
    await page.getByRole('button', { name: /^Comment…/ }).click()
    await page.getByLabel('Text').fill('crew is on the way')
    await page.locator('dialog button[type=submit]').click()
    await page.getByText('Done with 10.').waitFor()
    expect(live().filter(({ comments }) => comments.at(-1)?.text === 'crew is on the way')).toHaveLength(10)
    await page.goto(`${city.app.url}/alarms?state=shelved`)
    await rowOf(page, 'SL-01').waitFor()
    await page.keyboard.press('X')
    await page.getByRole('button', { name: 'Unshelve' }).click()
    await page.getByText('Done with 3.').waitFor()
  })

  test('two consoles act on the same alarms: what one did meanwhile the other one sees, and is told', async () => {
    const first = await city.openLive('/alarms?facility=SL-10')
    const second = await city.openLive('/alarms?facility=SL-10', { login: { ...login, name: 'wei' } })
    await rowOf(first, 'SL-10').locator('.cell-facility').click()
    await rowOf(second, 'SL-10').locator('.cell-facility').click()
    await first.keyboard.press('a')
    await second.locator('.rows .tag.acknowledged').waitFor()
    expect(alarmOf('SL-10').acknowledged?.by).toBe('admin')
    // The lamp is exchanged while somebody writes why it is put aside.
    await second.keyboard.press('s')
    await second.getByLabel('Reason').fill('lamp is ordered')
    await wear('SL-10', 10)
    await second.getByText('No alarm matches the filters.').waitFor({ state: 'attached' })
    await second.locator('dialog button[type=submit]').click()
    await second.getByText('Done with 0, refused 1').waitFor()
    expect(await second.locator('.refusals').textContent()).toContain('has ended')
    await wear('SL-10')
    await expect.poll(() => alarmOf('SL-10')).toBeDefined()
  })

  test('whoever may only look sees no action, and the wall of others carries its filter here', async () => {
    const page = await city.openLive('/alarms', { login: { ...login, name: 'lin' } })
    await rowOf(page, 'SL-99').locator('.cell-facility').click()
    await page.keyboard.press('x')
    await page.keyboard.press('X')
    await page.keyboard.press('a')
    expect(await page.getByRole('checkbox').count()).toBe(0)
    expect(await page.locator('.bulk-bar').count()).toBe(0)
    expect(alarmOf('SL-99').acknowledged).toBeNull()
    await page.goto(`${city.app.url}/`)
    await page.locator('#filter').fill('hill')
    await page.getByRole('link', { name: 'Open as list' }).click()
    await page.getByText('20 of 31 alarms').waitFor()
    expect(page.url()).toContain('/alarms?q=hill')
  })

  test('filters, order, groups and columns stand in the address, and the back button takes them back', async () => {
    const page = await city.openLive('/alarms')
    await page.getByRole('button', { name: /^Low: / }).click()
    await page.getByText('30 of 31 alarms').waitFor()
    await page.getByRole('button', { name: 'Facility' }).click()
    await page.getByRole('button', { name: 'Facility' }).click()
    expect((await shown(page))[0]).toBe('SL-30')
    await page.getByLabel('Group by').selectOption('facility')
    await page.getByLabel('Group by').selectOption('rule')
    await page.locator('.group-button').first().click()
    expect(await shown(page)).toEqual([])
    await page.locator('.group-button').first().click()
    await page.getByText('Columns', { exact: true }).click()
    await page.getByRole('checkbox', { name: 'Road' }).click()
    expect(new URL(page.url()).search).toBe(
      '?priority=low&sort=-facility&group=rule&columns=priority%2Cstate%2Craised%2Cage%2Cdistrict%2Croad%2Cfacility%2Cfault%2Cvalue',
    )
    await page.goBack()
    await page.goBack()
    await page.goBack()
    expect(new URL(page.url()).search).toBe('?priority=low&sort=-facility')
    await page.getByRole('button', { name: 'Filters (1)' }).click()
    await page.getByLabel('Facility query').fill('keyArea=yes')
    await page.getByLabel('Facility query').press('Enter')
    await page.getByText('3 of 31 alarms').waitFor()
    await page.getByLabel('Facility query').fill('colour=red')
    await page.getByLabel('Facility query').press('Enter')
    await page.getByRole('alert').getByText('there is no field "colour"').waitFor()
  })

  test('a view is kept, opens first, is shared and found by others under its address', async () => {
    const page = await city.openLive('/alarms?district=Hill&group=rule')
    await page.getByRole('button', { name: 'Save view…' }).click()
    await page.locator('dialog').getByLabel('Name').fill('Hill by fault')
    await page.getByLabel('Others find it too').check()
    await page.getByLabel('The list opens with it for me').check()
    expect(await findViolations(page)).toEqual([])
    await page.locator('dialog button[type=submit]').click()
    await page.getByText('View saved.').waitFor()
    const [kept] = city.app.services.state.keptViews.viewsFor('admin', 'alarms')
    await expect.poll(() => new URL(page.url()).search).toBe(`?view=${kept?.id}`)
    await page.getByText('10 of 31 alarms').waitFor()
    await page.goto(`${city.app.url}/alarms`)
    await page.getByText('10 of 31 alarms').waitFor()
    await page.getByRole('button', { name: /^Critical: / }).click()
    await page.getByText('changed', { exact: true }).waitFor()
    const other = await city.openLive(`/alarms?view=${kept?.id}`, { login: { ...login, name: 'wei' } })
    await other.getByText('10 of 31 alarms').waitFor()
    await other.getByRole('button', { name: 'Views…' }).click()
    expect(await other.getByRole('button', { name: 'Remove', exact: true }).count()).toBe(0)
    await page.getByRole('button', { name: 'Views…' }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('View removed.').waitFor()
    await other.reload()
    await other.getByText('This view is not there any more').waitFor()
  })

  test('past alarms come in pages from the server, limited by the same filters, and as a file', async () => {
    for (const id of ['SL-28', 'SL-29']) {
      city.app.services.acknowledge([{ id: alarmOf(id).id }], 'admin', '')
      await wear(id, 10)
      await expect.poll(() => alarmOf(id)).toBeUndefined()
    }
    const page = await city.openLive('/alarms?live=false&district=Hill')
    await expect.poll(() => shown(page)).toEqual(['SL-29', 'SL-28'])
    expect(await page.getByRole('checkbox', { name: /SL-2/ }).count()).toBe(0)
    const link = page.getByRole('link', { name: 'CSV' })
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toMatch(/^alarms-past-Hill-\d{4}-\d\d-\d\d-\d{4}\.csv$/)
    const text = await (await page.request.get(city.app.url + (await link.getAttribute('href')))).text()
    expect(text.split('\r\n').map((line) => line.split(',')[7])).toEqual(['facility', 'SL-29', 'SL-28', undefined])
    for (const id of ['SL-28', 'SL-29']) await wear(id)
    await expect.poll(() => live().length).toBe(31)
  })

  test('on paper stands the whole list with its title, filter, time and person', async () => {
    const page = await city.openLive('/alarms?priority=low&district=Harbour')
    await rowOf(page, 'SL-01').waitFor()
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    await page.emulateMedia({ media: 'print' })
    const sheet = page.locator('.alarm-print')
    await expect.poll(() => sheet.locator('tbody tr').count()).toBe(20)
    expect(await sheet.textContent()).toMatch(/Alarms · Live · 20 of 31 alarms.*Priority: Low · District: Harbour.*admin, \d{4}-\d\d-\d\d/)
    expect(await page.locator('#console').isVisible()).toBe(false)
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    expect(await sheet.count()).toBe(0)
  })

  test('on the wall several are chosen too, and acknowledged together', async () => {
    const page = await city.openLive('/')
    await page.locator('.collapsed button').click()
    await page.locator('#filter').fill('hill')
    await rowOf(page, 'SL-30').click({ modifiers: ['Control'] })
    await rowOf(page, 'SL-25').click({ modifiers: ['Control'] })
    await page.getByText('2 chosen').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('a')
    await page.getByText('Done with 2.').waitFor()
    expect(['SL-25', 'SL-30'].map((id) => alarmOf(id).acknowledged?.by)).toEqual(['admin', 'admin'])
  })

  test('details stand beside the list where there is room, and nothing is wrong with it', async () => {
    const page = await city.openLive('/alarms?group=rule', { width: 1920, height: 1080 })
    await rowOf(page, 'SL-99').last().click()
    await page.locator('#detail h2').waitFor()
    await page.locator('#detail .samples').waitFor()
    expect(await findViolations(page)).toEqual([])
    const bar = page.locator('.second-bar')
    await bar.locator('button').first().click()
    await bar.locator('summary').click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('X')
    await page.locator('.bulk-bar').waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('a new alarm above it does not move the row under the pointer', async () => {
    const page = await city.openLive('/alarms')
    const row = rowOf(page, 'SL-29')
    await row.hover()
    const before = await row.boundingBox()
    await city.publish('street-light', 'SL-98', { 'leakage-current': 20 })
    await page.getByText('32 of 32 alarms').waitFor()
    expect((await row.boundingBox())?.y).toBe(before?.y)
    await page.mouse.move(5, 5)
    await rowOf(page, 'SL-98').waitFor()
    expect((await row.boundingBox())?.y).toBeGreaterThan(before?.y as number)
  })
})
