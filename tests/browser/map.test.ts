import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { placeOf } from '../../dashboards/console/src/map/map-address.ts'
import { positionOf, worldOf } from '../../dashboards/console/src/map/world.ts'
import { wgs84Of } from '../../src/geography/gcj02.ts'
import { findViolations } from './chromium.ts'
import { chromium, type Facilities, useRealConsole } from './real-console.ts'
import { archive, picture, serve, vectorTile } from './tile-makers.ts'

/** Somewhere in China, where GCJ-02 shifts maps. */
const [EAST, NORTH] = [114.6, 37.9]
const metres = (east: number, north: number): [number, number] => [EAST + east / 87_840, NORTH + north / 111_320]

/** Two roads of lamps across each other, one of them out of service, with a cabinet between. */
const lamps: Facilities = Array.from({ length: 1100 }, (_, i) => {
  const isWest = i < 550
  return {
    ...{
      id: `SL-${i}`,
      kind: 'street-light',
      name: `Lamp ${i}`,
      district: isWest ? 'West' : 'East',
      road: isWest ? 'Long Road' : 'Cross Road',
    },
    position: isWest ? metres((i - 275) * 15, i % 2 === 0 ? 9 : -9) : metres(i % 2 === 0 ? 1009 : 991, (i - 825) * 15),
    ...(isWest && i < 60 && { mode: 'out-of-service' as const }),
  }
})
const facilities: Facilities = [
  ...lamps,
  { id: 'LC-1', kind: 'light-cabinet', name: 'Crossing', district: 'West', road: 'Long Road', position: metres(960, 40) },
]

const queryOf = (page: Page) => new URL(page.url()).searchParams
const at = (page: Page) => placeOf(queryOf(page).get('at'))

