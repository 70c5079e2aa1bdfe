const JPEG = [0xff, 0xd8, 0xff]
const text = (bytes: Uint8Array, from: number) => String.fromCharCode(...bytes.subarray(from, from + 4))

export const photoTypes = ['image/jpeg', 'image/webp'] as const
export type PhotoType = (typeof photoTypes)[number]

/** A picture's type by its first bytes (JFIF/Exif SOI marker; RIFF container of WebP); null for what is none of those that are kept. */
export function photoType(bytes: Uint8Array): PhotoType | null {
  if (JPEG.every((byte, i) => bytes[i] === byte)) return 'image/jpeg'
  return bytes.length > 12 && text(bytes, 0) === 'RIFF' && text(bytes, 8) === 'WEBP' ? 'image/webp' : null
}
