/** A grey picture: `luma` row by row, 0 black to 255 white. */
export interface GreyPicture {
  luma: Uint8Array
  width: number
  height: number
}

interface Finder {
  x: number
  y: number
  module: number
}

/**
 * The modules of the one QR code in a picture, as a camera sees it that is held nearly upright and straight; null where there are not three
 * finder patterns. ISO/IEC 18004, annex on decoding, without the correction of perspective.
 */
export function modulesInPicture(picture: GreyPicture): boolean[][] | null {
  const isDark = darkness(picture)
  const finders = findersOf(picture, isDark)
  if (finders.length < 3) return null
  const least = (by: (one: Finder) => number) => finders.reduce((a, b) => (by(b) < by(a) ? b : a))
  const [topLeft, topRight, bottomLeft] = [least(({ x, y }) => x + y), least(({ x, y }) => y - x), least(({ x, y }) => x - y)]
  const module = finders.reduce((sum, one) => sum + one.module, 0) / 3
  const across = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y) / module
  const size = 17 + 4 * Math.round((across + 7 - 17) / 4)
  const step = size - 7
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => {
      const [right, down] = [(column - 3) / step, (row - 3) / step]
      const x = topLeft.x + right * (topRight.x - topLeft.x) + down * (bottomLeft.x - topLeft.x)
      const y = topLeft.y + right * (topRight.y - topLeft.y) + down * (bottomLeft.y - topLeft.y)
      return isDark(Math.round(x), Math.round(y))
    }),
  )
}

/** Darker than the mean around it: light falls unevenly. */
function darkness({ luma, width, height }: GreyPicture): (x: number, y: number) => boolean {
  const sums = new Float64Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      sums[(y + 1) * (width + 1) + x + 1] =
        (luma[y * width + x] as number) +
        (sums[y * (width + 1) + x + 1] as number) +
        (sums[(y + 1) * (width + 1) + x] as number) -
        (sums[y * (width + 1) + x] as number)
  const reach = Math.round(width / 12)
  return (x, y) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return false
    const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)]
    const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)]
    const at = (row: number, column: number) => sums[row * (width + 1) + column] as number
    const mean = (at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left)) / ((right - left) * (bottom - top))
    return (luma[y * width + x] as number) < 0.92 * mean
  }
}

/** Where runs are as 1 : 1 : 3 : 1 : 1 both across and down. */
function findersOf({ width, height }: GreyPicture, isDark: (x: number, y: number) => boolean): Finder[] {
  const found: (Finder & { count: number })[] = []
  for (let y = 0; y < height; y++) {
    for (const { middle: x, module } of patternsIn(width, (at) => isDark(at, y))) {
      const down = patternsIn(height, (at) => isDark(Math.round(x), at)).find(
        (one) => Math.abs(one.middle - y) < 1.5 * module && Math.abs(one.module - module) < 0.4 * module,
      )
      if (!down) continue
      const known = found.find((one) => Math.hypot(one.x - x, one.y - down.middle) < 3 * module)
      if (!known) found.push({ x, y: down.middle, module, count: 1 })
      else {
        known.x += (x - known.x) / ++known.count
        known.y += (down.middle - known.y) / known.count
        known.module += (module - known.module) / known.count
      }
    }
  }
  // Data may look alike for a row or two.
  return found.toSorted((a, b) => b.count - a.count).slice(0, 3)
}

function patternsIn(length: number, isDark: (at: number) => boolean): { middle: number; module: number }[] {
  const runs: { from: number; to: number; dark: boolean }[] = []
  for (let at = 0; at < length; at++) {
    const dark = isDark(at)
    const last = runs.at(-1)
    if (last?.dark === dark) last.to = at + 1
    else runs.push({ from: at, to: at + 1, dark })
  }
  return runs.flatMap(({ from, dark }, i) => {
    const five = runs.slice(i, i + 5)
    const end = five[4]?.to
    if (!dark || end === undefined) return []
    const module = (end - from) / 7
    const fits = five.every((run, k) => Math.abs(run.to - run.from - (k === 2 ? 3 : 1) * module) < (k === 2 ? 1.2 : 0.6) * module)
    return fits && module >= 1.5 ? [{ middle: (from + end - 1) / 2, module }] : []
  })
}

/** Pictures as an uncompressed video, as a camera of Chromium's takes it (YUV4MPEG2, 4:2:0, without colour). */
export function greyVideo(pictures: readonly GreyPicture[], perSecond: number): Buffer {
  const [{ width, height }] = pictures as [GreyPicture]
  const colourless = Buffer.alloc((width * height) / 2, 128)
  const frames = pictures.flatMap(({ luma }) => [Buffer.from('FRAME\n'), Buffer.from(luma), colourless])
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F${perSecond}:1 Ip A1:1 C420\n`), ...frames])
}