/** Pixels of a layer of the map in which something is drawn. */
const drawn = (page: Page, layer: 'roads' | 'facilities') =>
  page.locator(`.leaflet-${layer}-pane canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let i = 3; i < data.length; i += 4) if ((data[i] as number) > 0) count++
    return count
  })
const until = async (read: () => Promise<number>, holds: (count: number) => boolean) => {
  await expect.poll(read, { timeout: 15_000 }).toSatisfy(holds)
  return read()
}

/** Where a place is on the screen, by the centre and zoom that the address holds. */
async function onScreen(page: Page, position: readonly [number, number]): Promise<{ x: number; y: number }> {
  const here = at(page) ?? { latitude: 0, longitude: 0, zoom: 0 }
  const box = (await page.locator('.map-main .ground').boundingBox()) as { x: number; y: number; width: number; height: number }
  const [x, y] = worldOf(position)
  const [cx, cy] = worldOf([here.longitude, here.latitude])
  const scale = 2 ** here.zoom
  return { x: box.x + box.width / 2 + (x - cx) * scale, y: box.y + box.height / 2 + (y - cy) * scale }
}

describe.skipIf(!chromium)('the map', () => {
  const real = useRealConsole({ facilities })

  test('shows the city with roads along its lamps; its place stands in the address, and the back button goes back', async () => {
    const page = await real.openLive('/map')
    await until(() => drawn(page, 'facilities'), (count) => count > 500) // biome-ignore format: one line
    await until(() => drawn(page, 'roads'), (count) => count > 1000) // biome-ignore format: one line
    await page.getByText('along the lamps').waitFor()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    const near = at(page)
    expect(near?.zoom).toBeGreaterThan(10)
    await page.getByLabel('Find a facility').fill('cross')
    await page.locator('.map-found button').filter({ hasText: 'Cross Road' }).click()
    await expect.poll(() => queryOf(page).get('road')).toBe('Cross Road')
    await page.goBack()
    await expect.poll(() => [queryOf(page).get('road'), at(page)]).toEqual([null, near])
    await page.goForward()
    await expect.poll(() => queryOf(page).get('road')).toBe('Cross Road')
  })

  test('finds a facility by its id, goes there and selects it; by keys alone', async () => {
    const page = await real.openLive('/map')
    await page.locator('.leaflet-facilities-pane canvas').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('LC-1')
    await page.keyboard.press('Enter')
    await expect.poll(() => queryOf(page).get('select')).toBe('ids:LC-1')
    await expect.poll(() => at(page)?.zoom).toBeGreaterThanOrEqual(17)
    const { longitude = 0, latitude = 0 } = at(page) ?? {}
    const [east, north] = metres(960, 40)
    expect([longitude, latitude]).toEqual([expect.closeTo(east, 4), expect.closeTo(north, 4)])
    await page.locator('.select-panel').getByText('1 selected').waitFor()
    const before = at(page)?.zoom ?? 0
    await page.locator('.map-main .ground').focus()
    await page.keyboard.press('+')
    await expect.poll(() => at(page)?.zoom).toBeGreaterThan(before)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => at(page)?.longitude).toBeGreaterThan(longitude)
  })

  test('a district shows its own facilities only, with their roads and counts', async () => {
    const page = await real.openLive('/map')
    const tree = page.locator('.map-districts')
    expect(await tree.locator('summary').filter({ hasText: 'West' }).textContent()).toMatch(/West.*Out of service60.*551/)
    await tree.locator('summary').filter({ hasText: 'East' }).click()
    await tree.getByRole('button', { name: 'All of East' }).click()
    await expect.poll(() => queryOf(page).get('district')).toBe('East')
    const legend = page.getByLabel('Legend')
    await expect.poll(() => legend.locator('li').filter({ hasText: 'Out of service' }).locator('.count').textContent()).toBe('0')
    await expect.poll(() => legend.locator('li').filter({ hasText: 'Lighting' }).locator('.count').textContent()).toBe('550')
    await page.getByRole('button', { name: 'As a table' }).click()
    await page.locator('.map-table').getByText('550 found').waitFor()
    expect(await page.locator('.map-table tbody tr').count()).toBe(100)
    await tree.getByRole('button', { name: 'Show the whole city' }).click()
    await page.locator('.map-table').getByText('1101 found').waitFor()
    // The worst first.
    expect(await page.locator('.map-table tbody tr').first().textContent()).toMatch(/No reportSL-60/)
    expect(await findViolations(page)).toEqual([])
  })

  test('layers are switched one by one, and the address holds them', async () => {
    const page = await real.openLive('/map')
    const all = await until(() => drawn(page, 'facilities'), (count) => count > 500) // biome-ignore format: one line
    await page.getByRole('checkbox', { name: /^No report/ }).uncheck()
    await until(() => drawn(page, 'facilities'), (count) => count > 0 && count < all / 2) // biome-ignore format: one line
    await page.getByRole('checkbox', { name: /^Lighting/ }).uncheck()
    await until(() => drawn(page, 'facilities'), (count) => count === 0) // biome-ignore format: one line
    await page.getByRole('checkbox', { name: 'Roads', exact: true }).uncheck()
    await until(() => drawn(page, 'roads'), (count) => count === 0) // biome-ignore format: one line
    expect(queryOf(page).get('layers')).toBe('-roads,-no-report,-lighting')
    await page.goto(`${real.app.url}/map?layers=-labels`)
    await until(() => drawn(page, 'facilities'), (count) => count > 500) // biome-ignore format: one line
    expect(await page.getByRole('checkbox', { name: 'Names of facilities' }).isChecked()).toBe(false)
  })

  test('many faulty lamps are one symbol far away, which tells them all and leads nearer', async () => {
    const page = await real.openLive('/map')
    await until(() => drawn(page, 'facilities'), (count) => count > 500) // biome-ignore format: one line
    await expect
      .poll(() => at(page))
      .not.toBeNull()
      .catch(() => undefined)
    await page.getByRole('button', { name: 'Whole city' }).click()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await page.getByRole('button', { name: 'Zoom out' }).click()
    const { x, y } = await onScreen(page, metres(-275 * 15 + 30 * 15, 0))
    const tip = page.locator('.map-main .tip')
    // The middle of a symbol is where its lamps are in the middle; somewhere along the road it must be.
    let found = ''
    for (let along = -60; along <= 60 && !/faulty/.test(found); along += 6) {
      await page.mouse.move(x + along, y)
      found = (await tip.count()) > 0 ? ((await tip.textContent()) ?? '') : ''
      if (/faulty/.test(found)) {
        const zoom = at(page)?.zoom ?? 0
        await page.mouse.click(x + along, y)
        await expect.poll(() => at(page)?.zoom).toBeGreaterThanOrEqual(zoom + 2)
      }
    }
    expect(found).toMatch(/Out of service \d+\d+ faulty lamps/)
  })

  test('an engineer sends roads; a wrong file is told what is wrong, and others have no such button', async () => {
    const page = await real.openLive('/map')
    const along = await until(() => drawn(page, 'roads'), (count) => count > 1000) // biome-ignore format: one line
    await page.getByRole('button', { name: 'Roads…' }).click()
    const dialog = page.locator('dialog')
    const file = (coordinates: unknown) => ({
      name: 'roads.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(
        JSON.stringify({
          type: 'FeatureCollection',
          features: [
            { type: 'Feature', properties: { name: 'Long Road', highway: 'primary' }, geometry: { type: 'LineString', coordinates } },
          ],
        }),
      ),
    })
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText('Choose a file first').waitFor()
    await dialog.locator('input[type=file]').setInputFiles(file([[NORTH, EAST], [NORTH, EAST + 1]])) // biome-ignore format: one line
    await dialog.getByRole('button', { name: 'Send' }).click()
    await dialog.getByText(/feature 1: .* has the latitude first/).waitFor()
    expect(await findViolations(page)).toEqual([])
    await dialog.locator('input[type=file]').setInputFiles(file([metres(-4000, 0), metres(4000, 0)]))
    await dialog.getByRole('button', { name: 'Send' }).click()
    await page.getByText('1 roads are on the map').waitFor()
    await page.getByText(/Roads: 1 lines, sent by admin/).waitFor()
    await until(() => drawn(page, 'roads'), (count) => count > 0 && count !== along) // biome-ignore format: one line
    expect(real.app.services.map.roads()?.source).toBe('uploaded')
    await page.getByRole('button', { name: 'Roads…' }).click()
    await dialog.getByRole('button', { name: 'Take the roads away' }).click()
    await page.getByText('along the lamps').waitFor()
    expect(real.app.services.map.roads()).toBeNull()
  })

  test('the wall shows roads too', async () => {
    const page = await real.openLive('/')
    await until(() => drawn(page, 'roads'), (count) => count > 100) // biome-ignore format: one line
  })
})

const TILES_AT = `/map?at=${NORTH},${EAST},14`

describe.skipIf(!chromium)('raster tiles in GCJ-02 of another server', async () => {
  const referers = new Set<string | undefined>()
  const tiles = await serve((request, response) => {
    referers.add(request.headers.referer)
    response.writeHead(200, { 'content-type': 'image/png' }).end(picture(256, [200, 60, 60]))
  })
  const real = useRealConsole({
    facilities: facilities.slice(-1),
    settings: {
      MAP_TILES_URL: `http://127.0.0.1:${tiles.port}/{z}/{x}/{y}.png`,
      MAP_TILES_ATTRIBUTION: 'Makers of the map',
      MAP_TILES_DATUM: 'gcj02',
      MAP_TILES_MAX_ZOOM: '13',
    },
  })
  afterAll(tiles.close)

  test('lie where they belong, under what the city has, with their makers', async () => {
    const page = await real.openLive(TILES_AT)
    const tile = page.locator('.leaflet-tile-pane img.leaflet-tile-loaded').first()
    await tile.waitFor()
    await page.getByText('Makers of the map').waitFor()
    const [, z, x, y] = /\/(\d+)\/(\d+)\/(\d+)\.png/.exec((await tile.getAttribute('src')) ?? '') ?? []
    // The site without the page, as tile servers demand.
    expect([...referers]).toEqual([`${real.app.url}/`])
    // Zoom 14 is not to be had, so the tiles of 13 are enlarged.
    expect(z).toBe('13')
    const share = 256 / 2 ** Number(z)
    const corner = wgs84Of(positionOf(Number(x) * share, Number(y) * share))
    const wanted = await onScreen(page, corner)
    const box = await tile.boundingBox()
    expect(box?.x).toBeCloseTo(wanted.x, -0.5)
    expect(box?.y).toBeCloseTo(wanted.y, -0.5)
    expect(box?.width).toBeCloseTo(512, -0.5)
    await page.getByRole('checkbox', { name: 'Tiles of the map' }).uncheck()
    await expect.poll(() => page.locator('.leaflet-tile-pane img').count()).toBe(0)
    await page.getByText('Makers of the map').waitFor({ state: 'detached' })
  })
})

