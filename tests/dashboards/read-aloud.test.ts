import { expect, test } from 'vitest'
import { readAloud } from '../../dashboards/console/src/reports/read-aloud.ts'

test('a number is told sign by sign, in its groups', () => {
  expect(readAloud('K7Q2M-9XRT4', 'en')).toBe('Kilo seven Quebec two Mike, nine X-ray Romeo Tango four')
  expect(readAloud('K7Q2M-9XRT4', 'zh')).toBe('K 七 Q 二 M，九 X R T 四')
})
