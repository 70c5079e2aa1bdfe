import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { afterEach, describe, expect, test } from 'vitest'
import { alarmState } from '../../src/alarms/alarm.ts'
import { stateCode } from '../../src/edges/live/facility-states.ts'
import { shownHash } from '../../src/edges/live/shown-hash.ts'
import { chromium, login, type RealConsole, useRealConsole } from './real-console.ts'

const facilities = [
  ...Array.from({ length: 5 }, (_, i) => ({ id: `GS-${i + 1}`, kind: 'gas-station', name: `Gas ${i + 1}` })),
  ...Array.from({ length: 6 }, (_, i) => ({ id: `SL-${i + 1}`, kind: 'street-light', name: `Lamp ${i + 1}` })),
]

/** What the server would have a console show, counted from its services and not by the live edge. */
function truth({ app }: RealConsole): number {
  const { plant, liveAlarms, facilityState } = app.services
  const states = new Uint8Array(1 + Math.max(...[...plant].map(({ number }) => number)))
  for (const facility of plant) if (!facility.kind.reportsItself) states[facility.number] = stateCode(facilityState(facility))
  return shownHash(
    [...liveAlarms()].map((alarm) => ({ id: alarm.id, version: alarm.version, state: alarmState(alarm) })),
    states,
  )
}

const shownBy = (page: Page): Promise<string> => page.evaluate(() => document.documentElement.dataset.shown ?? '')
const hashOf = async (page: Page): Promise<number> => Number((await shownBy(page)).split(' ')[2])

/** Until the page shows what the server has, by its hash and by a row of this facility; 5 s are promised, a busy machine gets more. */
async function untilSame(own: RealConsole, page: Page, facility = ''): Promise<void> {
  await expect.poll(async () => (await hashOf(page)) === truth(own), { timeout: 30_000 }).toBe(true)
  await page.locator('[role=row]', { hasText: facility }).first().waitFor()
}

const metric = async (own: RealConsole, reason: string): Promise<number> => {
  const text = await (await fetch(`${own.app.url}/metrics`)).text()
  return Number(text.match(new RegExp(`^lamplighter_console_snapshots_total\\{reason="${reason}"\\} (\\d+)`, 'm'))?.[1] ?? 0)
}

/** Loses or alters what the server tells the page from now on, at the socket of the browser. */
interface Meddler {
  isLosing: boolean
  alters: number
}
async function meddleWith(page: Page): Promise<Meddler> {
  const meddler: Meddler = { isLosing: false, alters: 0 }
  await page.context().routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    // Packets of bytes follow the packet that names them.
    let attachments = 0
    server.onMessage((message) => {
      const isDelta = typeof message === 'string' && /^4[25]\d*-?\["delta"/.test(message)
      if (typeof message === 'string') attachments = Number(/^45(\d+)-\["delta"/.exec(message)?.[1] ?? 0)
      const isPart = typeof message !== 'string' && attachments-- > 0
      if (meddler.isLosing && (isDelta || isPart)) return
      if (isPart && meddler.alters > 0) {
        meddler.alters--
        const altered = Buffer.from(message)
        altered[0] = (altered[0] as number) ^ 1
        socket.send(altered)
      } else socket.send(message)
    })
  })
  return meddler
}

describe.skipIf(!chromium)('a console shows what the server has', () => {
  const own = useRealConsole({ facilities })
  let round = 0
  const leak = async (id: string) => own.publish('gas-station', id, { 'ch4-1': 25 + (round++ % 3) })
  const heat = async (id: string, temperature: number) => own.publish('street-light', id, { 'driver-temperature': temperature })
  afterEach(() => {
    own.ahead = 0
  })

  test('after deltas were lost on the way', async () => {
    const page = await own.open('/', { login: null })
    const meddler = await meddleWith(page)
    await page.request.post(`${own.app.url}/api/session`, { data: login, headers: { origin: own.app.url } })
    await page.goto(own.app.url)
    await page.locator('.console[data-link=live]').waitFor()
    await heat('SL-1', 45)
    await untilSame(own, page)
    const before = await metric(own, 'gap')
    meddler.isLosing = true
    await leak('GS-1')
    await heat('SL-2', 90)
    await pause(300)
    meddler.isLosing = false
    await untilSame(own, page, 'SL-2')
    expect(await metric(own, 'gap')).toBeGreaterThan(before)
  })

  test('after a state went wrong on the way, and the server counts that it did', async () => {
    const page = await own.open('/', { login: null })
    const meddler = await meddleWith(page)
    await page.request.post(`${own.app.url}/api/session`, { data: login, headers: { origin: own.app.url } })
    await page.goto(own.app.url)
    await page.locator('.console[data-link=live]').waitFor()
    await heat('SL-3', 45)
    await untilSame(own, page)
    const before = await metric(own, 'hash')
    meddler.alters = 1
    await heat('SL-3', 90)
    await untilSame(own, page, 'SL-3')
    expect(meddler.alters).toBe(0)
    await expect.poll(() => metric(own, 'hash')).toBeGreaterThan(before)
  })

  test('after the server was restarted, with what happened before nobody was connected', async () => {
    const page = await own.openLive('/')
    const { port } = new URL(own.app.url)
    await heat('SL-4', 90)
    await own.stopServer()
    await page.locator('.console[data-link=disconnected]').waitFor()
    await own.startServer(port)
    await leak('GS-2')
    await untilSame(own, page, 'GS-2')
    await page.locator('.console[data-link=live]').waitFor()
  })

  test.each([
    ['a nap', 3000],
    ['a sleep in which the server lets it go', 22_000],
  ])('after %s', async (_, length) => {
    const page = await own.openLive('/')
    await untilSame(own, page)
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
    await heat('SL-5', 90 + round++)
    await leak('GS-3')
    await pause(length)
    await heat('SL-5', 40)
    await cdp.send('Page.setWebLifecycleState', { state: 'active' })
    await untilSame(own, page, 'GS-3')
  })

  test.each([
    ['ahead', 3_600_000, 'GS-4'],
    ['back', -3_600_000, 'GS-5'],
  ])('and the time of the server, when the clock of its computer is set one hour %s', async (_, shift, facility) => {
    const page = await own.open('/', { login: null })
    await page.context().addInitScript(() => {
      const real = Date.now
      Object.assign(window, { shift: 0 })
      Date.now = () => real() + (window as unknown as { shift: number }).shift
    })
    await page.request.post(`${own.app.url}/api/session`, { data: login, headers: { origin: own.app.url } })
    await page.goto(own.app.url)
    await page.locator('.console[data-link=live]').waitFor()
    const minutesShown = async () => {
      const [hours, minutes] = (await page.locator('time.clock').textContent())?.match(/\d+/g)?.map(Number) ?? []
      return (hours as number) * 60 + (minutes as number)
    }
    const before = await minutesShown()
    await page.evaluate((by) => Object.assign(window, { shift: by }), shift)
    await leak(facility)
    await untilSame(own, page, facility)
    await page.locator('.console[data-link=live]').waitFor()
    // Past midnight by a minute is no hour either.
    await expect.poll(async () => ((await minutesShown()) - before + 1440) % 1440).toBeLessThanOrEqual(5)
  })
})
