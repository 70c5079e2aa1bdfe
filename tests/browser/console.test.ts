import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { findViolations, visit } from './chromium.ts'
import { chromium, login, type RealConsole, useRealConsole } from './real-console.ts'

/** What the wall needs before it shows its first row, bytes of compressed JavaScript. */
const BUDGET = 90_000
/** With all that the wall fetches afterwards: the plot of the alarm, sound, hints. */
const BUDGET_OF_ALL = 140_000

const stations = Array.from({ length: 4 }, (_, i) => ({
  id: `GS-${i + 1}`,
  kind: 'gas-station',
  name: `Gate ${i + 1}`,
  district: 'Harbour',
  position: [114.6 + i / 100, 37.9] as [number, number],
}))
const lamps = Array.from({ length: 60 }, (_, i) => ({
  id: `SL-${String(i + 1).padStart(2, '0')}`,
  kind: 'street-light',
  fedBy: 'LC-1',
  circuit: 1,
  road: 'Quay',
  position: [114.6 + i / 1000, 37.91] as [number, number],
}))
const facilities = [
  ...stations,
  { id: 'LC-1', kind: 'light-cabinet', name: 'Quay cabinet' },
  ...lamps,
  { id: 'PS-1', kind: 'pump-station', name: 'River pumps', district: 'Harbour' },
]

const leak = (city: RealConsole, id: string) => city.publish('gas-station', id, { 'ch4-1': 25 })
const overheat = (city: RealConsole, id: string) => city.publish('street-light', id, { 'driver-temperature': 90 })
const alarmOf = (city: RealConsole, facility: string) => [...city.app.services.liveAlarms()].find((alarm) => alarm.facility === facility)
async function raised(city: RealConsole, facility: string): Promise<number> {
  await vi.waitUntil(() => alarmOf(city, facility), { timeout: 15_000 })
  return alarmOf(city, facility)?.id as number
}

