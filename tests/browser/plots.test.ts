import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Download, Page } from 'playwright-core'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { ManyReadingsView } from '../../src/edges/http/reading-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { RowBuffer } from '../../src/storage/row-buffer.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { findViolations } from './chromium.ts'
import { chromium, useRealConsole } from './real-console.ts'

const PRESSURE = 'outlet-pressure'
const facilities = ['PS-1', 'PS-2'].map((id, i) => ({
  ...{ id, kind: 'pump-station', name: `Pumps ${i + 1}`, position: [114.61, 37.91] as [number, number] },
}))
const both = `/plots?series=PS-1:${PRESSURE};PS-2:${PRESSURE}`

describe.skipIf(!chromium)('plots', () => {
  const city = useRealConsole({ facilities })
  const now = Date.now()
  /** Nothing was received from 120 to 80 minutes ago. */
  const gap = { from: now - minutes(120), to: now - minutes(80) }

  beforeAll(async () => {
    for (const { id } of facilities) {
      const facility = city.app.services.plant.get(id)!
      const point = facility.kind.table.index.get(PRESSURE)!
      const buffer = new RowBuffer(kindByKey)
      for (let at = now - hours(4); at < now - minutes(1); at += minutes(1)) {
        if (at >= gap.from && at < gap.to) continue
        buffer.append({ facility, at, received: at, readings: [{ point, value: 0.4 + 0.02 * Math.sin(at / 400_000), quality: 'good' }] })
      }
      await city.app.services.telemetry.write(buffer.batches())
    }
    for (const ago of [30, 20, 10, 0]) await city.publish('pump-station', 'PS-1', { [PRESSURE]: 0.9 }, Date.now() - seconds(ago))
    await city.publish('pump-station', 'PS-1', { [PRESSURE]: 99 }, Date.now() + 1)
    await vi.waitFor(() => expect(alarm()?.priority).toBe('high'), 20_000)
  }, 60_000)

  const alarm = () => city.app.services.state.alarmHistory({ facility: 'PS-1', rule: 'outlet-pressure-high', limit: 1 }).items[0]
  const fixedAt = (from: number, to: number) => `&from=${Math.round(from)}&to=${Math.round(to)}`
  const window = (page: Page) => {
    const query = new URL(page.url()).searchParams
    return { from: Number(query.get('from')), to: Number(query.get('to')) }
  }
  const drawn = async (path: string) => {
    const page = await city.openLive(path)
    await page.locator('.plot-set[aria-busy=false] .plot canvas').first().waitFor()
    return page
  }
  /** Pixels of the first plot, or of a picture, that are about of a colour. */
  const pixelsOf = (page: Page, colour: [number, number, number]) =>
    page.evaluate(([red, green, blue]) => {
      const canvas = document.querySelector('.plot canvas') as HTMLCanvasElement
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
      let count = 0
      for (let i = 0; i < data.length; i += 4) {
        const far =
          Math.abs((data[i] as number) - red) + Math.abs((data[i + 1] as number) - green) + Math.abs((data[i + 2] as number) - blue)
        if (far < 24 && (data[i + 3] as number) > 200) count++
      }
      return count
    }, colour)

  test('show what was published, the gap, the limit in force, and the alarm, which is a way to it and back', async () => {
    const page = await drawn(`${both}${fixedAt(now - hours(4), Date.now() + seconds(5))}`)
    await page.locator('[data-window=fixed]').getByText('FIXED').waitFor()
    await page.getByRole('slider', { name: /Plot of PS-1 Outlet pressure, PS-2 Outlet pressure/ }).waitFor()
    // The line of the high limit, in the colour of its priority in the dark theme.
    await expect.poll(() => pixelsOf(page, [0xff, 0x9f, 0x33])).toBeGreaterThan(100)
    const rows = page.locator('.plot-legend tbody tr')
    expect(await rows.count()).toBe(2)
    const box = (await page.locator('.u-over').first().boundingBox())!
    const span = Date.now() - (now - hours(4))
    const xOf = (at: number) => box.x + ((at - (now - hours(4))) / span) * box.width
    await page.mouse.move(xOf(gap.from + minutes(30)), box.y + 50)
    await rows
      .first()
      .getByText(/^nothing for (29|3[01])m/)
      .waitFor()
    await page.mouse.move(xOf(now - minutes(60)), box.y + 50)
    await rows
      .first()
      .getByText(/^0\.(3[89]|4[012])/)
      .first()
      .waitFor()
    await page.mouse.move(0, 0)
    const link = page.getByRole('link', { name: /^High: .*, PS-1, .* – still active$/ })
    await link.first().waitFor()
    const id = alarm()?.id
    await page.locator(`.plot-lane a[href="/alarms/${id}"]`).focus()
    await page.keyboard.press('Enter')
    await page.locator('#detail h2').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/alarms/${id}`)
    await page.goBack()
    await page.locator('[data-window=fixed]').waitFor()
  })

  test('zoom by dragging, and lead back by double click, Escape and the back button', async () => {
    const before = { from: Math.round(now - hours(4)), to: Math.round(now) }
    const page = await drawn(`${both}${fixedAt(before.from, before.to)}`)
    const drag = async () => {
      const box = (await page.locator('.u-over').first().boundingBox())!
      await page.mouse.move(box.x + box.width * 0.25, box.y + 60)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 })
      await page.mouse.up()
      await expect.poll(() => Math.abs(window(page).to - (before.from + hours(2)))).toBeLessThan(minutes(2))
      expect(Math.abs(window(page).from - (before.from + hours(1)))).toBeLessThan(minutes(2))
    }
    await drag()
    await page.locator('.u-over').first().dblclick()
    await expect.poll(() => window(page)).toEqual(before)
    await drag()
    await page.keyboard.press('Escape')
    await expect.poll(() => window(page)).toEqual(before)
    await drag()
    await page.goBack()
    await expect.poll(() => window(page)).toEqual(before)
  })

  test('a window moves by keys, and a fixed one cannot be taken for a live one', async () => {
    const page = await drawn(`${both}&span=1h`)
    await page.locator('[data-window=live]').getByText('up to now').waitFor()
    await page.keyboard.press('Shift+ArrowLeft')
    await page.locator('[data-window=fixed]').getByText('FIXED').waitFor()
    const first = window(page)
    expect(first.to - first.from).toBe(hours(1))
    await page.keyboard.press('+')
    await expect.poll(() => window(page).to - window(page).from).toBe(minutes(30))
    await page.keyboard.press('-')
    await expect.poll(() => window(page).to - window(page).from).toBe(hours(1))
    await page.keyboard.press('n')
    await page.locator('[data-window=live]').waitFor()
    expect(page.url()).toContain('span=1h')
    await page.getByText('From – to…').press('Enter')
    const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })]
    await from.fill('2026-03-01T08:00')
    await to.fill('2026-03-01T07:00')
    await to.press('Enter')
    await page.getByRole('alert').getByText('before the beginning').waitFor()
    await to.fill('2026-03-02T08:00')
    await to.press('Enter')
    await page.waitForURL(/from=1772323200000&to=1772409600000/)
    await page.getByText('No readings in this time.').waitFor()
  })

  test('are put together by keyboard alone: search, points, a line hidden, order, all of it in the address', async () => {
    const page = await city.openLive('/plots')
    await page.getByText('Nothing is chosen yet.').waitFor()
    const search = page.getByRole('combobox', { name: 'Facility to add' })
    await search.focus()
    await page.keyboard.type('PS-')
    await page.getByRole('option').nth(1).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/series=PS-2/)
    await page.getByLabel('PS-2: Add a point…').selectOption({ label: 'Outlet pressure' })
    await page.getByRole('button', { name: 'Remove PS-2 Flow' }).press('Enter')
    await search.focus()
    await page.keyboard.type('PS-1')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('Enter')
    // The same point as is shown already.
    await expect.poll(() => new URL(page.url()).searchParams.get('series')).toBe(`PS-2:${PRESSURE};PS-1:${PRESSURE}`)
    await page.getByRole('button', { name: 'Move PS-1 Outlet pressure up' }).press('Enter')
    await expect.poll(() => new URL(page.url()).searchParams.get('series')).toBe(`PS-1:${PRESSURE};PS-2:${PRESSURE}`)
    const toggle = page.getByRole('button', { name: /PS-2 Outlet pressure \(MPa\)/ })
    await toggle.press(' ')
    await expect.poll(() => toggle.getAttribute('aria-pressed')).toBe('false')
    await page.reload()
    await page.getByRole('button', { name: /PS-2 Outlet pressure \(MPa\)/, pressed: false }).waitFor()
    await page.getByRole('button', { name: 'One for each line' }).press('Enter')
    await expect.poll(() => page.locator('.plot canvas').count()).toBe(2)
    const plot = page.getByRole('slider', { name: /Plot of Outlet pressure of PS-1/ })
    await plot.focus()
    await page.keyboard.press('End')
    await expect.poll(() => plot.getAttribute('aria-valuetext')).toMatch(/Outlet pressure: 0\.\d+ MPa/)
  })

  const textOf = async (download: Download) => readFileSync(await download.path(), 'utf8')

  test('are saved as CSV that is what the server answered', async () => {
    const page = await city.openLive('/plots')
    const answered = page.waitForResponse((response) => response.url().includes('/api/readings'))
    await page.goto(`${city.app.url}${both}${fixedAt(now - hours(3), now)}`)
    const answer = (await (await answered).json()) as ManyReadingsView
    await page.locator('.plot canvas').first().waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
    expect(download.suggestedFilename()).toMatch(/^Plots PS-1 PS-2 \d{4}-\d\d-\d\dT\d{4} \d{4}-\d\d-\d\dT\d{4}\.csv$/)
    const rows = parse(await textOf(download), { bom: true, relaxColumnCount: true }) as string[][]
    const begin = rows.findIndex(([first]) => first === 'facility')
    expect(rows.slice(0, begin).map(([what]) => what)).toContain('# time zone')
    const cell = (value: number | null | undefined) => (value == null ? '' : String(value))
    const quality = (count: number, flagged: number) =>
      [...(count > 0 ? ['good'] : []), ...(flagged > 0 ? [`${flagged} flagged`] : [])].join(', ')
    const expected = answer.series.flatMap(({ facility, point, min, mean, max, last, count, flagged }) =>
      answer.at.flatMap((at, i) => {
        const [read, bad] = [count[i] as number, flagged?.[i] as number]
        if (read + bad === 0) return []
        return [
          [
            facility,
            point,
            'MPa',
            new Date(at).toISOString(),
            ...[min, mean, max, last, count].map((of) => cell(of[i])),
            quality(read, bad),
          ],
        ]
      }),
    )
    expect(expected.length).toBeGreaterThan(200)
    expect(rows.slice(begin + 1).map((row) => row.toSpliced(4, 1))).toEqual(expected)
  })

  test('are saved as a picture that is not blank, wide enough for a report', async () => {
    const page = await drawn(`${both}${fixedAt(now - hours(4), Date.now() + seconds(5))}`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()])
    expect(download.suggestedFilename()).toMatch(/\.png$/)
    const picture = readFileSync(await download.path())
    const { width, height, dark, orange, corner } = await page.evaluate(async (base64) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]))
      const pen = new OffscreenCanvas(image.width, image.height).getContext('2d') as OffscreenCanvasRenderingContext2D
      pen.drawImage(image, 0, 0)
      const { data } = pen.getImageData(0, 0, image.width, image.height)
      let [dark, orange] = [0, 0]
      for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue] = data.slice(i, i + 3) as unknown as [number, number, number]
        if (red + green + blue < 150) dark++
        if (Math.abs(red - 0xf0) + Math.abs(green - 0x8a) + blue < 30) orange++
      }
      return { width: image.width, height: image.height, dark, orange, corner: [...data.slice(0, 4)] }
    }, picture.toString('base64'))
    expect(width).toBeGreaterThanOrEqual(1400)
    expect(height).toBeGreaterThan(400)
    expect(dark).toBeGreaterThan(2000)
    expect(orange).toBeGreaterThan(50)
    expect(corner).toEqual([255, 255, 255, 255])
  })

  test('a live window asks only for what is new, and stands still without a connection', async () => {
    const page = await city.openLive('/plots')
    const asked: URL[] = []
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.pathname === '/api/readings') asked.push(url)
    })
    await page.goto(`${city.app.url}${both}&span=15m`)
    await expect.poll(() => asked.length, { timeout: 30_000 }).toBeGreaterThan(1)
    const [first, second] = asked.map((url) => Number(url.searchParams.get('to')) - Number(url.searchParams.get('from')))
    expect(Math.abs((first as number) - minutes(15))).toBeLessThan(seconds(1))
    expect(second).toBeLessThan(minutes(1))
    expect(asked[1]?.searchParams.get('bucket')).not.toBeNull()
    await page.context().setOffline(true)
    await page
      .locator('[data-window=live]')
      .getByText(/^no connection: stands still since \d\d:\d\d:\d\d$/)
      .waitFor({ timeout: 30_000 })
    await page.context().setOffline(false)
    await page.locator('[data-window=live]').getByText('up to now').waitFor({ timeout: 30_000 })
  }, 90_000)

  test('a facility that is not there is told, and the others are plotted', async () => {
    const page = await drawn(`/plots?series=PS-9:flow;PS-1:${PRESSURE}&span=6h`)
    await page.getByText('Not found, and left out: PS-9:flow').waitFor()
  })

  test('what is saved under a name is opened again', async () => {
    const page = await drawn(`${both}&span=6h`)
    await page.getByRole('button', { name: 'Save…' }).click()
    await page.getByLabel('Name').fill('both pumps')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    // It belongs to the account, not to the browser.
    const other = await city.openLive('/plots')
    await other.getByLabel('Saved plots').selectOption('both pumps')
    await other.waitForURL(/series=PS-1/)
    await other.locator('.plot canvas').first().waitFor()
    await other.getByRole('button', { name: 'Save…' }).click()
    await other.getByRole('button', { name: 'Remove both pumps' }).click()
    await other.getByLabel('Saved plots').waitFor({ state: 'detached' })
  })

  test('axe finds nothing while another one is searched for', async () => {
    const page = await city.openLive(`${both}&span=6h`)
    await page.locator('.plot-legend').first().waitFor()
    await page.getByRole('combobox').first().fill('PS')
    await page.getByRole('option').first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })
})
