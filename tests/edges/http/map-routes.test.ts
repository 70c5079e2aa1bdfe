import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MapGroundSchema, RoadsSentSchema } from '../../../src/edges/http/map-schemas.ts'
import type { TileSource } from '../../../src/edges/map/tile-source.ts'
import { wgs84Of } from '../../../src/geography/gcj02.ts'
import { roadsOfFile } from '../../../src/services/map-services.ts'
import { type City, startCity } from '../city.ts'

const roads = (name: string, ...places: [number, number][]) =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: { name }, geometry: { type: 'LineString', coordinates: places } }],
  })
const near = roads('Main Rd', [114.6, 37.9], [114.61, 37.9])

function send(city: City, body: string, query = ''): Promise<Response> {
  return fetch(`${city.url}/api/map/roads${query}`, {
    method: 'PUT',
    headers: { cookie: city.cookie(), origin: city.url, 'content-type': 'application/geo+json' },
    body,
  })
}

describe('roads of the map', () => {
  let city: City
  beforeAll(async () => {
    city = await startCity()
    await city.signIn()
    city.services.putFacilities([{ id: 'T-1', kind: 'tank', position: [114.6, 37.9] }], 'test')
  })
  afterAll(() => city.stop())

  test('are none at first, and what is no road of this city changes nothing', async () => {
    expect((await city.ask('GET', '/api/map')).body).toEqual({ roads: null, tiles: null })
    expect((await city.ask('GET', '/api/map/roads')).status).toBe(404)
    expect((await city.ask('DELETE', '/api/map/roads')).status).toBe(404)
    const far = await send(city, roads('Rue', [2.3, 48.8], [2.4, 48.8]))
    expect([far.status, (await far.json()).detail]).toEqual([400, expect.stringMatching(/No road of the file is near the city/)])
    expect((await send(city, 'no roads')).status).toBe(400)
    expect((await city.ask('GET', '/api/map')).body.roads).toBeNull()
  })

  test('are kept, told by their tag, sent compressed once, and taken away', async () => {
    const sent = await send(city, near)
    const answer = await sent.json()
    expect([sent.status, Value.Errors(RoadsSentSchema, answer)]).toEqual([200, []])
    expect(answer).toMatchObject({ passedOver: 0, roads: { source: 'uploaded', lines: 1, by: 'admin' } })
    const { status, body, headers } = await city.ask('GET', '/api/map/roads')
    expect([status, body.features[0].properties]).toEqual([200, { name: 'Main Rd', width: 'branch' }])
    expect(headers.get('etag')).toBe(`"${answer.roads.tag}"`)
    const again = await city.ask('GET', '/api/map/roads', undefined, { 'if-none-match': headers.get('etag') as string })
    expect(again.status).toBe(304)
    const ground = (await city.ask('GET', '/api/map')).body
    expect([Value.Errors(MapGroundSchema, ground), ground.roads.tag]).toEqual([[], answer.roads.tag])
    // Expanded piece by piece and never as a whole, for who takes no gzip or says so.
    for (const encoding of ['identity', 'gzip;q=0', 'deflate']) {
      const plain = await city.ask('GET', '/api/map/roads', undefined, { 'accept-encoding': encoding })
      expect([plain.headers.get('content-encoding'), plain.headers.get('content-length'), plain.body]).toEqual([null, null, body])
    }
    // As the next start finds them.
    const stored = city.state.roads.roads()
    expect(JSON.parse(gunzipSync(stored?.content as Uint8Array).toString())).toEqual(body)
    expect((await city.ask('DELETE', '/api/map/roads')).status).toBe(204)
    expect((await city.ask('GET', '/api/map')).body.roads).toBeNull()
    expect(city.state.roads.roads()).toBeNull()
    const actions = (await city.ask('GET', '/api/audit')).body.items.map(({ action }: { action: string }) => action)
    expect(actions.slice(0, 2)).toEqual(['remove-roads', 'set-roads'])
  })

  test('in GCJ-02 are taken back to WGS-84', async () => {
    const sent = await send(city, near, '?datum=gcj02')
    expect(sent.status).toBe(200)
    const [[first]] = [(await city.ask('GET', '/api/map/roads')).body.features[0].geometry.coordinates[0]]
    expect(first).toEqual(wgs84Of([114.6, 37.9]).map((degrees) => expect.closeTo(degrees, 6)))
    expect(first[0]).toBeLessThan(114.595)
    expect((await send(city, near, '?datum=bd09')).status).toBe(400)
  })

  test('are sent by who may edit the plant of the whole city only', async () => {
    await city.addPerson('dispatcher', 'dispatcher')
    await city.signIn('dispatcher')
    expect((await send(city, near)).status).toBe(403)
    expect((await city.ask('GET', '/api/map')).status).toBe(200)
    expect((await city.ask('DELETE', '/api/map/roads')).status).toBe(403)
    await city.signIn()
    expect((await fetch(`${city.url}/api/map/roads`)).status).toBe(401)
  })
})

