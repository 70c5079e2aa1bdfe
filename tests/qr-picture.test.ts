import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { modulesInPicture } from './qr-picture.ts'
import { readQr } from './qr-reader.ts'

/** A code as `scale` pixels for each module on a darker wall, turned by `turn`, radians. */
function pictureOf(text: string, scale: number, turn: number) {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const [width, height] = [480, 360]
  const luma = Uint8Array.from({ length: width * height }, (_, i) => {
    const [dx, dy] = [(i % width) - width / 2, Math.floor(i / width) - height / 2]
    const x = Math.floor((dx * Math.cos(turn) + dy * Math.sin(turn)) / scale + size / 2)
    const y = Math.floor((dy * Math.cos(turn) - dx * Math.sin(turn)) / scale + size / 2)
    const inside = x >= 0 && y >= 0 && x < size && y < size
    return inside ? (data[y]?.[x] ? 30 : 220) : 110
  })
  return { luma, width, height }
}

test('whatever the code says, it is read out of the picture', () => {
  for (let i = 0; i < 60; i++) {
    const text = `http://lamp.example/crew/at/SL-${i}/${((i + 1) * 0x9e3779b97f4a7).toString(16).padStart(20, '0').slice(-20)}`
    const modules = modulesInPicture(pictureOf(text, 5 + (i % 3), (i % 7) / 50 - 0.06))
    expect(modules && readQr(modules)).toBe(text)
  }
  expect(modulesInPicture({ luma: new Uint8Array(480 * 360).fill(120), width: 480, height: 360 })).toBeNull()
})
