import { expect, test } from 'vitest'
import { generateCity } from '../../simulators/city.ts'
import { cityRoads } from '../../simulators/city-roads.ts'
import { readRoads } from '../../src/edges/map/road-reading.ts'

test('the made-up city has a road along the lamps of every street, joined to others, as the server takes them', async () => {
  const city = generateCity({ seed: 'roads', lamps: 400, cabinets: 8 })
  async function* file() {
    yield Buffer.from(JSON.stringify(cityRoads(city)))
  }
  const { text, lines } = await readRoads(file(), { datum: 'wgs84', near: [114, 37, 115, 39] })
  const features: { properties: { name: string; width: string } }[] = JSON.parse(text).features
  const named = features.filter(({ properties }) => properties.name)
  expect(new Set(named.map(({ properties }) => properties.name))).toEqual(
    new Set(city.filter(({ kind }) => kind === 'street-light').map(({ road }) => road)),
  )
  expect(named).toHaveLength(8)
  expect(new Set(named.map(({ properties }) => properties.width))).toEqual(new Set(['main', 'secondary', 'branch']))
  expect(lines).toBeGreaterThan(12)
})
