import { expect, test } from 'vitest'
import { nextCitizenReport } from '../../simulators/citizen-player.ts'
import { seededRandom } from '../../simulators/random.ts'

const fault = (facility: string, fault: string, kind = 'street-light') => ({ facility, fault, kind })

test('citizens report what can be seen, and sometimes what nobody else sees', () => {
  const faults = [fault('SL-1', 'lamp-failure'), fault('SL-2', 'weak-signal'), fault('PS-1', 'blockage', 'pump-station')]
  const random = seededRandom('street')
  const made = Array.from({ length: 200 }, () => nextCitizenReport(random, faults, ['SL-8', 'SL-9'])!)
  expect(new Set(made.map(({ code }) => code))).toEqual(new Set(['SL-1', 'SL-8', 'SL-9']))
  expect(new Set(made.filter(({ code }) => code === 'SL-1').map(({ kind }) => kind))).toEqual(new Set(['dark']))
  expect(made.filter(({ code }) => code === 'SL-1').length).toBeGreaterThan(100)
  expect(nextCitizenReport(random, [], [])).toBeNull()
})
