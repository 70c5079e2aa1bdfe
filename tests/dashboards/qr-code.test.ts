import { expect, test } from 'vitest'
import { qrPicture } from '../../dashboards/shared/qr-code.ts'
import { modulesOf, readQr } from '../qr-reader.ts'

test.each([
  'https://a.cn/report/1',
  'https://lamp.example/report/SL-0001',
  'https://lights.city-of-handan.example/report/SL-00123456',
  'https://lights.city-of-handan.example/lamplighter/report/street-light.north_0001-a',
  `https://lamp.example/report/${'x'.repeat(64)}`,
])('the code of %s is read back, with correction of level M', (text) => {
  expect(readQr(modulesOf(qrPicture(text)))).toBe(text)
})

test('the reader notices a single wrong module', () => {
  const modules = modulesOf(qrPicture('https://lamp.example/report/SL-0001'))
  const size = modules.length
  let noticed = 0
  for (const [y, x] of [
    [0, 0],
    [6, 10],
    [8, 2],
    [12, 12],
    [size - 1, size - 1],
    [size - 9, 14],
  ] as const) {
    const wrong = modules.map((row) => [...row])
    ;(wrong[y] as boolean[])[x] = !wrong[y]?.[x]
    try {
      readQr(wrong)
    } catch {
      noticed++
    }
  }
  expect(noticed).toBe(6)
})