describe.skipIf(!chromium)('the fault wall', () => {
  // Few enough that it is no flood.
  const city = useRealConsole({ facilities })

  beforeAll(async () => {
    for (const id of ['SL-01', 'SL-02', 'SL-03', 'SL-04']) await overheat(city, id)
    for (const id of ['SL-01', 'SL-02', 'SL-03', 'SL-04']) await raised(city, id)
    await leak(city, 'GS-1')
    await raised(city, 'GS-1')
  })

  test('axe finds nothing in the help and in a dialog', async () => {
    const page = await city.openLive(`/alarms/${await raised(city, 'GS-1')}`)
    await page.keyboard.press('?')
    await page.locator('dialog[open] summary').click()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Comment/ }).click()
    await page.locator('dialog[open]').waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  test('signs in, refuses a wrong password, signs out', async () => {
    const page = await city.open('/facilities', { login: null })
    const enter = async (password: string) => {
      await page.getByLabel('Name').fill(login.name)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await enter('wrong')
    await page.getByText('Name or password is wrong.').waitFor()
    await enter(login.password)
    await page.getByRole('heading', { name: 'Facilities' }).waitFor()
    await page.locator('.person > button').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
    expect(await page.getByText('Your session has ended.').count()).toBe(0)
  })

  test('filters by words and by a cell of the matrix', async () => {
    const page = await city.openLive('/')
    await page.locator('.rows .row').nth(4).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('gs-1')
    await page.getByText(/\d+ shown/).waitFor()
    const areSought = async () => (await page.locator('.rows .row > :nth-child(5)').allTextContents()).map((text) => text.includes('GS-1'))
    await expect.poll(async () => [...new Set(await areSought())]).toEqual([true])
    await page.getByText(/\d+ shown/).click()
    await page.locator('.matrix td button').first().click()
    await page.locator('.rows .row.medium').first().waitFor()
    expect(await page.locator('.rows .row:not(.medium)').count()).toBe(0)
  })

  test('deep links open, the back button goes back', async () => {
    const id = await raised(city, 'GS-1')
    const page = await city.openLive(`/alarms/${id}`)
    const title = await page.locator('#detail h2').textContent()
    await page.locator('#detail a', { hasText: 'GS-1' }).first().click()
    await page.getByRole('heading', { name: /GS-1/ }).waitFor()
    await page.goBack()
    await page.locator('#detail h2', { hasText: title as string }).waitFor()
    expect(page.url()).toContain(`/alarms/${id}`)
  })

  test('a new alarm never moves the row under the pointer', async () => {
    const page = await city.openLive('/')
    const row = page.locator('.rows .row.medium').nth(2)
    const key = await row.locator('a').getAttribute('href')
    const held = page.locator(`.rows .row:has(a[href="${key}"])`)
    const before = await held.boundingBox()
    await held.hover()
    await leak(city, 'GS-2')
    await leak(city, 'GS-3')
    await page.getByText(/\d+ above/).waitFor()
    await page.locator(`.rows a[href="/alarms/${await raised(city, 'GS-3')}"]`).waitFor({ state: 'attached' })
    expect((await held.boundingBox())?.y).toBe(before?.y)
    await page.mouse.move(5, 5)
    await page.getByText(/\d+ above/).waitFor({ state: 'detached' })
  })

  test('the keyboard alone finds, acknowledges, shelves with a reason and comes to the plots', async () => {
    const page = await city.openLive('/')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.keyboard.press('/')
    await page.keyboard.type('GS-1')
    await page.keyboard.press('Enter')
    await page.getByText(/^\d shown/).waitFor()
    await page.keyboard.press('j')
    await page.waitForURL(/\/alarms\/\d+$/)
    const id = Number(page.url().split('/').at(-1))
    expect(city.app.services.state.alarm(id)?.facility).toBe('GS-1')
    await page.keyboard.press('a')
    await expect.poll(() => city.app.services.state.alarm(id)?.acknowledged?.by).toBe(login.name)
    await page.keyboard.press('/')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('SL-02')
    await page.keyboard.press('Enter')
    await page.getByText(/^\d shown/).waitFor()
    await page.keyboard.press('Escape')
    const other = await raised(city, 'SL-02')
    await page.goto(`${city.app.url}/alarms/${other}`)
    await page.locator('#detail .tag.unacknowledged').waitFor()
    await page.keyboard.press('s')
    await page.locator('dialog[open] textarea').focus()
    await page.keyboard.type('Repair under way')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => city.app.services.state.alarm(other)?.shelved?.reason).toBe('Repair under way')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    const plots = await page.locator('nav .links a[href="/plots"] kbd').textContent()
    await page.keyboard.press(plots as string)
    await page.waitForURL('**/plots')
    await page.locator('.time-bar').waitFor()
    await page.keyboard.press('g')
    await page.waitForURL('**/map')
  })

  test('a key that follows at once is for what was just selected, and not for what was before', async () => {
    const page = await city.openLive('/')
    await page.locator('#filter').fill('SL-')
    await page.keyboard.press('Enter')
    await page.getByText(/^\d shown/).waitFor()
    await page.keyboard.press('j')
    await page.locator('#detail .button.primary').waitFor()
    const selected = () => city.app.services.state.alarm(Number(page.url().split('/').at(-1)))
    const before = selected()
    // One after the other before anything can be painted, as on a page that has much to do.
    await page.evaluate(async () => {
      const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      press('j')
      await null
      press('a')
    })
    await expect.poll(() => selected()?.acknowledged?.by).toBe(login.name)
    expect(selected()?.id).not.toBe(before?.id)
    expect(city.app.services.state.alarm(before?.id as number)?.acknowledged).toBeNull()
  })

  test('what is typed while a dialog is on its way does nothing else', async () => {
    const id = await raised(city, 'SL-04')
    const page = await city.openLive(`/alarms/${id}`)
    await page.locator('#detail .tag.unacknowledged').waitFor()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/assets/alarm-dialogs*.js', (route) => void held.then(() => route.continue()))
    await page.keyboard.press('o')
    await page.keyboard.type('a2')
    release()
    await page.locator('dialog[open] textarea').fill('Seen from the road')
    await page.locator('dialog[open] button[type=submit]').click()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    expect(page.url()).toContain(`/alarms/${id}`)
    expect(city.app.services.state.alarm(id)?.acknowledged).toBeNull()
  })

  test('keys can be switched off, and only Escape works then', async () => {
    const page = await city.openLive('/')
    await page.keyboard.press('?')
    await page.getByLabel('Single-letter keys are on').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('2')
    await page.keyboard.press('j')
    await page.keyboard.press('?')
    expect(await page.locator('dialog[open]').count()).toBe(0)
    expect(page.url()).toBe(`${city.app.url}/`)
  })

  test('a facility page follows its values and changes the mode with a reason', async () => {
    const page = await city.openLive('/facilities/PS-1')
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.437 })
    await page.getByText('0.437').first().waitFor()
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.412 })
    await page.getByText('0.412').first().waitFor()
    await page.getByRole('button', { name: /Change mode/ }).click()
    await page.getByLabel('Reason').fill('Pump exchanged')
    await page.locator('dialog button[type=submit]').click()
    await expect.poll(() => city.app.services.plant.get('PS-1')?.mode).toBe('out-of-service')
  })

  test('finds facilities and pages through them', async () => {
    const page = await city.openLive('/facilities')
    await page.getByText(`${facilities.length} found`).waitFor()
    await page.getByRole('button', { name: /Next/ }).click()
    await page.getByRole('link', { name: 'SL-60' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('gs-')
    await page.getByText('4 found').waitFor()
  })

  test('a quarter of an hour of the last day is read by keyboard and mouse, and opens its alarms', async () => {
    const page = await city.openLive('/')
    const quarters = page.getByRole('slider', { name: /alarms in the last 24 hours/ })
    await quarters.focus()
    const now = await quarters.getAttribute('aria-valuetext')
    expect(now).toMatch(/: \d+ alarms/)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => quarters.getAttribute('aria-valuetext')).not.toBe(now)
    await quarters.hover({ position: { x: 5, y: 5 } })
    await page.locator('.quarter-words', { hasText: '0 alarms' }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/alarms\?live=false&from=\d+&to=\d+/)
  })

  test('a hint is told once, and comes again when it is asked for', async () => {
    const page = await city.openLive('/', { hints: true })
    const bar = page.locator('.hint-bar')
    for (const part of ['1/3', '2/3', '3/3']) {
      await bar.getByText(part).waitFor()
      await bar.getByRole('button', { name: 'Understood' }).click()
    }
    await bar.waitFor({ state: 'detached' })
    await page.goto(`${city.app.url}/facilities`)
    await bar.waitFor()
    // A facility is no list: what helps there does not here.
    await page.locator('a[href^="/facilities/"]').first().click()
    await page.locator('.facility-head').waitFor()
    expect(await bar.count()).toBe(0)
    await page.goBack()
    await bar.getByRole('button', { name: 'No hints' }).click()
    await page.goto(`${city.app.url}/map`)
    await page.locator('.console[data-link=live]').waitFor()
    expect(await bar.count()).toBe(0)
    await page.keyboard.press('?')
    await page.getByRole('button', { name: 'Show the hints of all pages again' }).click()
    await page.keyboard.press('Escape')
    await bar.waitFor()
  })

  test('symbols blink, unless the person wants no motion', async () => {
    const page = await city.openLive('/')
    const animation = () =>
      page
        .locator('.rows .symbol.unacknowledged')
        .first()
        .evaluate((symbol) => getComputedStyle(symbol).animationName)
    await page.locator('.rows .symbol.unacknowledged').first().waitFor()
    expect(await animation()).toBe('none')
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    expect(await animation()).toBe('blink')
  })

  test('the wall stays within its budget of bytes; other pages bring their own', async () => {
    const assets = join(city.consoleFolder, 'assets')
    const size = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0)
    const page = await city.open('/', {
      prepare: (context) =>
        context.addInitScript(() => {
          new MutationObserver((_, observer) => {
            if (!document.querySelector('.header')) return
            observer.disconnect()
            const scripts = performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1) ?? '')
            Object.assign(window, { scriptsAtFirst: scripts.filter((name) => name.endsWith('.js')) })
          }).observe(document, { childList: true, subtree: true })
        }),
    })
    await page.locator('.console[data-link=live]').waitFor()
    await page.locator('.plot canvas').first().waitFor()
    const first = await page.evaluate(() => (window as unknown as { scriptsAtFirst: string[] }).scriptsAtFirst)
    const all = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1) ?? ''))
    const loaded = new Set(all.filter((name) => name.endsWith('.js')))
    expect(first.length).toBeGreaterThan(0)
    expect(size(new Set(first))).toBeLessThanOrEqual(BUDGET)
    expect(size(loaded)).toBeLessThanOrEqual(BUDGET_OF_ALL)
    expect(readdirSync(assets).filter((name) => name.endsWith('.js')).length).toBeGreaterThan(loaded.size)
  })

  test('nothing on the wall jumps while it loads', async () => {
    const page = await city.open('/', {
      prepare: (context) =>
        context.addInitScript(() => {
          Object.assign(window, { shift: 0 })
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
              if (!entry.hadRecentInput) (window as unknown as { shift: number }).shift += entry.value
          }).observe({ type: 'layout-shift', buffered: true })
        }),
    })
    await page.locator('.console[data-link=live]').waitFor()
    await page.locator('.plot canvas').first().waitFor()
    expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThanOrEqual(0.05)
  })

  test.each([
    [683, 384],
    [390, 844],
  ])('at %i x %i nothing of the wall is cut off sideways', async (width, height) => {
    const page: Page = await visit(city.browser, city.app.url, { login, width, height })
    await page.locator('.rows .row').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  })
})
