import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { kindByKey } from '../../src/facilities/index.ts'
import { RowBuffer } from '../../src/storage/row-buffer.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

/** The pages about telemetry on the real server with its embedded store. */
describe.skipIf(!chromium)('pages about telemetry', () => {
  const city = useRealConsole({
    facilities: [
      { id: 'PS-1', kind: 'pump-station', name: 'River pumps', position: [114.61, 37.91], rated: { 'report-interval': 600 } },
      { id: 'PS-2', kind: 'pump-station', name: 'Silent pumps', position: [114.62, 37.91] },
    ],
  })
  const now = Date.now()

  // Forty days, a report every ten minutes, with a hole of three days.
  beforeAll(async () => {
    const facility = city.app.services.plant.get('PS-1')!
    const point = (key: string) => facility.kind.table.index.get(key)!
    const buffer = new RowBuffer(kindByKey)
    for (let at = now - days(40); at < now; at += minutes(10)) {
      if (at > now - days(20) && at < now - days(17)) continue
      const flow = 100 + 50 * Math.sin((2 * Math.PI * at) / days(1))
      const readings = [
        { point: point('flow'), value: Math.round(flow), quality: 'good' as const },
        { point: point('run-hours'), value: Math.floor(at / hours(1)) % 10_000, quality: 'good' as const },
        { point: point('running'), value: 1, quality: 'good' as const },
      ]
      buffer.append({ facility, at, received: at, readings })
    }
    await city.app.services.telemetry.write(buffer.batches())
  })

  test('the history of points is chosen by keyboard, stands in the address and comes back with it', async () => {
    const page = await city.openLive('/facilities/PS-1/readings')
    await page.getByRole('heading', { name: 'Readings' }).waitFor()
    await page.getByRole('button', { name: '30 days' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-shown="30d"]').waitFor()
    await page.getByLabel('Add a point…').focus()
    await page.getByLabel('Add a point…').selectOption({ label: 'Run hours' })
    await page.getByRole('button', { name: 'Remove Run hours' }).waitFor()
    await page.getByRole('button', { name: 'Remove Flow' }).press('Enter')
    await page.waitForURL(/span=30d&points=run-hours/)
    await page.locator('[data-shown="30d"] .plot canvas').waitFor()
    await page.getByRole('slider', { name: 'Plot of Run hours of PS-1' }).waitFor()
    await page.reload()
    await page.locator('[data-shown="30d"] .plot canvas').waitFor()
    await page.getByRole('button', { name: 'Half a window earlier' }).click()
    await page.waitForURL(/from=\d+&to=\d+/)
    await page.locator('[data-window=fixed]').getByText('FIXED').waitFor()
    await page.getByRole('button', { name: '1 year' }).click()
    await page.locator('[data-shown="365d"] .plot canvas').waitFor()
    await page.getByText(/mean of 1 day; shade/).waitFor()
  })

  test('days show what was received beside each figure, and are downloaded as they are shown', async () => {
    const page = await city.openLive('/facilities/PS-1/readings?points=flow,run-hours&span=30d')
    const table = page.locator('.days table')
    await table.waitFor()
    const row = (daysAgo: number) => {
      const date = new Date(now - days(daysAgo) + hours(8)).toISOString().slice(0, 10).split('-').reverse().join('/')
      return table.getByRole('row').filter({ hasText: date })
    }
    const whole = await row(5).textContent()
    expect(whole).toMatch(/2,400\.0.*50\.0 – 150\.0.*100 % 144 of 144/)
    expect(whole).not.toMatch(/INCOMPLETE/)
    expect(await row(18).textContent()).toMatch(/––.*0 % 0 of 144 INCOMPLETE/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of what is shown' }).click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(lines[0]).toBe('\uFEFFfacility,date,point,figure,total unit,unit,total,min,max,mean,last,expected,received,share')
    expect(lines.some((line) => /^PS-1,\d{4}-\d\d-\d\d,flow,integral,m³,m³\/h,/.test(line))).toBe(true)
    expect(lines.some((line) => /,run-hours,increase,h,h,24,/.test(line))).toBe(true)
  })

  test('readings are exported, downloaded, and come in again after a look at what was found', async () => {
    const page = await city.openLive('/data')
    await page.getByLabel('Kind').first().selectOption({ label: 'Pump station' })
    await page.locator('details.more > summary').click()
    await page.getByLabel('Flow', { exact: true }).check()
    await page.getByLabel('Impossible values too').uncheck()
    await page.getByRole('button', { name: 'Export' }).click()
    const link = page.getByRole('link', { name: 'Download' })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toMatch(/^pump-station_.*\.csv$/)
    const content = readFileSync(await download.path(), 'utf8')
    const lines = content.trimEnd().split('\r\n')
    expect(lines[0]).toBe('\uFEFFtime,facility,flow')
    expect(lines.length).toBeGreaterThan(140)
    const files = page.getByLabel('File', { exact: true })
    await files.setInputFiles({ name: 'back.csv', mimeType: 'text/csv', buffer: Buffer.from(`${content}nonsense,PS-1,1\r\n`) })
    await page.getByRole('button', { name: 'Read file' }).click()
    await page.getByRole('row', { name: /nonsense/ }).waitFor()
    await page.getByRole('button', { name: 'Write…' }).click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.getByText(`${lines.length - 1} rows were written.`).waitFor()
    await page.getByRole('button', { name: 'Another file' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No files yet.').waitFor()
  })

  test('arrow keys go through the values of a plot, which reads them out', async () => {
    const page = await city.openLive('/facilities/PS-1/readings?points=flow&span=24h')
    const plot = page.getByRole('slider', { name: 'Plot of Flow' })
    await plot.focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toMatch(/^\d\d\/\d\d \d\d:\d\d:\d\d; .*: \d+.* m³\/h/)
    const newest = await plot.getAttribute('aria-valuetext')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => plot.getAttribute('aria-valuetext')).not.toBe(newest)
    await page.keyboard.press('End')
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toBe(newest)
    const at = await page.locator('.plot-legend caption').first().textContent()
    expect(`At ${newest}`.startsWith(at as string)).toBe(true)
  })

  test('days are those of the city wherever the browser is; where its clock differs that is told once', async () => {
    const day = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(now - days(5))
    const session = await (await city.open('/facilities')).context().storageState()
    const shown = async (timezoneId: string, path: string) => {
      const context = await city.browser.newContext({ timezoneId, locale: 'en', storageState: session })
      const page = await context.newPage()
      await page.goto(`${city.app.url}${path}`)
      return page
    }
    const note = /those of the city \(Asia\/Shanghai\); this computer is set to America\/New_York/
    const from = Date.parse(`${day}T00:00+08:00`)
    const readings = `/facilities/PS-1/readings?points=flow&from=${from}&to=${from + days(1)}`
    for (const [zone, notes] of [
      ['America/New_York', 1],
      ['Asia/Singapore', 0],
    ] as const) {
      const page = await shown(zone, readings)
      await page.locator('[data-shown=fixed]').waitFor()
      await page.locator('.days tbody tr').nth(1).waitFor()
      await page.locator('.plot-legend').first().waitFor()
      expect(await page.locator('.days tbody tr').count()).toBe(2)
      await page.getByText('From – to…').click()
      expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe(`${day}T00:00`)
      expect(await page.getByText(note).count()).toBe(notes)
      await page.context().close()
    }
    const page = await shown('America/New_York', '/storage')
    await page.getByText(note).waitFor()
    await page.context().close()
  })

  test('a time without readings and a server that refuses are told', async () => {
    const page = await city.openLive('/facilities/PS-2/readings?points=flow')
    await page.getByText('No readings in this time.').waitFor()
    await page.route('**/api/readings?*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'The store is away.' }) }),
    )
    await page.getByRole('button', { name: '7 days' }).click()
    await page.getByRole('alert').getByText('The store is away.').waitFor()
  })

  test('storage says in one sentence that all is stored, then what waits, what is kept and how complete it is', async () => {
    const page = await city.openLive('/storage?days=yesterday')
    await page.getByRole('status').getByText('Every reading received is stored.').waitFor()
    await page.getByText('Nothing is set aside.').waitFor()
    const contents = page.getByRole('row').filter({ hasText: 'as received' }).filter({ hasText: 'Pump station' })
    await contents.waitFor()
    expect(await contents.textContent()).toMatch(/^Pump stationas received[\d,]+\d[\d.]* (kB|MB)/)
    const pumps = page.getByRole('row').filter({ hasText: 'The least complete: Pump station' })
    await pumps.getByRole('button').click()
    const worst = page.getByRole('row').filter({ hasText: 'River pumps' })
    await worst.waitFor()
    expect(await worst.textContent()).toMatch(/Flow100\.0 %/)
    await worst.getByRole('link').click()
    await page.waitForURL(/PS-1\/readings\?points=flow&span=7d/)
  })

  test('storage tells what is wrong first; what was refused is looked at, tried again and given up with a reason', async () => {
    const page = await city.openLive('/facilities')
    const batch = {
      id: '000000000000001-000001',
      at: now - hours(2),
      store: 'influxdb1',
      kind: 'pump-station',
      rows: 3,
      values: 9,
      bytes: 200,
    }
    let batches = [{ ...batch, reason: 'field type conflict', damaged: false }]
    const figures = city.app.services.storage.figures()
    await page.route('**/api/storage', (route) =>
      route.fulfill({
        json: {
          ...figures,
          journal: { ...figures.journal, waitingBytes: figures.journal.maxBytes * 0.9, givenUp: 7 },
          writer: { ...figures.writer, liveLag: 240_000, backlog: 50_000, failures: 12, lastError: 'connect ECONNREFUSED' },
          setAside: { ...figures.setAside, batches: batches.length },
        },
      }),
    )
    await page.route('**/api/storage/set-aside?*', (route) =>
      route.fulfill({ json: { items: batches, next: null, total: batches.length } }),
    )
    await page.route(`**/api/storage/set-aside/${batch.id}*`, (route) => {
      if (route.request().method() === 'GET')
        return route.fulfill({ json: { batch: batches[0], rows: [{ facility: 'PS-1', at: now, values: { flow: 7 } }], next: null } })
      expect(new URL(route.request().url()).searchParams.get('reason')).toBe('never measured')
      batches = []
      return route.fulfill({ status: 204 })
    })
    await page.route(`**/api/storage/set-aside/${batch.id}/retry`, (route) =>
      route.fulfill({ json: { stored: false, rows: 3, reason: 'field type conflict' } }),
    )
    await page.goto(`${city.app.url}/storage`)
    const verdict = page.locator('.verdict li')
    await verdict.first().waitFor()
    expect(await verdict.allTextContents()).toEqual([
      'Messages were given up because the journal was full.',
      'The journal is nearly full; when it is, the oldest messages are given up.',
      'The database takes nothing. Readings wait on disk.',
      'The database is behind; live readings go first.',
      'The database refused readings; see below.',
      '50,000 messages wait for the database. They are safe on disk.',
    ])
    await page.getByText('Last failure: connect ECONNREFUSED').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: /^Look/ }).click()
    await page.locator('dialog[open]').getByText('flow 7').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Try again/ }).click()
    await page.getByText('3 rows refused again: field type conflict').waitFor()
    await page.getByRole('button', { name: /^Give up/ }).click()
    await page.locator('dialog[open] textarea').fill('never measured')
    await page.locator('dialog[open] button[type=submit]').click()
    await page.getByText('Nothing is set aside.').waitFor()
  })

  test.each([
    ['/facilities/PS-1/readings?points=flow,run-hours,running&span=30d', '.days table'],
    ['/facilities/PS-2/readings', '.days table'],
    ['/storage?days=week&kind=pump-station', '.share'],
  ])('%s has no violation of accessibility rules', async (path, shown) => {
    const page = await city.openLive(path)
    await page.locator(shown).first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
