import { describe, expect, it } from 'vitest'
import { MAX_ROAD_FILE, readRoads } from '../../../src/edges/map/road-reading.ts'
import { gcj02Of } from '../../../src/geography/gcj02.ts'

type Options = Partial<Parameters<typeof readRoads>[1]>

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
}
const read = (text: string, more: Options = {}) => readRoads(chunks(text), { datum: 'wgs84', near: null, ...more })
const feature = (coordinates: unknown, properties: object = {}, type = 'LineString') => ({
  type: 'Feature',
  properties,
  geometry: { type, coordinates },
})
const collection = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features })
const line = [
  [114.6, 37.9],
  [114.61, 37.91],
]

describe('roads from GeoJSON', () => {
  it('keep their lines, names and breadth and nothing else', async () => {
    const file = collection(
      feature(line, { name: 'Main Rd', highway: 'primary_link', surface: 'asphalt' }),
      feature([line, line], { 名称: '裕华路', fclass: 'tertiary' }, 'MultiLineString'),
      feature(
        [
          [114.600_000_49, 37.9, 12],
          [114.7, 37.9],
          [114.8, 37.95],
        ],
        {},
      ),
      feature([114.6, 37.9], { name: 'a stop' }, 'Point'),
    )
    const { text, lines, places, passedOver } = await read(file)
    expect({ lines, places, passedOver }).toEqual({ lines: 4, places: 9, passedOver: 1 })
    expect(
      JSON.parse(text).features.map(({ properties, geometry }: { properties: object; geometry: object }) => [properties, geometry]),
    ).toEqual([
      [
        { name: 'Main Rd', width: 'main' },
        { type: 'MultiLineString', coordinates: [line] },
      ],
      [
        { name: '裕华路', width: 'secondary' },
        { type: 'MultiLineString', coordinates: [line, line] },
      ],
      [
        { name: '', width: 'branch' },
        { type: 'MultiLineString', coordinates: [[[114.6, 37.9], [114.7, 37.9], [114.8, 37.95]]] }, // biome-ignore format: one line
      ],
    ])
  })

  it('are taken back from GCJ-02', async () => {
    const shifted = collection(feature(line.map(([x, y]) => gcj02Of([x as number, y as number]))))
    const { text } = await read(shifted, { datum: 'gcj02' })
    expect(JSON.parse(text).features[0].geometry.coordinates[0]).toEqual(line)
  })

  it.each([
    [
      'the latitude first',
      feature([
        [37.9, 114.6],
        [37.8, 114.6],
      ]),
      /feature 2: 37\.9, 114\.6 has the latitude first/,
    ],
    [
      'metres',
      feature([
        [12_757_213, 4_567_890],
        [1, 1],
      ]),
      /feature 2: .* are metres .* EPSG:4326/,
    ],
    [
      'impossible degrees',
      feature([
        [200, 95],
        [1, 1],
      ]),
      /feature 2: 200, 95 are no longitude and latitude/,
    ],
    [
      'words',
      feature([
        ['a', 'b'],
        [1, 1],
      ]),
      /feature 2: \["a","b"\] is no position/,
    ],
    ['no list', feature('here'), /feature 2: its coordinates are no list/],
  ])('with %s are refused, with the feature', async (_, wrong, message) => {
    await expect(read(collection(feature(line), wrong))).rejects.toThrow(
      expect.objectContaining({ code: 'invalid-request', message: expect.stringMatching(message) }),
    )
  })

  it('tell the first problems and count the others', async () => {
    const wrong = Array.from({ length: 8 }, () =>
      feature([
        [200, 95],
        [1, 1],
      ]),
    )
    await expect(read(collection(...wrong))).rejects.toThrow(/feature 1: .*; feature 5: .*; and 3 more\. Nothing was changed/)
  })

  it.each([
    ['{"type":"FeatureCollection","features":[', /not GeoJSON/],
    ['road;from;to', /not GeoJSON/],
    ['{"type":"FeatureCollection","features":[]}', /no roads in the file \(no features\)/],
    [collection(feature([1, 2], {}, 'Point'), { type: 'Feature', geometry: null }), /no roads in the file \(1 x Point, 1 x nothing\)/],
  ])('%j are none', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })

  it('that are none tell geometries they know only, however many the file makes up', async () => {
    const made = Array.from({ length: 2000 }, (_, i) => feature([1, 2], {}, `made up ${i}`))
    await expect(read(collection(feature([1, 2], {}, 'Polygon'), ...made))).rejects.toThrow(
      /no roads in the file \(1 x Polygon, 2000 x something else\)/,
    )
  })

  it('of another city are refused', async () => {
    const near = [2, 48, 3, 49] as const
    await expect(read(collection(feature(line)), { near })).rejects.toThrow(/No road of the file is near the city \(2…3, 48…49\)/)
    expect(
      (
        await read(
          collection(
            feature(line),
            feature([
              [2.3, 48.8],
              [2.4, 48.8],
            ]),
          ),
          { near },
        )
      ).lines,
    ).toBe(2)
  })

  it('are read no further than the longest file', async () => {
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      const features = Buffer.from('{"type":"Feature","geometry":null},'.repeat(30_000))
      yield Buffer.from('{"features":[')
      for (;;) {
        sent += features.length
        yield features
      }
    }
    await expect(readRoads(endless(), { datum: 'wgs84', near: null })).rejects.toThrow(
      expect.objectContaining({ code: 'payload-too-large', message: expect.stringMatching(/larger than 64 MB/) }),
    )
    expect(sent).toBeLessThan(MAX_ROAD_FILE + 2_000_000)
  })
})
