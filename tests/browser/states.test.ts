import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ChaosProxy, startChaosProxy } from '../chaos/chaos-proxy.ts'
import { findViolations, visit } from './chromium.ts'
import { chromium, login, type RealConsole, useRealConsole } from './real-console.ts'

const leak = (city: RealConsole, id: string) => city.publish('gas-station', id, { 'ch4-1': 25 })
const raised = (city: RealConsole, facility: string) =>
  vi.waitUntil(() => [...city.app.services.liveAlarms()].find((alarm) => alarm.facility === facility), { timeout: 15_000 })

describe.skipIf(!chromium)('states of the console', () => {
  const stations = [1, 2, 3, 4].map((i) => ({ id: `GS-${i}`, kind: 'gas-station', name: `Gate ${i}`, district: 'Harbour' }))
  const city = useRealConsole({
    facilities: [...stations, { id: 'PS-1', kind: 'pump-station', name: 'River pumps' }],
    changesConsole: true,
  })
  const links: ChaosProxy[] = []
  afterEach(async () => {
    for (const context of city.browser.contexts()) await context.close()
    for (const link of links.splice(0)) await link.close()
  })

  /** A page that reaches the server by a link that can be harmed. */
  async function byLink(path: string): Promise<{ page: Page; link: ChaosProxy }> {
    const link = await startChaosProxy({ target: Number(new URL(city.app.url).port), seed: 'states' })
    links.push(link)
    const page = await visit(city.browser, `http://127.0.0.1:${link.port}`, { path, login })
    await page.locator('.console[data-link=live]').waitFor()
    return { page, link }
  }
  const is = (page: Page, state: string) => page.locator(`.console[data-link=${state}]`).waitFor({ timeout: 30_000 })

  test('heartbeats that stop are told, colour drains, and all comes back', async () => {
    const { page, link } = await byLink('/')
    link.set({ blackHole: true })
    await is(page, 'stale')
    await page.locator('.banner.warning').waitFor()
    expect(await page.locator('main').evaluate((main) => getComputedStyle(main).filter)).toMatch(/saturate/)
    expect(await findViolations(page)).toEqual([])
    link.set({})
    await is(page, 'live')
    expect(await page.locator('.banner.warning').count()).toBe(0)
  })

  test('without connection actions are refused, nothing is kept for later, and what was missed is there afterwards', async () => {
    await leak(city, 'GS-1')
    const { id } = await raised(city, 'GS-1')
    const { page, link } = await byLink(`/alarms/${id}`)
    await page.getByRole('button', { name: /^Acknowledge A$/ }).waitFor()
    link.set({ refuse: true })
    link.reset()
    await is(page, 'disconnected')
    await page.keyboard.press('a')
    await page.locator('.notice', { hasText: 'Refused' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await leak(city, 'GS-2')
    const missed = await raised(city, 'GS-2')
    link.set({})
    await is(page, 'live')
    await page.locator(`.rows a[href="/alarms/${missed.id}"]`).waitFor()
    expect(city.app.services.state.alarm(id)?.acknowledged).toBeNull()
  })

  test('deltas that are lost on the way are noticed and fetched', async () => {
    let isLosing = false
    const page = await city.openLive('/', {
      prepare: (context) =>
        context.routeWebSocket(/socket\.io/, (client) => {
          const server = client.connectToServer()
          server.onMessage((message) => {
            const passes = !isLosing || (typeof message === 'string' && (!message.startsWith('4') || message.includes('"heartbeat"')))
            if (passes) client.send(message)
          })
        }),
    })
    isLosing = true
    await leak(city, 'GS-3')
    const lost = await raised(city, 'GS-3')
    await page.locator(`.rows a[href="/alarms/${lost.id}"]`).waitFor({ timeout: 30_000 })
  })

  test('says that it loads as long as nothing is there', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const page = await city.open('/', {
      prepare: (context) => context.route('**/api/snapshot*', (route) => void held.then(() => route.continue())),
    })
    await page.getByText('Loading…').waitFor()
    release()
    await page.locator('.wall').waitFor()
  })

  test('says that the clock of this computer is wrong, and counts ages by the server', async () => {
    await leak(city, 'GS-4')
    const { id } = await raised(city, 'GS-4')
    const behind = (context: BrowserContext) =>
      context.addInitScript(() => {
        const { now } = Date
        Date.now = () => now() - 600_000
      })
    const page = await city.openLive(`/alarms/${id}`, { prepare: behind })
    await page.getByText(/clock is (9m 5\ds|10m 0\ds) off/).waitFor()
    expect(await page.locator('.row.selected > :nth-child(3)').textContent()).toMatch(/^(\d+s|[12]m \d\ds)$/)
    expect(await findViolations(page)).toEqual([])
  })

  test('a value that is older than its facility usually reports is marked so, with its age', async () => {
    await city.publish('pump-station', 'PS-1', { 'outlet-pressure': 0.4 }, Date.now() - 3_600_000)
    const page = await city.openLive('/facilities/PS-1')
    const value = page.locator('li[data-point="outlet-pressure"]').first()
    await value.locator('.tag', { hasText: 'OLD' }).waitFor()
    expect(await value.textContent()).toMatch(/1h 0\dm/)
  })

  test('a page whose code cannot be loaded says so and can be loaded again; so does one whose data is refused', async () => {
    const page = await city.openLive('/')
    await page.route('**/assets/alarm-system-pages*.js', (route) => route.abort())
    await page.locator('nav a[href="/alarm-system"]').first().click()
    await page.getByText('This page could not be loaded.').waitFor()
    expect(await page.locator('.header').isVisible()).toBe(true)
    await page.unroute('**/assets/alarm-system-pages*.js')
    await page.getByRole('button', { name: 'Load again' }).click()
    await page.locator('.measure').first().waitFor()
    await page.route('**/api/facilities?*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'The store is away.' }) }),
    )
    await page.goto(`${city.app.url}/facilities`)
    await page.getByText('The store is away.').first().waitFor()
  })

  test('a session that ends asks to sign in again, says why, and comes back to the same page', async () => {
    const page = await city.openLive('/facilities/PS-1')
    const other = await city.openLive('/')
    const answer = await other.request.delete(`${city.app.url}/api/own/sessions`, { headers: { origin: city.app.url } })
    expect(answer.ok()).toBe(true)
    await page.getByText('Your session has ended.').waitFor()
    await page.getByLabel('Name').fill(login.name)
    await page.getByLabel('Password').fill(login.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: /PS-1/, level: 1 }).waitFor()
    await is(page, 'live')
  })

  test('a page that is older than the server offers the new version, and a kiosk takes it by itself', { timeout: 90_000 }, async () => {
    const { page, link } = await byLink('/')
    const wall = await visit(city.browser, `http://127.0.0.1:${link.port}`, { path: '/?kiosk=1', login })
    await is(wall, 'live')
    await wall.evaluate(() => Object.assign(window, { isOldPage: true }))
    const index = join(city.consoleFolder, 'index.html')
    const before = readFileSync(index, 'utf8')
    const script = /\/assets\/(index-[^"]+\.js)/.exec(before)?.[1] as string
    const [old, renamed] = [join(city.consoleFolder, 'assets', script), join(city.consoleFolder, 'assets', `new-${script}`)]
    writeFileSync(renamed, readFileSync(old))
    writeFileSync(index, before.replace(script, `new-${script}`))
    try {
      link.reset()
      await page.getByText('The server was updated.').waitFor({ timeout: 30_000 })
      expect(await findViolations(page)).toEqual([])
      await expect.poll(() => wall.evaluate(() => 'isOldPage' in window).catch(() => true), { timeout: 30_000 }).toBe(false)
      await is(wall, 'live')
      await page.getByRole('button', { name: 'Load the new version' }).click()
      await is(page, 'live')
      expect(await page.getByText('The server was updated.').count()).toBe(0)
    } finally {
      writeFileSync(index, before)
      if (existsSync(renamed)) renameSync(renamed, old)
    }
  })

  test('a kiosk has nothing to press, hides the cursor, fills the screen with large letters and can be left', async () => {
    const page = await city.openLive('/?kiosk=1', { width: 3840, height: 2160 })
    await page.locator('.rows .row').first().waitFor()
    await expect.poll(() => page.locator('.console').evaluate((own) => getComputedStyle(own).cursor)).toBe('none')
    expect(
      await page
        .locator('main button:visible, main input:visible')
        .filter({ hasNotText: /Shelf|\// })
        .count(),
    ).toBe(0)
    expect(await page.locator('#detail').textContent()).not.toMatch(/press j/)
    const letters = await page
      .locator('.rows .row a')
      .first()
      .evaluate((title) => title.getBoundingClientRect().height)
    expect(letters).toBeGreaterThan(40)
    const { width, height } = (await page.locator('.console').boundingBox()) ?? { width: 0, height: 0 }
    expect([Math.round(width), Math.round(height)]).toEqual([3840, 2160])
    await page.mouse.move(500, 500)
    await page.mouse.move(520, 520)
    await page.getByText('F leaves the kiosk').waitFor()
    await page.keyboard.press('f')
    await page.locator('nav').waitFor()
    expect(page.url()).not.toContain('kiosk')
  })
})

describe.skipIf(!chromium)('an empty installation', () => {
  const city = useRealConsole()

  test('says what to do next, by links that work', async () => {
    const page = await city.openLive('/', { hints: true })
    const links = page.locator('.next-steps a')
    await links.first().waitFor()
    expect(await page.locator('.hint-bar').count()).toBe(0)
    expect(await findViolations(page)).toEqual([])
    const targets = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    expect(targets).toEqual(['/import', '/new-facility', '/administration/devices'])
    for (const target of targets) {
      await page.locator(`.next-steps a[href="${target}"]`).click()
      await page.locator('main h1, main h2').first().waitFor()
      await page.goBack()
      await links.first().waitFor()
    }
  })

  test('fills by itself as soon as there is a facility', async () => {
    const page = await city.openLive('/')
    await page.locator('.next-steps').waitFor()
    city.app.services.putFacilities([{ id: 'PS-1', kind: 'pump-station' }], 'test')
    await page.locator('.wall').waitFor()
  })
})
