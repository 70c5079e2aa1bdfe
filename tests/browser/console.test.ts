import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from '../servers.ts'
import { buildConsole, findViolations, launchChromium, type Visit, visit } from './chromium.ts'
import { type ConsoleFixture, type FixtureOptions, login, startConsoleFixture } from './console-fixture.ts'

const chromium = findProgram('chromium')
const BUDGET = 90_000

describe.skipIf(!chromium)('console in a browser', () => {
  let browser: Browser
  let built: Awaited<ReturnType<typeof buildConsole>>
  const fixtures: ConsoleFixture[] = []

  beforeAll(async () => {
    built = await buildConsole()
    browser = await launchChromium(chromium as string)
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    for (const fixture of fixtures.splice(0)) await fixture.close()
  })
  afterAll(async () => {
    await browser?.close()
    await built?.remove()
  })

  async function start(options: FixtureOptions = {}): Promise<ConsoleFixture> {
    const fixture = await startConsoleFixture({ lamps: 300, ...options, folder: built.folder })
    fixtures.push(fixture)
    return fixture
  }
  const open = (fixture: ConsoleFixture, more: Visit = {}) => visit(browser, fixture.url, { login, ...more })
  const live = (page: Page) => page.locator('.console[data-link=live]').waitFor()

  describe.each(['dark', 'light'] as const)('%s theme', (theme) => {
    test.each(['en', 'zh'] as const)('axe finds nothing in %s', async (language) => {
      const fixture = await start()
      const id = [...fixture.city.alarms.values()].find(
        ({ facility, state }) => facility.startsWith('PMP') && state === 'unacknowledged',
      )?.id
      const paths = [
        '/',
        `/alarms/${id}`,
        '/?kiosk=1',
        '/facilities',
        '/facilities/PMP-02',
        '/facilities/CAB-001?span=24h',
        '/facilities/nothing',
        '/nowhere',
      ]
      const found: string[] = []
      for (const path of paths) {
        const page = await open(fixture, { path, theme, language })
        await live(page)
        if (path.includes('alarms') || path.includes('PMP')) await page.locator('.plot-set').first().waitFor()
        found.push(...(await findViolations(page)).map((text) => `${path} ${text}`))
        await page.context().close()
      }
      expect(found).toEqual([])
    })

    test('axe finds nothing at sign-in, in dialogs, without facilities and without connection', async () => {
      const fixture = await start()
      const signIn = await open(fixture, { theme, login: null })
      await signIn.locator('input[name=password]').waitFor()
      expect(await findViolations(signIn)).toEqual([])
      const page = await open(fixture, { theme, path: '/alarms/1' })
      await live(page)
      await page.keyboard.press('?')
      await page.locator('dialog[open]').waitFor()
      expect(await findViolations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Comment/ }).click()
      expect(await findViolations(page)).toEqual([])
      await page.keyboard.press('Escape')
      fixture.cut(true)
      await page.locator('.console[data-link=disconnected]').waitFor()
      expect(await findViolations(page)).toEqual([])
      const empty = await open(await start({ scenario: 'empty' }), { theme })
      await empty.getByText('npm run demo').waitFor()
      expect(await findViolations(empty)).toEqual([])
    })
  })

  test('signs in, refuses a wrong password, signs out', async () => {
    const page = await open(await start(), { login: null, path: '/facilities' })
    const enter = async (password: string) => {
      await page.getByLabel('Name').fill(login.name)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await enter('wrong')
    await page.getByText('Name or password is wrong.').waitFor()
    await enter(login.password)
    await page.getByRole('heading', { name: 'Facilities' }).waitFor()
    await page.getByRole('button', { name: /^admin/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Password').waitFor()
  })

  test('acknowledges by keyboard alone, and shelves with a reason', async () => {
    const fixture = await start()
    const { id } = fixture.raise('GAS-01', 'ch4-20')
    const page = await open(fixture)
    await live(page)
    await page.keyboard.press('j')
    await page.waitForURL(`**/alarms/${id}`)
    await page.locator('.row.selected.unacknowledged').waitFor()
    await page.keyboard.press('a')
    await page.locator('#detail .tag.acknowledged, #detail .tag.latched, #detail .tag.normal').first().waitFor()
    expect(fixture.city.alarms.get(id)?.acknowledged?.by).toBe(login.name)
    const other = fixture.raise('PMP-03', 'overload')
    await page.goto(`${fixture.url}/alarms/${other.id}`)
    await page.locator('#detail .tag.unacknowledged').waitFor()
    await page.keyboard.press('s')
    await page.getByLabel('Reason').fill('Repair under way')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('#detail .tag.shelved').waitFor()
    expect(fixture.city.alarms.get(other.id)?.shelved?.reason).toBe('Repair under way')
    await page.getByRole('button', { name: /^Shelf/ }).click()
    await page.locator('dialog').getByText('Repair under way').waitFor()
  })

  test('filters by words and by a cell of the matrix', async () => {
    const fixture = await start()
    const page = await open(fixture)
    await live(page)
    await page.keyboard.press('/')
    await page.keyboard.type('gas-0')
    await page.getByText(/\d+ shown/).waitFor()
    const ids = await page.locator('.rows .row > :nth-child(5)').allTextContents()
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.filter((text) => !text.startsWith('GAS-0'))).toEqual([])
    await page.getByText(/\d+ shown/).click()
    await page.locator('.matrix td button').first().click()
    expect(await page.locator('.rows .row:not(.critical)').count()).toBe(0)
  })

  test('deep links open, the back button goes back', async () => {
    const fixture = await start()
    const { id } = fixture.raise('PMP-05', 'overflow')
    const page = await open(fixture, { path: `/alarms/${id}` })
    await page.locator('#detail h2', { hasText: 'Wet well about to overflow' }).waitFor()
    await page.locator('#detail a', { hasText: 'PMP-05' }).click()
    await page.getByRole('heading', { name: /PMP-05/ }).waitFor()
    await page.getByRole('button', { name: '6 h' }).click()
    expect(page.url()).toContain('span=6h')
    await page.goBack()
    await page.goBack()
    await page.locator('#detail h2', { hasText: 'Wet well about to overflow' }).waitFor()
    expect(page.url()).toContain(`/alarms/${id}`)
  })

  test('a new alarm never moves the row under the pointer', async () => {
    const fixture = await start()
    const page = await open(fixture)
    await live(page)
    const row = page.locator('.rows .row').nth(4)
    const key = await row.locator('a').getAttribute('href')
    const held = page.locator(`.rows .row:has(a[href="${key}"])`)
    const before = await held.boundingBox()
    await held.hover()
    fixture.raise('GAS-01', 'ch4-20')
    fixture.raise('PMP-07', 'overflow')
    await page.getByText('2 above').waitFor()
    expect((await held.boundingBox())?.y).toBe(before?.y)
    await page.mouse.move(5, 5)
    await page.getByText('2 above').waitFor({ state: 'detached' })
  })

  test('says when heartbeats stop, and recovers', async () => {
    const fixture = await start()
    const page = await open(fixture)
    await live(page)
    fixture.holdHeartbeats(true)
    await page.getByText(/Last heartbeat .* ago/).waitFor()
    expect(await page.locator('.console').getAttribute('data-link')).toBe('stale')
    fixture.holdHeartbeats(false)
    await live(page)
    expect(await page.locator('.banner').count()).toBe(0)
  })

  test('refuses actions without connection and shows what happened meanwhile once it is back', async () => {
    const fixture = await start()
    const { id } = fixture.raise('PMP-05', 'overflow')
    const page = await open(fixture, { path: `/alarms/${id}` })
    await live(page)
    fixture.cut(true)
    await page.locator('.console[data-link=disconnected]').waitFor()
    await page.keyboard.press('a')
    await page.locator('.notice', { hasText: 'Refused' }).waitFor()
    const missed = fixture.raise('GAS-02', 'ch4-20')
    fixture.cut(false)
    await live(page)
    await page.locator(`.rows a[href="/alarms/${missed.id}"]`).waitFor()
    expect(fixture.city.alarms.get(id)?.acknowledged).toBeNull()
  })

  test('notices lost deltas and fetches what they said', async () => {
    const fixture = await start()
    const page = await open(fixture)
    await live(page)
    fixture.loseDeltas(true)
    const lost = fixture.raise('GAS-02', 'ch4-20')
    fixture.loseDeltas(false)
    await page.locator(`.rows a[href="/alarms/${lost.id}"]`).waitFor()
  })

  test('a facility page follows its values and changes the mode with a reason', async () => {
    const fixture = await start()
    const page = await open(fixture, { path: '/facilities/PMP-02' })
    const age = page.locator('[data-point=level] .quality')
    await page.locator('[data-point=level] .reading').waitFor()
    await expect.poll(() => age.textContent(), { timeout: 10_000 }).toMatch(/^[0-2]s/)
    const first = await page.locator('[data-point=level] .reading').textContent()
    await expect.poll(() => page.locator('[data-point=level] .reading').textContent(), { timeout: 15_000 }).not.toBe(first)
    await page.getByRole('button', { name: /Change mode/ }).click()
    await page.getByLabel('Reason').fill('Pump exchanged')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('.facility-head dd', { hasText: 'Out of service' }).first().waitFor()
    expect(fixture.city.facilities.find(({ id }) => id === 'PMP-02')?.mode).toBe('out-of-service')
  })

  test('finds facilities and pages through them', async () => {
    const page = await open(await start(), { path: '/facilities' })
    await page.getByText('322 found').waitFor()
    await page.getByRole('button', { name: /Next/ }).click()
    await page.getByRole('link', { name: 'LAMP-00050' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('gas-0')
    await page.getByText('4 found').waitFor()
  })

  test('asks to sign in again where the session ended, and comes back to the same page', async () => {
    const fixture = await start()
    const page = await open(fixture, { path: '/facilities/PMP-02' })
    await live(page)
    fixture.endSessions()
    await page.getByLabel('Name').fill(login.name)
    await page.getByLabel('Password').fill(login.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: /PMP-02/ }).waitFor()
    await live(page)
  })

  test('says that the clock of this computer is wrong, and counts ages by the server', async () => {
    const fixture = await start({ skew: 90_000 })
    const { id } = fixture.raise('GAS-01', 'ch4-20')
    const page = await open(fixture, { path: `/alarms/${id}` })
    await page.getByText(/clock is 1m \d\ds off/).waitFor()
    expect(await page.locator('.row.selected > :nth-child(3)').textContent()).toMatch(/^\d+s$/)
  })

  test('the wall stays within its budget of bytes; other pages bring their own', async () => {
    const page = await browser.newPage()
    const loaded = new Set<string>()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname.endsWith('.js')) loaded.add(pathname.split('/').at(-1) as string)
    })
    const fixture = await start()
    await page.request.post(`${fixture.url}/api/session`, { data: login, headers: { origin: fixture.url } })
    await page.goto(fixture.url)
    await live(page)
    const bytes = [...loaded].reduce((sum, name) => sum + gzipSync(readFileSync(join(built.folder, 'assets', name))).length, 0)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(BUDGET)
    expect(readdirSync(join(built.folder, 'assets')).filter((name) => name.endsWith('.js')).length).toBeGreaterThan(loaded.size)
    await page.close()
  })
})
