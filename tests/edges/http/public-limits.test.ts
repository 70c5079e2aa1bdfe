import { expect, test } from 'vitest'
import { PublicLimits } from '../../../src/edges/http/public-limits.ts'
import { days, seconds } from '../../../src/telemetry/duration.ts'

test('a flood from everywhere that lasts for days leaves some thousand reports a day', () => {
  const limits = new PublicLimits(0)
  const taken = [0, 0, 0]
  for (let at = 0; at < days(3); at += seconds(2)) {
    try {
      limits.report(`10.${(at >> 14) & 255}.${(at >> 11) & 255}.7`, null, at)
      taken[Math.floor(at / days(1))] = (taken[Math.floor(at / days(1))] as number) + 1
    } catch (error) {
      expect(error).toMatchObject({ code: 'too-many-requests' })
    }
  }
  expect(taken[0]).toBeGreaterThan(9_900)
  expect(taken[0]).toBeLessThanOrEqual(10_000)
  for (const later of taken.slice(1)) expect(Math.abs(later - 5000)).toBeLessThanOrEqual(1)
})
