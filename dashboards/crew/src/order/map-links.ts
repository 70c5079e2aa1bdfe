import { gcj02Of } from '../../../../src/geography/gcj02.ts'

/** Degrees, WGS-84: longitude, latitude. */
export type Place = readonly [longitude: number, latitude: number]

export type MapApp = 'geo' | 'amap' | 'google' | 'apple'

const degrees = (value: number) => value.toFixed(6)

/**
 * Addresses that open a map with the way to a place. A `geo:` URI is WGS-84 by RFC 5870; the maps that are made for China show GCJ-02, and are
 * given that; outside of China both are the same.
 */
export function mapLinks(place: Place, name: string): Record<MapApp, string> {
  const [longitude, latitude] = place.map(degrees)
  const [shownLongitude, shownLatitude] = gcj02Of(place).map(degrees)
  const label = encodeURIComponent(name)
  return {
    geo: `geo:${latitude},${longitude}?q=${latitude},${longitude}(${label})`,
    amap: `https://uri.amap.com/navigation?to=${shownLongitude},${shownLatitude},${label}&mode=car&coordinate=gaode&callnative=1`,
    google: `https://www.google.com/maps/dir/?api=1&destination=${shownLatitude},${shownLongitude}`,
    apple: `https://maps.apple.com/?daddr=${shownLatitude},${shownLongitude}&q=${label}`,
  }
}
