import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { longitudeAt } from '../night-place.ts'
import { findViolations } from './chromium.ts'
import { chromium, type Facilities, useRealConsole } from './real-console.ts'

const night = longitudeAt(0, Date.now())
const LAMPS = 32
const many = <T>(count: number, of: (i: number) => T) => Array.from({ length: count }, (_, i) => of(i))

/** A row of lamps on two circuits of one cabinet: about 900 m of a road. */
function road(name: string, cabinet: string, prefix: string, north: number): Facilities {
  const place = { district: 'North', road: name, roadClass: 'main' as const }
  return [
    { ...place, id: cabinet, kind: 'light-cabinet', position: [night, north], rated: { circuits: 2 } },
    ...many(LAMPS, (i) => ({
      ...{ ...place, id: `${prefix}-${i}`, kind: 'street-light', name: `${name} ${i}`, fedBy: cabinet, circuit: i < LAMPS / 2 ? 1 : 2 },
      position: [night + (i + 1) * 0.0003, north] as [number, number],
    })),
  ]
}
const facilities = [...road('Main Road', 'LC-1', 'M', 0), ...road('Side Road', 'LC-2', 'S', 0.004)]
const lit = { voltage: 225, current: 0.5, power: 118, relay: true, 'dim-command': 100, 'dim-actual': 100 }

