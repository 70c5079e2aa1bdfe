import { describe, expect, test } from 'vitest'
import { type AlertSource, usualAlertSource } from '../../src/facilities/external-system/alert-source.ts'
import {
  type Alert,
  chooseConditions,
  isHeartbeat,
  type KnownAlert,
  type ToldAlert,
  toldAlert,
} from '../../src/facilities/external-system/alerts.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-29T12:00:00Z')
const source: AlertSource = { ...usualAlertSource, id: 'racks', name: 'Racks' }
const alert = (more: Partial<Alert> = {}): Alert => ({
  ...{ status: 'firing', fingerprint: '00000000000000aa', startsAt: '2026-11-29T11:59:30.123456789Z', endsAt: '0001-01-01T00:00:00Z' },
  labels: { alertname: 'DiskFull', severity: 'critical', instance: 'db-1', job: 'node' },
  annotations: { summary: 'Disk of db-1 is full', description: '98 % used', runbook_url: 'https://runbooks.example/disk' },
  generatorURL: 'https://prometheus.example/graph',
  ...more,
})
const told = (more: Partial<Alert> = {}, of = source) => toldAlert(alert(more), of)

describe('an alert as an alarm tells it', () => {
  test('has the words of its sender', () => {
    expect(told()).toEqual({
      ...{ fingerprint: '00000000000000aa', priority: 'critical', firing: true },
      ...{ startsAt: Date.parse('2026-11-29T11:59:30.123Z'), endsAt: null },
      title: 'DiskFull: Disk of db-1 is full',
      cause: '98 % used — instance=db-1, job=node',
      response: 'https://runbooks.example/disk https://prometheus.example/graph',
    })
  })
  test('has a title however little is said, and no endless one', () => {
    expect(told({ labels: {}, annotations: {} })).toMatchObject({ title: '00000000000000aa', cause: '', priority: 'medium' })
    expect(told({ annotations: { title: 'x'.repeat(999), description: 'y'.repeat(9999) } })).toMatchObject({
      ...{ title: expect.stringMatching(/^DiskFull: x{189}…$/), cause: expect.stringMatching(/^y{1499}…$/) },
    })
  })
  test.each([
    ['PAGE', 'critical'],
    ['warning', 'medium'],
    ['unheard of', 'medium'],
    ['constructor', 'medium'],
  ])('severity %s is %s', (severity, priority) => expect(told({ labels: { severity } })?.priority).toBe(priority))
  test('is no alarm where the source says so, by whatever label it looks at', () => {
    expect(told({ labels: { severity: 'none' } })).toBeNull()
    const level = { ...source, severityLabel: 'level', priorities: { p1: 'high' }, otherwise: 'none' } as const
    expect([told({ labels: { level: 'P1' } }, level)?.priority, told({}, level)]).toEqual(['high', null])
  })
  test('is none that tells that all is well', () => {
    const watchdog = alert({ labels: { alertname: 'Watchdog' } })
    expect([isHeartbeat(watchdog, source), isHeartbeat(alert(), source), isHeartbeat(watchdog, { heartbeat: null })]).toEqual([
      ...[true, false, false],
    ])
  })
})

describe('what a notification changes', () => {
  const one = (fingerprint: string, more: Partial<ToldAlert> = {}): ToldAlert => ({
    ...{ fingerprint, priority: 'high', firing: true, startsAt: NOW - 60_000, endsAt: null, title: 'T', cause: 'C', response: 'R' },
    ...more,
  })
  const alarm = (more: Partial<KnownAlert> = {}): KnownAlert => ({
    ...{ rule: 'alert-low:a', active: true, activated: NOW - HOUR, returned: null },
    ...more,
  })
  const choose = (alerts: ToldAlert[], known: Record<string, KnownAlert> = {}, room = 10) =>
    chooseConditions(alerts, (fingerprint) => known[fingerprint], room, NOW)
  const keys = ({ conditions }: ReturnType<typeof choose>) =>
    conditions.map(({ rule, instance, active }) => `${rule} ${instance} ${active}`)

  test('a new alert is raised, and told again it changes nothing; so it is when it is over', () => {
    expect(choose([one('a')])).toEqual({
      conditions: [{ rule: 'alert-high', instance: 'a', active: true, at: NOW - 60_000, title: 'T', cause: 'C', response: 'R' }],
      leftOut: [],
    })
    const over = one('a', { firing: false, endsAt: NOW - 5 })
    expect(choose([one('a')], { a: alarm() })).toEqual({ conditions: [], leftOut: [] })
    expect(keys(choose([over], { a: alarm() }))).toEqual(['alert-low a false'])
    for (const known of [{}, { a: alarm({ active: false }) }]) expect(choose([over], known).conditions).toEqual([])
  })
  test('the most urgent first, as many as there is room for; what there is already takes none', () => {
    const alerts = [one('l', { priority: 'low' }), one('h'), one('b'), one('c', { priority: 'critical' }), one('h')]
    const { conditions, leftOut } = choose(alerts, { b: alarm({ active: false }) }, 2)
    expect(conditions.map(({ instance }) => instance)).toEqual(['c', 'h', 'b'])
    expect(leftOut).toEqual(['l'])
    expect(choose([one('a')], {}, -3).leftOut).toEqual(['a'])
  })
  test('an alarm begins and ends when its sender says, as far as that can be', () => {
    const at = (told: ToldAlert, known?: KnownAlert) => NOW - (choose([told], known && { a: known }).conditions[0]?.at as number)
    expect(at(one('a', { startsAt: NOW + 5 }))).toBe(0)
    expect(at(one('a', { startsAt: null }))).toBe(0)
    // Whoever acts on it had no time before it came.
    expect(at(one('a', { startsAt: NOW - 2 * HOUR }))).toBe(0)
    expect(at(one('a', { startsAt: NOW - 900 }), alarm({ active: false, returned: NOW - 500 }))).toBe(500)
    expect(at(one('a', { firing: false, endsAt: NOW - 2 * HOUR }), alarm())).toBe(HOUR)
    expect(at(one('a', { firing: false, endsAt: NOW + 5 }), alarm())).toBe(0)
  })
})
