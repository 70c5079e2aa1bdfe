import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import { type App, startApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { pumpStation } from '../src/facilities/pump-station/index.ts'
import type { EmbeddedTelemetryStore } from '../src/storage/embedded/telemetry-store.ts'
import { RowBuffer } from '../src/storage/row-buffer.ts'
import { days, hours, minutes } from '../src/telemetry/duration.ts'
import { buildConsole, launchChromium, visit } from '../tests/browser/chromium.ts'
import { findProgram } from '../tests/servers.ts'

const help = `How long the console takes to draw a year of one point: from the click to the drawn curve, in Chromium, the server with its
embedded store beside it. A year of a pump station, a report a minute, is written and put in order first, as the store does by itself
within ten minutes.

  node launch.mjs bench/console-year.ts [--rounds 7] [--days 365] [--hold]

  --hold   keeps the server up afterwards, to look at, until the program is ended`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    days: { type: 'string', default: '365' },
    hold: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}

const login = { name: 'admin', password: 'a year of one point' }
const id = 'PS-1'
const folder = mkdtempSync(join(tmpdir(), 'console-year-'))

/** Values with a day, a week and a year in them. */
function valuesAt(at: number): Record<string, number> {
  const hour = (at % days(1)) / hours(1)
  const demand =
    0.6 + 0.25 * Math.sin((hour / 24) * 2 * Math.PI) + 0.1 * Math.sin((at / days(365)) * 2 * Math.PI) + 0.05 * Math.sin(at / 7919)
  return {
    flow: Math.round(2000 * demand) / 10,
    power: Math.round(300 * demand) / 10,
    'outlet-pressure': Math.round(1000 * (0.52 - 0.1 * demand)) / 1000,
    'run-hours': Math.floor(at / hours(1)) % 100_000,
    'bearing-temperature': Math.round(10 * (35 + 20 * demand)) / 10,
  }
}

/** Writes the year day by day, with an outage of two days in it. Returns the values written. */
async function fill({ services: { telemetry, plant } }: App, end: number, length: number): Promise<number> {
  const facility = plant.get(id)!
  const { index } = facility.kind.table
  let written = 0
  for (let day = Math.floor((end - length) / days(1)) * days(1); day < end; day += days(1)) {
    const age = end - day
    if (age > days(100) && age < days(102)) continue
    const buffer = new RowBuffer(new Map([[pumpStation.key, pumpStation]]))
    for (let at = day; at < Math.min(end, day + days(1)); at += minutes(1)) {
      const readings = Object.entries(valuesAt(at)).map(([point, value]) => ({ point: index.get(point)!, value, quality: 'good' as const }))
      buffer.append({ facility, at, received: at, readings })
      written += readings.length
    }
    await telemetry.write(buffer.batches())
  }
  return written
}

/** From the click until the curve of that time is on the screen, ms. */
const timeOfClick = (page: Page, button: string, span: string): Promise<number> =>
  page.evaluate(
    ([name, wanted]) =>
      new Promise<number>((resolve) => {
        const found = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)!
        const began = performance.now()
        found.click()
        const look = () => {
          const isDrawn = document.querySelector(`[data-shown="${wanted}"] .plot canvas`)
          // The frame in which it is painted counts too.
          if (isDrawn) requestAnimationFrame(() => resolve(performance.now() - began))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    [button, span] as const,
  )

const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] as number

const chromium = findProgram('chromium')
if (!chromium) throw new Error('Chromium is not installed; install it, such as by apt-get install chromium.')
const built = await buildConsole()
const config = readConfig(['--http-port', '0', '--mqtt-port', '0', '--data-folder', folder, '--admin-password', login.password], {})
const app = await startApp({ config, log: pino({ level: 'warn' }), consoleFolder: built.folder })
const browser = await launchChromium(chromium)
try {
  app.services.putFacilities([{ id, kind: 'pump-station', name: 'River pumps', position: [114.6, 37.9] }], 'bench')
  const end = Date.now()
  const began = performance.now()
  const written = await fill(app, end, days(Number(values.days)))
  console.log(`${written} values of ${values.days} days written in ${Math.round((performance.now() - began) / 1000)} s`)
  const { rolled } = await (app.services.telemetry as EmbeddedTelemetryStore).compact(end)
  console.log(`${rolled.length} days put in order and rolled up after ${Math.round((performance.now() - began) / 1000)} s`)
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${app.mqttPort}`)
  await mqtt.publishAsync(`facilities/pump-station/${id}/telemetry`, JSON.stringify({ at: end, values: valuesAt(end) }), { qos: 1 })
  await mqtt.endAsync()
  const page = await visit(browser, app.url, { path: `/facilities/${id}/readings?points=flow`, login })
  await page.locator('[data-shown="24h"] .plot canvas').waitFor()
  const buttons = { '7d': '7 days', '30d': '30 days', '365d': '1 year' }
  const rounds: Record<string, number[]> = { '7d': [], '30d': [], '365d': [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [span, button] of Object.entries(buttons)) {
      // The table of days is asked for afterwards and would stand in the way of the next.
      const table = page.waitForResponse((response) => response.url().includes('/api/daily-totals'), { timeout: 60_000 })
      rounds[span]?.push(await timeOfClick(page, button, span))
      await table
    }
  }
  for (const [span, list] of Object.entries(rounds)) {
    const first = list[0] as number
    console.log(
      `${buttons[span as keyof typeof buttons]}: first ${first.toFixed(0)} ms, median ${median([...list]).toFixed(0)} ms, most ${Math.max(...list).toFixed(0)} ms`,
    )
  }
  if (values.hold) {
    console.log(`${app.url}  ${login.name}  ${login.password}`)
    await new Promise(() => setInterval(() => undefined, 60_000))
  }
} finally {
  await browser.close()
  await app.stop()
  await built.remove()
  rmSync(folder, { recursive: true, force: true })
}
