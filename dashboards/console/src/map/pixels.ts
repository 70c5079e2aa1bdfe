/** A small picture that is stamped many times: pixels as ImageData has them (ABGR), with its side. */
export interface Stamp {
  side: number
  pixels: Uint32Array
}

/**
 * Pixels of a canvas in memory. Without a GPU, thousands of small symbols are written here in a fraction of the time that as many calls of
 * a canvas context take.
 */
export class Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint32Array<ArrayBuffer>

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.data = new Uint32Array(width * height)
  }

  clear(): void {
    this.data.fill(0)
  }

  /** A filled square of whole pixels around a point; what is outside is cut. */
  square(x: number, y: number, side: number, colour: number): void {
    const half = (side - 1) / 2
    const left = Math.max(0, Math.round(x - half))
    const right = Math.min(this.width, Math.round(x - half) + side)
    const bottom = Math.min(this.height, Math.round(y - half) + side)
    for (let row = Math.max(0, Math.round(y - half)); row < bottom; row++) {
      for (let at = row * this.width + left; at < row * this.width + right; at++) this.data[at] = colour
    }
  }

  /** Puts a picture over what is there, centred on a point. */
  stamp({ side, pixels }: Stamp, x: number, y: number): void {
    const left = Math.round(x - side / 2)
    const top = Math.round(y - side / 2)
    const firstColumn = Math.max(0, -left)
    const lastColumn = Math.min(side, this.width - left)
    const lastRow = Math.min(side, this.height - top)
    for (let row = Math.max(0, -top); row < lastRow; row++) {
      for (let column = firstColumn; column < lastColumn; column++) {
        const pixel = pixels[row * side + column] as number
        const opacity = pixel >>> 24
        if (opacity === 0) continue
        const at = (top + row) * this.width + left + column
        const below = this.data[at] as number
        this.data[at] = opacity === 255 || below === 0 ? pixel : mix(pixel, below)
      }
    }
  }
}

/** One pixel over another, neither premultiplied. */
export function mix(over: number, under: number): number {
  const a = (over >>> 24) / 255
  const b = ((under >>> 24) / 255) * (1 - a)
  const whole = a + b
  if (whole === 0) return 0
  const channel = (shift: number) => Math.round((((over >>> shift) & 255) * a + ((under >>> shift) & 255) * b) / whole) << shift
  return ((Math.round(whole * 255) << 24) | channel(16) | channel(8) | channel(0)) >>> 0
}

/** `#rrggbb` as an opaque pixel. */
export function pixelOf(colour: string): number {
  const value = Number.parseInt(colour.slice(1), 16)
  return (0xff000000 | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0
}
