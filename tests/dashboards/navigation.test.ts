import { expect, test } from 'vitest'
import { fittingCount } from '../../dashboards/console/src/shell/fitting.ts'

test.each([
  ['all where all have room', [100, 80, 60], 240, 3],
  ['fewer where the button beside them needs room', [100, 80, 60], 239, 2],
  ['as many as leave room for the button', [100, 80, 60, 90], 229, 1],
  ['none where there is only room for the button', [100, 80], 90, 0],
  ['none of none', [], 500, 0],
])('shows %s', (_, widths, available, shown) => {
  expect(fittingCount(widths, available, 50)).toBe(shown)
})