describe.skipIf(!chromium)('tiles that do not come', () => {
  const real = useRealConsole({
    facilities: facilities.slice(-1),
    settings: { MAP_TILES_URL: 'http://127.0.0.1:9/{z}/{x}/{y}.png', MAP_TILES_ATTRIBUTION: 'Nobody' },
  })

  test('are told, and the rest of the map works', async () => {
    const page = await real.openLive(TILES_AT)
    await page.getByText('Tiles of the map cannot be loaded').waitFor()
    await until(() => drawn(page, 'facilities'), (count) => count > 0) // biome-ignore format: one line
  })
})

describe.skipIf(!chromium)('a PMTiles archive of pictures on disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'))
  const file = join(folder, 'city.pmtiles')
  writeFileSync(file, archive(picture(256, [60, 200, 60]), 'png'))
  const real = useRealConsole({ facilities: facilities.slice(-1), settings: { MAP_PMTILES: file, MAP_TILES_ATTRIBUTION: 'Archive' } })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is read in parts', async () => {
    const page = await real.open('/own')
    const statuses: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/api/map/tiles')) statuses.push(response.status())
    })
    await page.goto(real.app.url + TILES_AT)
    const tile = page.locator('.leaflet-tile-pane img.leaflet-tile-loaded').first()
    await tile.waitFor()
    expect(await tile.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256)
    await page.getByText('Archive').waitFor()
    expect(new Set(statuses)).toEqual(new Set([206]))
  })
})

