import { describe, expect, it } from 'vitest'
import { layersOf, placeOf, textOfLayers, textOfPlace } from '../../../dashboards/console/src/map/map-address.ts'

describe('the address of the map', () => {
  it('holds centre and zoom', () => {
    const place = { latitude: 37.91234, longitude: 114.60001, zoom: 14.25 }
    expect(textOfPlace(place)).toBe('37.91234,114.60001,14.25')
    expect(placeOf(textOfPlace(place))).toEqual(place)
  })

  it.each([null, '', '1,2', '1,2,3,4', '91,0,3', '0,181,3', '0,0,-1', 'a,b,c', '1,,3'])('holds none in %j', (text) => {
    expect(placeOf(text)).toBeNull()
  })

  it('holds layers as they differ from the default', () => {
    const all = ['roads', 'labels', 'feeds']
    const byDefault = new Set(['roads', 'labels'])
    expect(layersOf(null, all, byDefault)).toEqual(byDefault)
    expect(layersOf('feeds,-roads,nonsense', all, byDefault)).toEqual(new Set(['labels', 'feeds']))
    expect(textOfLayers(new Set(['labels', 'feeds']), all, byDefault)).toBe('-roads,feeds')
    expect(textOfLayers(byDefault, all, byDefault)).toBeNull()
  })
})