describe('the ground of the configuration', () => {
  let city: City
  let archive: string
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255))
  const tiles: TileSource = {
    ...{ type: 'raster', url: 'https://{s}.tiles.example/{z}/{x}/{y}.png', subdomains: ['a', 'b'], attribution: 'makers' },
    ...{ minZoom: 3, maxZoom: 17, datum: 'gcj02' },
  }
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ground-'))
    const file = join(folder, 'roads.geojson')
    archive = join(folder, 'city.pmtiles')
    writeFileSync(file, near)
    writeFileSync(archive, bytes)
    await expect(roadsOfFile(join(folder, 'none.geojson'), 'wgs84', 1)).rejects.toThrow(/MAP_ROADS_FILE .*none\.geojson/)
    city = await startCity({ map: { tiles, archive, roads: await roadsOfFile(file, 'wgs84', 1) } })
    await city.signIn()
  })
  afterAll(() => city.stop())

  test('is told with what it needs, and roads that are sent go before those of the file', async () => {
    const { body } = await city.ask('GET', '/api/map')
    expect(body).toEqual({ roads: expect.objectContaining({ source: 'file', lines: 1 }), tiles })
    await send(city, roads('Sent Rd', [114.6, 37.9], [114.62, 37.9]))
    expect((await city.ask('GET', '/api/map')).body.roads.source).toBe('uploaded')
    await city.ask('DELETE', '/api/map/roads')
    expect((await city.ask('GET', '/api/map')).body.roads.source).toBe('file')
  })

  test('opens the policy for its hosts and no others', async () => {
    const policy = (await fetch(`${city.url}/api/map`)).headers.get('content-security-policy')
    expect(policy).toContain("img-src 'self' data: blob: https://a.tiles.example https://b.tiles.example;")
    expect(policy).not.toContain('connect-src')
  })

  test('lets parts of an archive on disk be fetched, and only parts', async () => {
    const part = (range?: string) =>
      fetch(`${city.url}/api/map/tiles`, { headers: { cookie: city.cookie(), ...(range !== undefined && { range }) } })
    const first = await part('bytes=0-6')
    expect([first.status, first.headers.get('content-range'), first.headers.get('content-length')]).toEqual([206, 'bytes 0-6/1000', '7'])
    expect(Buffer.from(await first.arrayBuffer())).toEqual(bytes.subarray(0, 7))
    const last = await part('bytes=990-99999')
    expect([last.status, last.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000'])
    expect(Buffer.from(await last.arrayBuffer())).toEqual(bytes.subarray(990))
    for (const wrong of [undefined, 'bytes=1000-1001', 'bytes=-5', 'bytes=9-3', 'lines=0-5']) {
      const refused = await part(wrong)
      expect([wrong, refused.status, (await refused.json()).detail]).toEqual([wrong, 400, expect.stringMatching(/at most 16777216 bytes/)])
    }
    writeFileSync(archive, bytes.subarray(0, 10))
    expect((await part('bytes=0-99')).headers.get('etag')).not.toBe(first.headers.get('etag'))
    rmSync(archive)
    expect((await part('bytes=0-6')).status).toBe(404)
    expect((await fetch(`${city.url}/api/map/tiles`, { headers: { range: 'bytes=0-6' } })).status).toBe(401)
  })
})
