import { formatNumber } from '../format.ts'

/** Bytes in a unit in which they are short. */
export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${formatNumber(bytes / 1e3, bytes < 1e5 ? 1 : 0)} kB`
  return bytes < 1e9 ? `${formatNumber(bytes / 1e6, 1)} MB` : `${formatNumber(bytes / 1e9, 2)} GB`
}

/** A time as an input of local time wants it, to the minute. */
export function localInput(at: number): string {
  const ahead = new Date(at).getTimezoneOffset() * 60_000
  return new Date(at - ahead).toISOString().slice(0, 16)
}
