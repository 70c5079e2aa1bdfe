import type { BrowserContext, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { findViolations, type Visit } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

interface Pulse {
  at: number
  pitch: number
}

/** Writes down every pulse that the page gives to its real audio. */
const recordPulses = (context: BrowserContext) =>
  context.addInitScript(() => {
    const pulses: Pulse[] = []
    const { start } = OscillatorNode.prototype
    OscillatorNode.prototype.start = function (when) {
      pulses.push({ at: performance.now(), pitch: this.frequency.value })
      start.call(this, when)
    }
    Object.assign(window, { pulses })
  })
const withSound = async (context: BrowserContext) => {
  await recordPulses(context)
  await context.addInitScript(() => localStorage.setItem('console.sound', 'on'))
}
/** Keeps audio suspended until the page is touched, as browsers do; here every look of the test counts as a touch. */
const blocked = async (context: BrowserContext) => {
  await withSound(context)
  await context.addInitScript(() => {
    let isTouched = false
    addEventListener('pointerdown', () => (isTouched = true), true)
    Object.defineProperty(AudioContext.prototype, 'state', { get: () => (isTouched ? 'running' : 'suspended') })
    AudioContext.prototype.resume = function () {
      this.dispatchEvent(new Event('statechange'))
      return Promise.resolve()
    }
  })
}
const pulsesOf = (page: Page): Promise<Pulse[]> => page.evaluate(() => (window as unknown as { pulses: Pulse[] }).pulses)
const CRITICAL = 880
const HIGH = 660
const countOf = async (page: Page, pitch: number) => (await pulsesOf(page)).filter((pulse) => pulse.pitch === pitch).length

describe.skipIf(!chromium)('sound', () => {
  const stations = Array.from({ length: 6 }, (_, i) => ({ id: `GS-${i + 1}`, kind: 'gas-station', name: `Gate ${i + 1}` }))
  const city = useRealConsole({ facilities: [...stations, { id: 'PS-1', kind: 'pump-station' }] })

  const leak = (id: string) => city.publish('gas-station', id, { 'ch4-1': 25 })
  const acknowledge = async () => {
    const alarms = [...city.app.services.liveAlarms()].map(({ id, version }) => ({ id, version }))
    if (alarms.length === 0) return
    const page = await city.open('/')
    const answer = await page.request.post(`${city.app.url}/api/alarms/acknowledge`, {
      data: { alarms },
      headers: { origin: city.app.url },
    })
    expect(answer.status()).toBe(200)
    await page.context().close()
  }
  const open = (path: string, more: Visit = {}) => city.openLive(path, { prepare: withSound, ...more })
  const touch = (page: Page) => page.locator('.header').click({ position: { x: 4, y: 4 } })

  test('a browser that blocks sound says so in a bar, and its button ends that', async () => {
    const page = await open('/', { prepare: blocked })
    await page.locator('.sound-bar').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Turn on the sound' }).click()
    await page.locator('.sound-bar').waitFor({ state: 'detached' })
  })

  test('a critical alarm gives 3 + 2 pulses, again until it is silenced; a new one is heard in the silence, acknowledging ends it', async () => {
    const page = await open('/')
    await touch(page)
    await leak('GS-1')
    await expect.poll(() => countOf(page, CRITICAL), { timeout: 10_000 }).toBe(5)
    await expect.poll(() => countOf(page, CRITICAL), { timeout: 20_000 }).toBe(10)
    // The order that nobody has sounds in between.
    const critical = (await pulsesOf(page)).filter(({ pitch }) => pitch === CRITICAL)
    expect(critical[5]!.at - critical[0]!.at).toBeGreaterThanOrEqual(9000)

    await page.keyboard.press('m')
    await page.getByRole('button', { name: /^Silent [12]:\d\d$/ }).waitFor()
    await page.getByText('Silent for two minutes.').waitFor()
    const [entry] = city.app.services.state.auditTrail({ limit: 1 }).items
    expect(entry).toMatchObject({ action: 'silence-sound', by: 'admin', detail: expect.stringMatching(/^alarms \d+/) })
    expect(await findViolations(page)).toEqual([])

    const before = await countOf(page, CRITICAL)
    await leak('GS-2')
    await expect.poll(() => countOf(page, CRITICAL), { timeout: 10_000 }).toBe(before + 5)
    await acknowledge()
    await page.locator('.row.unacknowledged').first().waitFor({ state: 'detached' })
    // Longer than the time after which it would sound again.
    const ended = await countOf(page, CRITICAL)
    await page.waitForTimeout(11_000)
    expect(await countOf(page, CRITICAL)).toBe(ended)
  })

  test('only one tab of a browser sounds, and another one when that is closed', { timeout: 90_000 }, async () => {
    const first = await open('/')
    await touch(first)
    const second = await first.context().newPage()
    await second.goto(`${city.app.url}/`)
    await second.locator('.console[data-link=live]').waitFor()
    await touch(second)
    await leak('GS-3')
    await expect.poll(() => countOf(second, CRITICAL), { timeout: 15_000 }).toBe(5)
    expect(await countOf(first, CRITICAL)).toBe(0)
    await second.close()
    await expect.poll(() => countOf(first, CRITICAL), { timeout: 20_000 }).toBe(5)
    await acknowledge()
  })

  test('is off for who does not have to hear, is switched on, tried and turned down in the menu, and stays so', async () => {
    const page = await city.openLive('/', { prepare: recordPulses })
    await page.getByRole('button', { name: 'Sound off' }).waitFor()
    await page.locator('.person > button').click()
    await page.getByLabel('Sound in this browser').last().check()
    await page.getByLabel('Volume').fill('0.3')
    await page.getByRole('button', { name: 'High', exact: true }).click()
    await expect.poll(() => countOf(page, HIGH)).toBe(3)
    await page.reload()
    await page.getByRole('button', { name: /^Silence/ }).waitFor()
    await page.locator('.person > button').click()
    expect(await page.getByLabel('Volume').inputValue()).toBe('0.3')
  })
})
