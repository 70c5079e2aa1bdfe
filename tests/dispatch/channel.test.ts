import { expect, test } from 'vitest'
import { type Channel, type ChannelSettings, takes } from '../../src/dispatch/channel.ts'
import { usualLimits } from '../../src/dispatch/delivery.ts'

const channel = (settings: Partial<ChannelSettings>, types: Channel['types'], more: Partial<Channel> = {}): Channel => ({
  ...{ id: 'c', name: 'c', settings: settings as ChannelSettings, language: 'en', types, districts: 'all', domains: 'all' },
  ...{ template: null, limits: usualLimits, disabled: false, ...more },
})
const REPORT = 'duty-report.day'

test('a report is taken by a channel for all, but no alert, and no text message that nobody asked for by name', () => {
  expect(takes(channel({ type: 'mail' }, 'all'), REPORT, '', '')).toBe(true)
  expect(takes(channel({ type: 'alertmanager' }, 'all'), REPORT, '', '')).toBe(false)
  expect(takes(channel({ type: 'alertmanager' }, [REPORT]), REPORT, '', '')).toBe(false)
  expect(takes(channel({ type: 'sms' }, 'all'), REPORT, '', '')).toBe(false)
  expect(takes(channel({ type: 'sms' }, [REPORT]), REPORT, '', '')).toBe(true)
  for (const type of ['sms', 'alertmanager'] as const) expect(takes(channel({ type }, 'all'), 'order.offered', 'North', 'gas')).toBe(true)
})

test('a channel of one field takes the reports of its company, and none of the bureau', () => {
  const gas = channel({ type: 'mail' }, 'all', { domains: ['gas'] })
  expect([takes(gas, REPORT, '', 'gas'), takes(gas, REPORT, '', ''), takes(gas, REPORT, '', 'water')]).toEqual([true, false, false])
  expect(takes(channel({ type: 'mail' }, 'all', { districts: ['North'] }), REPORT, '', 'gas')).toBe(false)
  expect(takes(channel({ type: 'mail' }, 'all', { disabled: true }), REPORT, '', 'gas')).toBe(false)
})
