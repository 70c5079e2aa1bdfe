import { encode } from 'uqr'

/** The quiet zone that readers need on each side, in modules (ISO/IEC 18004, 5.3.8). */
const QUIET = 4

/** The code of a text at error correction level M: dark modules as the path of a picture of `size` x `size` modules, quiet zone included. */
export function qrPicture(text: string): { size: number; path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET })
  return { size, path: data.map(rowPath).join('') }
}

/** Each run of dark modules is one stroke: hundreds of codes stand on one page. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x++) {
    const from = x
    while (row[x]) x++
    if (x > from) path += `M${from} ${y}h${x - from}v1h-${x - from}z`
  }
  return path
}
