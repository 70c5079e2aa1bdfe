import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { findViolations, type Visit } from './chromium.ts'
import { findLayoutFaults } from './layout-checks.ts'
import { chromium, useRealConsole } from './real-console.ts'

const PHONE = '+86 311 12345'
const phoneSized = { login: null, width: 390, height: 844 }
const lamps = Array.from({ length: 12 }, (_, i) => ({
  ...{ id: `SL-${i + 1}`, kind: 'street-light', name: `河堤路 ${i + 1} 号灯`, nameEn: `Quay lamp ${i + 1}`, district: 'Harbour' },
  ...{ road: '河堤路', position: [114.6 + i / 4000, 37.9 + (i % 2) / 5000] as [number, number] },
}))

describe.skipIf(!chromium)('the page on which citizens report', { timeout: 60_000 }, () => {
  const city = useRealConsole({ facilities: lamps, settings: { REPORT_PHONE: PHONE } })
  const reports = () => city.app.services.reports.list({ limit: 100 }).items.map(({ report }) => report)
  const open = (path: string, more: Visit = {}) => city.open(path, { ...phoneSized, ...more })
  const numberOn = (page: Page) => page.locator('p.number').innerText()

  beforeAll(() => {
    const report = { madeId: 'a-report-made-before', kind: 'damaged' as const, code: 'SL-9', position: null, words: '', contact: '' }
    city.app.services.reports.take({ ...report, language: 'zh', callerWaits: false }, null)
  })

  test('from the code on the pole to a number, and with it to how far it is', async () => {
    const page = await open('/report/SL-1', { language: 'zh' })
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await page.getByText('河堤路 1 号灯').waitFor()
    await page.getByText('漏电或电线裸露').click()
    await page.getByRole('link', { name: PHONE }).waitFor()
    await page.getByText('灯不亮').click()
    expect(await page.getByText('请远离').count()).toBe(0)
    await page.getByLabel('联系电话').fill('139 0000 0000')
    await page.getByRole('button', { name: '提交报修' }).click()
    const number = await numberOn(page)
    expect(reports()[0]).toMatchObject({ number, facility: 'SL-1', kind: 'dark', source: 'page', contact: '139 0000 0000', language: 'zh' })
    await page.getByRole('link', { name: '查看进度' }).click()
    await page.locator('.steps li[aria-current=step]').waitFor()
    expect(await page.locator('main').innerText()).not.toContain('139')
    expect([...hosts]).toEqual([new URL(city.app.url).host])
    expect(await page.context().cookies()).toEqual([])
  })

  test('a phone of 2017 sends a report all the same', async () => {
    const page = await open('/report')
    await page.addInitScript(() => {
      for (const name of ['AbortController', 'AbortSignal', 'queueMicrotask']) Reflect.deleteProperty(window, name)
    })
    await page.goto(`${city.app.url}/report/SL-4`)
    await page.getByText('Quay lamp 4').waitFor()
    await page.getByText('Pole or lamp is damaged').click()
    await page.getByRole('button', { name: 'Send the report' }).click()
    const number = await numberOn(page)
    expect(reports()[0]).toMatchObject({ number, facility: 'SL-4' })
  })

  test('whoever typed a report without a network is told when it could not be taken', async () => {
    const page = await open('/report/SL-3')
    await page.getByText('Quay lamp 3').waitFor()
    await page.context().setOffline(true)
    await page.evaluate(() => {
      history.pushState(null, '', '/report/SL-404')
      dispatchEvent(new PopStateEvent('popstate'))
    })
    await page.getByText('Pole or lamp is damaged').click()
    await page.getByRole('button', { name: 'Send the report' }).click()
    await page.getByText('Kept on this phone').waitFor()
    await page.context().setOffline(false)
    await page.getByText('There is no pole “SL-404”').waitFor({ timeout: 20_000 })
    await page.getByRole('heading', { name: 'The report was not taken' }).waitFor()
    await page.getByRole('button', { name: 'Understood' }).click()
    await page.getByText('There is no pole “SL-404”').waitFor({ state: 'detached' })
  })

  test('what is typed without a network is kept, and arrives once when it is back', async () => {
    const before = reports().length
    const page = await open('/report/SL-3')
    await page.getByText('Quay lamp 3').waitFor()
    await page.context().setOffline(true)
    await page.getByText('Pole or lamp is damaged').click()
    await page.getByRole('button', { name: 'Send the report' }).click()
    await page.getByText('Kept on this phone').waitFor()
    // The first one arrives, but its answer is lost on the way.
    await page.route('**/api/public/reports', async (route) => route.fetch().then(() => route.abort()), { times: 1 })
    await page.context().setOffline(false)
    await vi.waitUntil(() => reports().length === before + 1, { timeout: 15_000 })
    await page.getByText('Kept on this phone').waitFor()
    await page.reload()
    await page.goto(`${city.app.url}/report`)
    await page.getByText('Reports from this phone').waitFor()
    expect(reports().length).toBe(before + 1)
    await page.getByRole('link', { name: reports()[0]?.number as string }).waitFor()
  })

  test('a pole is found by its road or number; what is known says so, and a wrong code helps on', async () => {
    const page = await open('/report/NOBODY-7')
    await page.getByText('There is no pole “NOBODY-7”').waitFor()
    const words = page.getByLabel('Number on the pole')
    await words.fill('河堤')
    await words.press('Enter')
    await page.getByText('12 found').waitFor()
    await page.locator('.sketch').click({ position: { x: 10, y: 10 } })
    expect(await page.getByRole('link', { name: 'This one' }).count()).toBe(0)
    await words.fill('sl-9')
    await words.press('Enter')
    await page.getByRole('link', { name: /^SL-9/ }).click()
    await page.getByRole('heading', { name: 'We already know' }).waitFor()
    await page.getByText('Pole or lamp is damaged').click()
    await page.getByRole('button', { name: 'Send the report' }).click()
    await page.getByText('Somebody has reported this before').waitFor()
  })

  test('whoever stands at a danger that is known is told to keep away', async () => {
    city.app.services.reports.take(
      {
        ...{ madeId: 'a-neighbour-called', kind: 'live-part', code: 'SL-12', position: null, words: '', contact: '' },
        language: 'en',
        callerWaits: false,
      },
      null,
    )
    const page = await open('/report/SL-12')
    await page.getByRole('heading', { name: 'We already know' }).waitFor()
    await page.getByText('Keep away and keep others away').waitFor()
    await page.close()
  })

  test('a pole is found by where one stands, and whoever finds none reports the place', async () => {
    const prepare = (context: BrowserContext) =>
      context.grantPermissions(['geolocation']).then(() => context.setGeolocation({ longitude: 114.60101, latitude: 37.9 }))
    const page = await open('/report', { prepare })
    await page.getByRole('button', { name: 'Use my position' }).click()
    await page.getByText('12 found').waitFor()
    expect(await page.locator('.plain-list li').first().innerText()).toMatch(/^SL-5\s[\s\S]*1 m$/)
    const [x, y] = await page
      .locator('.sketch circle')
      .first()
      .evaluate((lamp) => [lamp.getBoundingClientRect().x + 6, lamp.getBoundingClientRect().y + 6] as const)
    await page.mouse.click(x, y)
    await page.getByRole('link', { name: 'This one: SL-5' }).waitFor()
    await page.getByRole('link', { name: 'I cannot find the pole' }).click()
    await page.getByText('Lamp flickers').click()
    await page.getByLabel('Tell us what you see').fill('Opposite number 12')
    await page.getByRole('button', { name: 'Send the report' }).click()
    await numberOn(page)
    expect(reports()[0]).toMatchObject({ facility: null, position: [114.60101, 37.9], words: 'Opposite number 12', kind: 'flickering' })
  })

  test.each([
    ['zh', 'dark', 390],
    ['en', 'light', 1366],
  ] as const)('nobody is kept out, %s, %s, %d wide', async (language, theme, width) => {
    const [{ number } = { number: '' }] = reports()
    const page = await open('/report', { language, theme, width })
    await page.locator('#find-title').waitFor()
    for (const path of ['/report', `/report?number=${number}`, '/report?number=wrong', '/report?here=114.6,37.9', '/report/SL-9']) {
      await page.goto(city.app.url + path)
      await page.locator('main form').first().waitFor()
      if (path.endsWith('SL-9')) {
        await page.locator('.notice').waitFor()
        await page.locator('.choice input').first().check()
      }
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('a, button, input:not([type=radio]), textarea, label.choice')]
          .map((target) => ({ what: target.textContent, height: target.getBoundingClientRect().height }))
          .filter(({ height }) => height < 47.5),
      )
      expect([path, small, await findViolations(page), await page.evaluate(findLayoutFaults)]).toEqual([path, [], [], []])
    }
  })

  test('without JavaScript it says what to do and whom to call', async () => {
    const context = await city.browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${city.app.url}/report/SL-1`)
    expect(await page.locator('main').innerText()).toMatch(/启用 JavaScript[\s\S]*\+86 311 12345[\s\S]*turn JavaScript on/)
  })

  test('weighs at most 30 kB', () => {
    const folder = join(city.consoleFolder, 'report/assets')
    const size = readdirSync(folder).reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
    expect(size).toBeLessThanOrEqual(30_000)
  })
})
