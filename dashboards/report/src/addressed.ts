import type { Position } from './sketch.ts'

/** The code of the pole in the path; null for none, or for one that cannot be read. */
export function codeOf(path: string): string | null {
  const [, given] = /^\/report\/([^/]+)\/?$/.exec(path) ?? []
  try {
    return given ? decodeURIComponent(given) : null
  } catch {
    return null
  }
}

/** Degrees out of the address; null when they are none. */
export function positionOf(text: string | null): Position | null {
  const [longitude = Number.NaN, latitude = Number.NaN, ...rest] = (text ?? '').split(',').map((part) => (part ? Number(part) : Number.NaN))
  return rest.length === 0 && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? [longitude, latitude] : null
}
