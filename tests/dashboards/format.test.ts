import { beforeEach, describe, expect, test } from 'vitest'
import { formatDue, formatDuration, formatMinutes, formatNumber, formatWhen } from '../../dashboards/console/src/format.ts'
import { language } from '../../dashboards/console/src/settings.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'

beforeEach(() => {
  language.value = 'en'
})

describe('figures as people read them', () => {
  test('noise below zero that rounds to zero has no sign', () => {
    expect(formatNumber(-0.04, 1)).toBe('0.0')
    expect(formatNumber(-0.06, 1)).toBe('-0.1')
  })

  test.each([
    [seconds(9), '9s', '9秒'],
    [minutes(3) + seconds(7), '3m 07s', '3分07秒'],
    [hours(23) + minutes(5), '23h 05m', '23小时05分'],
    [days(29) + hours(3), '29d 03h', '29天3小时'],
    [-1, '0s', '0秒'],
  ])('%d ms are %s or %s', (ms, en, zh) => {
    expect(formatDuration(ms)).toBe(en)
    language.value = 'zh'
    expect(formatDuration(ms)).toBe(zh)
  })

  test('what was set for today has no seconds, and another day has its date', () => {
    const noon = new Date(2026, 10, 30, 12).getTime()
    expect(formatWhen(noon + hours(7), noon)).toBe('19:00:00')
    expect(formatDue(noon + hours(7), noon)).toBe('19:00')
    expect(formatDue(noon + hours(19), noon)).toBe('01/12 07:00')
  })

  test.each([
    [90, '90 mins', '90分钟'],
    [120, '2 hrs', '2小时'],
    [1440, '24 hrs', '24小时'],
    [43_200, '30 days', '30天'],
  ])('%d chosen minutes are %s or %s', (chosen, en, zh) => {
    expect(formatMinutes(chosen)).toBe(en)
    language.value = 'zh'
    expect(formatMinutes(chosen)).toBe(zh)
  })
})