describe.skipIf(!chromium)('a PMTiles archive of vectors on another server', async () => {
  const content = archive(vectorTile('earth'), 'mvt')
  const tiles = await serve((request, response) => {
    const head = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'range', 'access-control-expose-headers': 'etag' }
    if (request.method === 'OPTIONS') return response.writeHead(204, head).end()
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []
    const [start, end] = [Number(first), Math.min(Number(last) + 1, content.length)]
    response.writeHead(206, { ...head, 'content-range': `bytes ${start}-${end - 1}/${content.length}` }).end(content.subarray(start, end))
  })
  const real = useRealConsole({
    facilities: facilities.slice(-1),
    settings: { MAP_PMTILES: `http://127.0.0.1:${tiles.port}/city.pmtiles`, MAP_TILES_ATTRIBUTION: 'Vectors' },
  })
  afterAll(tiles.close)

  test('is drawn in the colours of the theme', async () => {
    const page = await real.openLive(TILES_AT)
    const tile = page.locator('.leaflet-tile-pane canvas.leaflet-tile-loaded').first()
    await tile.waitFor()
    const colour = () =>
      tile.evaluate((canvas: HTMLCanvasElement) => [
        ...(canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(128, 128, 1, 1).data,
      ])
    const dark = await colour()
    expect(dark[3]).toBe(255)
    expect(dark[0]).toBeLessThan(100)
    expect(tiles.asked.every((url) => url === '/city.pmtiles')).toBe(true)
  })
})