describe.skipIf(!chromium)('what is selected on the map', () => {
  const real = useRealConsole({ facilities })

  beforeAll(async () => {
    const at = Date.now()
    const circuits = { 'circuit-1-contactor': true, 'circuit-2-contactor': true, 'circuit-1-command': true, 'circuit-2-command': true }
    for (const { id, kind } of facilities) {
      if (kind === 'light-cabinet') {
        const second = id === 'LC-2' ? { 'circuit-2-tripped': true, 'circuit-2-current': 0 } : {}
        await real.publish(kind, id, { ...circuits, 'circuit-1-tripped': false, ...second }, at)
        continue
      }
      if (id === 'M-31' || (id.startsWith('S-') && Number(id.slice(2)) >= LAMPS / 2)) continue
      const isDark = id === 'M-3' || id === 'M-4'
      await real.publish(kind, id, { ...lit, ...(isDark && { power: 0.3 }), ...(id === 'M-7' && { 'leakage-current': 40 }) }, at)
    }
  })

  const panel = (page: Page) => page.locator('.select-panel')
  const choose = async (page: Page, way: string, text: string, button = 'Select') => {
    const form = panel(page).locator('details.more').filter({ hasText: 'Select by' })
    if ((await form.getAttribute('open')) === null) await form.locator('summary').first().click()
    await form.locator('select').first().selectOption(way)
    await form.locator('input').fill(text)
    await form.getByRole('button', { name: button, exact: true }).click()
  }
  const heading = (page: Page) => panel(page).locator('h2')

  test('a road is chosen from the list, and counted: kinds, states, lamp-on rate', async () => {
    const page = await real.openLive('/map?panel=selection')
    await choose(page, 'road', 'Main Road')
    await heading(page).getByText('33 selected').waitFor()
    expect(new URL(page.url()).searchParams.get('select')).toBe('road:Main Road')
    const kinds = panel(page).locator('.chosen-kinds')
    await kinds.getByText('32 Street light').waitFor()
    expect(await kinds.textContent()).toMatch(/Critical 1/)
    const rate = panel(page).locator('.rate-summary')
    // 29 of the 31 that said something; the last one never did.
    await rate.getByText('93.5 %').waitFor()
    expect(await rate.textContent()).toMatch(
      /missed.*target 98.0 %.*29 of 32 are lit that should be.*2 too few.*between 90.6 % and 93.7 %/s,
    )
    await panel(page).getByText('Standing alarms (1)').waitFor()
    expect(await panel(page).locator('.chosen-alarms a').getAttribute('href')).toMatch(/^\/alarms\/\d+$/)
  })

  test('the address holds the selection, and the back button goes a step back', async () => {
    const page = await real.openLive('/map?select=feeder:LC-1/2&panel=selection')
    await heading(page).getByText('16 selected').waitFor()
    await choose(page, 'road', 'Side Road', 'Add')
    await heading(page).getByText('49 selected').waitFor()
    await choose(page, 'ids', 'S-1 S-2', 'Take out')
    await heading(page).getByText('47 selected').waitFor()
    await page.goBack()
    await heading(page).getByText('49 selected').waitFor()
    await page.goBack()
    await heading(page).getByText('16 selected').waitFor()
    await page.keyboard.press('Escape')
    await heading(page).getByText('Nothing is selected').waitFor()
    await choose(page, 'query', 'kind=street-light circuit=1')
    await heading(page).getByText('32 selected').waitFor()
    await choose(page, 'query', 'colour=red')
    await panel(page)
      .getByText(/there is no field "colour"/)
      .waitFor()
  })

  test('a lasso, a rectangle and clicks choose on the map', async () => {
    // Else the strip that calls for a crew comes a moment later and makes the map lower than it was.
    for (const { id } of [...real.app.services.orders.open()]) real.app.services.orders.reject({ id }, 'no crew here', 'admin')
    const page = await real.openLive(`/map?at=0.00000,${(night + 0.005).toFixed(5)},16`)
    const box = (await page.locator('.map-page .ground').boundingBox()) as { x: number; y: number; width: number; height: number }
    const pixel = (256 * 2 ** 16) / 360
    const spotOf = (longitude: number, latitude = 0) => ({
      x: box.x + box.width / 2 + (longitude - Number((night + 0.005).toFixed(5))) * pixel,
      y: box.y + box.height / 2 - latitude * pixel,
    })
    const drag = async (spots: { x: number; y: number }[]) => {
      await page.mouse.move(spots[0]!.x, spots[0]!.y)
      await page.mouse.down()
      for (const { x, y } of spots.slice(1)) await page.mouse.move(x, y, { steps: 4 })
      await page.mouse.up()
    }
    const lamp = (i: number) => night + (i + 1) * 0.0003
    const around = (from: number, to: number) => {
      const [a, b] = [spotOf(lamp(from) - 0.00015, 0.0004), spotOf(lamp(to) + 0.00015, -0.0004)]
      return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }]
    }
    await page.getByRole('button', { name: /Lasso/ }).click()
    await drag(around(4, 8))
    await heading(page).getByText('5 selected').waitFor()
    expect(new URL(page.url()).searchParams.get('select')).toBe('ids:M-4,M-5,M-6,M-7,M-8')
    await page.getByRole('button', { name: 'Rectangle' }).click()
    await page.keyboard.down('Shift')
    const [corner, , opposite] = around(10, 12)
    await drag([corner!, opposite!])
    await page.keyboard.up('Shift')
    await heading(page).getByText('8 selected').waitFor()
    await page.keyboard.press('Escape')
    const { x, y } = spotOf(lamp(5))
    await page.mouse.click(x, y)
    await heading(page).getByText('1 selected').waitFor()
    await page.keyboard.down('Control')
    await page.mouse.click(spotOf(lamp(6)).x, y)
    await heading(page).getByText('2 selected').waitFor()
    await page.mouse.click(x, y)
    await page.keyboard.up('Control')
    await heading(page).getByText('1 selected').waitFor()
    await page.keyboard.down('Alt')
    await page.mouse.click(x, y)
    await page.keyboard.up('Alt')
    await heading(page).getByText('33 selected').waitFor()
  })

  test('a cabinet tells its circuits, which of them is dead and by which alarm', async () => {
    const page = await real.openLive('/map?select=feeder:LC-2&panel=selection')
    await heading(page).getByText('33 selected').waitFor()
    const rows = panel(page).getByRole('region', { name: 'What LC-2 feeds' }).locator('tbody tr')
    await rows.nth(1).waitFor()
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Circuit 1\s+on\s+16\s+16 \/ 16/),
      expect.stringMatching(/Circuit 2\s+✕ no voltage\s+16\s+0 \/ 16/),
    ])
    const alarm = await rows.nth(1).getByRole('link').getAttribute('href')
    const { body } = await page.evaluate(async (path) => ({ body: await (await fetch(`/api${path}`)).json() }), alarm as string)
    expect(body).toMatchObject({ facility: 'LC-2', rule: 'breaker-tripped-2' })
    await rows.nth(1).getByRole('button', { name: 'Circuit 2' }).click()
    await heading(page).getByText('16 selected').waitFor()
    expect(new URL(page.url()).searchParams.get('select')).toBe('feeder:LC-2/2')
  })

  test('roads stand in a table, the worst first, and a click selects the road', async () => {
    const page = await real.openLive('/map?panel=rates&layers=lamp-on-rate')
    const rows = panel(page).locator('.select-rows tbody tr')
    await rows.nth(1).waitFor()
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Side Road\s+50.0 %\s+▼ missed\s+16 too few\s+16 \/ 32\s+98.0 %\s+0/),
      expect.stringMatching(/Main Road\s+93.5 %\s+▼ missed\s+2 too few\s+29 \/ 32\s+98.0 %\s+1/),
    ])
    await panel(page).getByRole('combobox', { name: 'By' }).selectOption('district')
    await panel(page).getByRole('button', { name: 'North' }).waitFor()
    await panel(page).getByRole('combobox', { name: 'By' }).selectOption('road')
    await panel(page).getByRole('button', { name: 'Side Road' }).click()
    await page.waitForURL(/select=road%3ASide\+Road|select=road:Side/)
    await page.getByRole('button', { name: 'Selection (33)' }).waitFor()
  })

  test('many are put out of service by the keyboard, only once the number is typed, and back', async () => {
    const page = await real.openLive('/map?select=ids:M-0,M-1,M-2&panel=selection')
    await heading(page).getByText('3 selected').waitFor()
    const press = async (mode: string, count: string) => {
      await panel(page)
        .getByRole('button', { name: /Out of service/ })
        .focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.locator('select').selectOption(mode)
      await dialog.getByLabel('Reason').fill('poles are painted')
      await dialog.getByLabel(/Type 3 to confirm/).fill(count)
      await page.keyboard.press('Enter')
    }
    await press('out-of-service', '4')
    expect(
      await page
        .getByRole('dialog')
        .getByLabel(/Type 3/)
        .evaluate((input: HTMLInputElement) => input.validity.valid),
    ).toBe(false)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await press('out-of-service', '3')
    await page.getByText('3 changed').waitFor()
    await panel(page)
      .locator('.chosen-kinds')
      .getByText(/Out of service 3/)
      .waitFor()
    expect(real.app.services.plant.get('M-1')?.mode).toBe('out-of-service')
    await press('auto', '3')
    await vi.waitUntil(() => ['M-0', 'M-1', 'M-2'].every((id) => real.app.services.plant.get(id)?.mode === 'auto'), { timeout: 15_000 })
    await panel(page)
      .locator('.chosen-kinds')
      .getByText(/Out of service/)
      .waitFor({ state: 'detached' })
  })

  test('their alarms are commented and acknowledged, and pages for plots and alarms are offered', async () => {
    const page = await real.openLive('/map?select=ids:M-6,M-7&panel=selection')
    await panel(page).getByText('Standing alarms (1)').waitFor()
    const href = (name: string) => panel(page).getByRole('link', { name, exact: true }).getAttribute('href')
    expect(decodeURIComponent((await href('Plots')) as string)).toBe('/plots?series=M-6:power;M-7:power')
    expect(decodeURIComponent((await href('Alarm list')) as string)).toBe('/alarms?query=id="M-6","M-7"')
    await panel(page)
      .getByRole('button', { name: /Comment on/ })
      .click()
    await page.getByRole('dialog').getByLabel('Comment').fill('crew is told')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Comment added to 1 alarms').waitFor()
    await panel(page).getByRole('button', { name: 'Acknowledge 1' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('1 acknowledged').waitFor()
    const alarm = [...real.app.services.liveAlarms()].find(({ facility }) => facility === 'M-7')
    expect([alarm?.acknowledged?.by, alarm?.comments.map(({ text }) => text)]).toEqual(['admin', ['crew is told']])
  })

  test('the list goes by keys: arrows, Delete takes out, and the CSV holds what is left', async () => {
    const page = await real.openLive('/map?select=road:Side+Road&panel=selection')
    const list = panel(page).getByRole('listbox')
    await list.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await list.locator('[aria-selected=true]').innerText()).toContain('S-1')
    const tops = await list.getByRole('option').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top))
    expect(new Set(tops).size).toBe(tops.length)
    await page.keyboard.press('Delete')
    await heading(page).getByText('32 selected').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), panel(page).getByRole('button', { name: 'CSV' }).click()])
    const stream = await download.createReadStream()
    let text = ''
    for await (const part of stream) text += part
    const lines = text.trim().split('\r\n')
    expect(lines).toHaveLength(33)
    expect(lines[0]).toContain('id,kind,name,district,road')
    expect(text).not.toContain('\r\nS-1,')
  })

  test('a city that comes after the page is shown whole, and what is selected out of sight is brought into it', async () => {
    const page = await real.openLive('/map')
    await page.getByRole('button', { name: 'Rectangle' }).click()
    const box = (await page.locator('.map-page .ground').boundingBox()) as { x: number; y: number; width: number; height: number }
    await page.mouse.move(box.x + 4, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 4, box.y + box.height - 50, { steps: 5 })
    await page.mouse.up()
    await heading(page).getByText('66 selected').waitFor()
    await page.context().close()
    const far = await real.openLive(`/map?at=30.00000,${night.toFixed(5)},16&select=road:Side+Road&panel=selection`)
    await heading(far).getByText('33 selected').waitFor()
    await far.waitForURL(/at=0\.00/)
  })

  test('on a small or enlarged screen everything is reachable, and nothing is cut at the side', async () => {
    const page = await real.openLive('/map?select=feeder:LC-2&panel=selection', { width: 683, height: 384 })
    await panel(page).locator('tbody tr').first().waitFor()
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
    expect(widths[0]).toBeLessThanOrEqual(widths[1] as number)
    await panel(page).getByRole('button', { name: 'CSV' }).scrollIntoViewIfNeeded()
    await panel(page).getByRole('listbox').scrollIntoViewIfNeeded()
    const inside = await panel(page).evaluate((aside) => aside.scrollHeight - aside.clientHeight)
    expect(inside).toBeLessThanOrEqual(1)
  })

  test('axe finds nothing', async () => {
    const page = await real.openLive('/map?select=feeder:LC-2&panel=selection')
    await panel(page).locator('tbody tr').first().waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Lamp-on rate', exact: true }).click()
    await panel(page).locator('.select-rows tbody tr').first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
