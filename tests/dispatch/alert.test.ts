import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { ALERT_VALID, type AlertSubject, alertOf, isAlertOfOthers, isFiring } from '../../src/dispatch/alert.ts'
import { aLiveAlarm, evidence } from '../alarms/fixtures.ts'

const AT = Date.parse('2026-11-24T12:00Z')
const iso = (at: number) => new Date(at).toISOString()
const subjectOf = (alarm: Alarm): AlertSubject => ({
  ...{ alarm, title: { zh: '液位高', en: 'Level high' }, name: { zh: '水箱', en: 'Tank' }, district: 'North', road: '', domain: 'water' },
})
const alarm = (more: Partial<Alarm> = {}) => aLiveAlarm({ activated: AT - 5000, ...more })

describe('an alarm as an alert', () => {
  test('what stands ends by itself unless it is told again', () => {
    const texts = {
      ...{ title: { zh: '液位高', en: 'Level high' }, timeToAct: 10, consequence: { zh: '', en: '' } },
      ...{
        cause: { zh: '阀门', en: 'Valve' },
        response: [
          { zh: '看', en: 'Look' },
          { zh: '关', en: 'Close' },
        ],
      },
    }
    const told = alertOf(subjectOf(alarm({ evidence: { ...evidence, texts } })), null, AT, 'en', 'https://city.example/alarms/1')
    expect(told).toEqual({
      labels: {
        ...{ alertname: 'high', job: 'lamplighter', severity: 'high', facility: 'T-1', kind: 'tank', domain: 'water', district: 'North' },
      },
      annotations: { summary: 'Level high · Tank', description: 'Valve', response: 'Look\nClose' },
      ...{ startsAt: iso(AT - 5000), endsAt: iso(AT + ALERT_VALID), generatorURL: 'https://city.example/alarms/1' },
    })
  })

  test('an end is told as one, and never lies before the beginning', () => {
    expect(alertOf(subjectOf(alarm({ active: false })), AT - 1000, AT, 'zh', '')).toMatchObject({
      ...{ annotations: { summary: '液位高 · 水箱' }, startsAt: iso(AT - 5000), endsAt: iso(AT - 1000) },
    })
    const ahead = alertOf(subjectOf(alarm({ activated: AT + 9000 })), AT - 1000, AT, 'en', '')
    expect([ahead.startsAt, ahead.endsAt]).toEqual([iso(AT), iso(AT)])
    expect(ahead).not.toHaveProperty('generatorURL')
  })

  test('fires while the fault is there, or must be reset, and nothing hides it', () => {
    const shelved = { at: AT, by: 'a', until: AT + 1, reason: 'r' }
    const suppressed = { cause: 'supply', by: 2, since: AT, until: null } as const
    const acknowledged = { at: AT, by: 'a', comment: '' }
    const cases: [Partial<Alarm>, boolean][] = [
      [{}, true],
      [{ acknowledged }, true],
      [{ active: false, latched: true }, true],
      [{ active: false }, false],
      [{ shelved }, false],
      [{ suppressed }, false],
      [{ outOfService: true }, false],
    ]
    for (const [more, fires] of cases) expect([more, isFiring(alarm(more))]).toEqual([more, fires])
    expect(isAlertOfOthers(alarm({ kind: 'external-system', rule: 'alert-critical:00aa' }))).toBe(true)
    expect(isAlertOfOthers(alarm({ kind: 'external-system', rule: 'heartbeat-missing' }))).toBe(false)
  })
})
