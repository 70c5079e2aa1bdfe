import { expect, test } from 'vitest'
import { codeOf, positionOf } from '../../../dashboards/report/src/addressed.ts'

test.each([
  ['/report', null],
  ['/report/', null],
  ['/report/SL-1', 'SL-1'],
  ['/report/SL-1/', 'SL-1'],
  ['/report/%E7%81%AF-1', '灯-1'],
  ['/report/%E7%8', null],
  ['/report/SL-1/more', null],
])('%s is about %j', (path, code) => {
  expect(codeOf(path)).toBe(code)
})

test.each([
  ['114.6,37.9', [114.6, 37.9]],
  ['-0.5,0', [-0.5, 0]],
  ['114.6', null],
  ['114.6,', null],
  ['200,10', null],
  ['1,2,3', null],
  [null, null],
])('%j is the place %j', (text, position) => {
  expect(positionOf(text)).toEqual(position)
})
