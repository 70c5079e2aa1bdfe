/** What a picture may be, bytes: it shows a fuse and a number plate, and goes over a weak link. */
export const MAX_PHOTO = 300_000
const EDGES = [1600, 1280, 1024, 800, 640] as const
const QUALITIES = [0.82, 0.7, 0.55, 0.4] as const

/** The size of a picture whose longer edge is at most `edge`. */
export function fitted(width: number, height: number, edge: number): { width: number; height: number } {
  const scale = Math.min(1, edge / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

async function encode(picture: HTMLImageElement, edge: number, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas')
  Object.assign(canvas, fitted(picture.naturalWidth, picture.naturalHeight, edge))
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser gives no canvas.')
  // What is transparent would become black.
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be encoded.'))), 'image/jpeg', quality),
  )
}

/**
 * A picture as JPEG of at most `MAX_PHOTO` bytes, upright as its EXIF says. It is drawn anew, and so holds no place, time or camera. Throws for a
 * file that is no picture.
 */
export async function reducePhoto(file: Blob): Promise<ArrayBuffer> {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  try {
    await picture.decode()
    for (const edge of EDGES) {
      for (const quality of QUALITIES) {
        const blob = await encode(picture, edge, quality)
        if (blob.size <= MAX_PHOTO) return await blob.arrayBuffer()
      }
    }
    throw new Error('The picture cannot be made small enough.')
  } finally {
    URL.revokeObjectURL(picture.src)
  }
}
