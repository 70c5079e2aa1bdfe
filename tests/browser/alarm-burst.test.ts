import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { burst, cityOfLamps, expectedAlarms } from '../acceptance/alarm-burst.ts'
import { chromium, useRealConsole } from './real-console.ts'

/** With times: `npm run bench:console`. */
const LAMPS = 5000
const LENGTH = 10_000
/** The first cell of a row that names the facility. */
const ID_CELL = 4

interface Watched {
  seen: string[]
  /** Rows of critical alarms that stood below one that is not critical. */
  below: string[]
}

/** Notes each facility that gets a row of a critical alarm, and whether such rows are ever below others. */
const watchRows = (page: Page) =>
  page.evaluate((cell) => {
    const seen = new Set<string>()
    const below = new Set<string>()
    Object.assign(window, { watched: () => ({ seen: [...seen], below: [...below] }) })
    new MutationObserver(() => {
      const rows = [...document.querySelectorAll('.rows .row')].sort(
        (a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')),
      )
      const firstOther = rows.findIndex((row) => !row.classList.contains('critical'))
      rows.forEach((row, i) => {
        if (!row.classList.contains('critical')) return
        const id = row.children[cell]?.textContent ?? ''
        seen.add(id)
        if (firstOther >= 0 && i > firstOther) below.add(id)
      })
    }).observe(document, { childList: true, subtree: true })
  }, ID_CELL)

const idNumber = (id: string) => Number(id.slice(3))

describe.skipIf(!chromium)(`${LAMPS} alarms in ${LENGTH / 1000} s over MQTT`, () => {
  const own = useRealConsole({ facilities: cityOfLamps(LAMPS), settings: { MQTT_DEVICE_RATE: '100000' } })

  test('all are stored and shown, each once, the critical ones above all others', { timeout: 180_000 }, async () => {
    const page = await own.openLive('/')
    await watchRows(page)
    await burst(own.app.mqttPort, LAMPS, LENGTH)
    await page.getByText('5,000 unack · 5,000 listed').waitFor({ timeout: 60_000 })
    const expected = expectedAlarms(LAMPS)
    const stored = [...own.app.services.liveAlarms()].map(({ facility, rule }) => ({ facility, rule }))
    expect(stored.sort((a, b) => idNumber(a.facility) - idNumber(b.facility))).toEqual(expected)

    const { seen, below } = await page.evaluate(() => (window as unknown as { watched(): Watched }).watched())
    const critical = expected.filter(({ rule }) => rule === 'leakage-rising').map(({ facility }) => facility)
    // A browser that is held up passes some by.
    expect(seen.filter((id) => !critical.includes(id))).toEqual([])
    expect(seen.length).toBeGreaterThan(0)
    expect(below).toEqual([])
    await page.locator('.matrix td.critical button').first().click()
    await expect.poll(() => page.locator('.list [role=table]').getAttribute('aria-rowcount')).toBe(String(critical.length + 1))
  })
})
