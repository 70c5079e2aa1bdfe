import { describe, expect, test } from 'vitest'
import type { LinkState } from '../../dashboards/console/src/live/live-state.ts'
import {
  initialSound,
  isSounding,
  nextSound,
  SIGNAL_TIME,
  SILENCE,
  type SoundingAlarm,
  type SoundState,
  silenced,
} from '../../dashboards/console/src/shell/sound/sound-schedule.ts'
import { patterns } from '../../dashboards/shared/tones.ts'
import type { Priority } from '../../src/detection/rule.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'

/** What changes at a second; what is not named stays as it was. */
interface Change {
  alarms?: readonly SoundingAlarm[]
  calls?: readonly string[]
  flood?: boolean
  link?: LinkState
  silence?: true
  endSilence?: true
}

const alarm = (id: number, priority: Priority): SoundingAlarm => ({ id, priority })

/** Plays a script second by second; what is heard, as "second signal". */
function heard(script: Readonly<Record<number, Change>>, length: number): string[] {
  let state: SoundState = initialSound
  let input = { alarms: [] as readonly SoundingAlarm[], calls: [] as readonly string[], flood: false, link: 'live' as LinkState }
  const found: string[] = []
  for (let second = 0; second <= length; second++) {
    const { silence, endSilence, ...change } = script[second] ?? {}
    input = { ...input, ...change }
    if (silence) state = silenced(state, seconds(second))
    if (endSilence) state = { ...state, silence: null }
    const { state: next, signal } = nextSound(state, { ...input, at: seconds(second) })
    state = next
    if (signal) found.push(`${second} ${signal}`)
  }
  return found
}

const critical = alarm(1, 'critical')
const other = alarm(2, 'critical')
const high = alarm(3, 'high')
const medium = alarm(4, 'medium')

test.each<[name: string, script: Record<number, Change>, length: number, expected: string[]]>([
  ['nothing without alarms', {}, 200, []],
  [
    'critical every ten seconds until acknowledged',
    { 3: { alarms: [critical] }, 25: { alarms: [] } },
    60,
    ['3 critical', '13 critical', '23 critical'],
  ],
  ['high at once and again after a minute, no more', { 0: { alarms: [high] } }, 300, ['0 high', '60 high']],
  ['high once when acknowledged within the minute', { 0: { alarms: [high] }, 30: { alarms: [] } }, 300, ['0 high']],
  [
    'an urgent order that nobody has, and a command that waits for a second person, like a high alarm',
    { 0: { calls: ['order 3'] }, 90: { calls: ['order 3', 'command 3'] } },
    300,
    ['0 high', '60 high', '90 high', '150 high'],
  ],
  ['an order no more when somebody takes it', { 0: { calls: ['order 3'] }, 30: { calls: [] } }, 300, ['0 high']],
  ['medium once', { 0: { alarms: [medium] } }, 300, ['0 medium']],
  ['low never', { 0: { alarms: [alarm(5, 'low')] } }, 300, []],
  ['one signal for several that come together', { 0: { alarms: [high, alarm(6, 'high'), alarm(7, 'high')] } }, 100, ['0 high', '60 high']],
  [
    'the most urgent first, the others once it is quiet',
    { 0: { alarms: [medium, high, critical] }, 9: { alarms: [] } },
    60,
    ['0 critical', '4 high', '8 medium'],
  ],
  [
    'a second critical at once, both together from then on',
    { 0: { alarms: [critical] }, 5: { alarms: [critical, other] } },
    16,
    ['0 critical', '5 critical', '10 critical', '15 critical'],
  ],
  [
    'an alarm that came back unacknowledged anew',
    { 0: { alarms: [medium] }, 10: { alarms: [] }, 20: { alarms: [medium] } },
    60,
    ['0 medium', '20 medium'],
  ],
  ['an alarm that became more urgent anew', { 0: { alarms: [medium] }, 10: { alarms: [alarm(4, 'high')] } }, 60, ['0 medium', '10 high']],
  [
    'only criticals in a flood',
    { 0: { flood: true, alarms: [high, medium, critical] }, 12: { alarms: [high, medium] }, 20: { flood: false } },
    100,
    ['0 critical', '10 critical'],
  ],
  [
    'what came after a flood',
    { 0: { flood: true, alarms: [high] }, 20: { flood: false }, 30: { alarms: [high, medium] } },
    100,
    ['30 medium'],
  ],
  [
    'the lost link with its own signal, again each half minute',
    { 5: { link: 'stale' }, 20: { link: 'disconnected' }, 70: { link: 'live' } },
    200,
    ['5 link-lost', '35 link-lost', '65 link-lost'],
  ],
  [
    'nothing of alarms that are not known for certain',
    { 0: { alarms: [critical] }, 5: { link: 'disconnected' }, 20: { link: 'live' } },
    25,
    ['0 critical', '5 link-lost', '20 critical'],
  ],
  ['nothing while the first connection is made', { 0: { link: 'connecting', alarms: [critical] }, 4: { link: 'live' } }, 8, ['4 critical']],
])('sounds %s', (_, script, length, expected) => {
  expect(heard(script, length)).toEqual(expected)
})

describe('a silence', () => {
  const end = SILENCE / 1000

  test('holds for two minutes for what sounded, then it sounds again', () => {
    expect(heard({ 0: { alarms: [critical] }, 5: { silence: true } }, end + 15)).toEqual([
      '0 critical',
      `${end + 5} critical`,
      `${end + 15} critical`,
    ])
  })
  test('lets a critical alarm through that comes meanwhile', () => {
    expect(
      heard({ 0: { alarms: [critical] }, 5: { silence: true }, 30: { alarms: [critical, other] }, 45: { alarms: [critical] } }, 100),
    ).toEqual(['0 critical', '30 critical', '40 critical'])
  })
  test('lets the loss of the link through', () => {
    expect(heard({ 0: { alarms: [critical] }, 5: { silence: true }, 30: { link: 'stale' } }, 70)).toEqual([
      '0 critical',
      '30 link-lost',
      '60 link-lost',
    ])
  })
  test('silences a lost link too', () => {
    expect(heard({ 0: { link: 'stale' }, 5: { silence: true } }, end + 5)).toEqual(['0 link-lost', `${end + 5} link-lost`])
  })
  test('keeps what is less urgent for its end', () => {
    const script = { 0: { alarms: [critical] }, 5: { silence: true as const }, 30: { alarms: [critical, high] }, 40: { alarms: [high] } }
    expect(heard(script, end + 6)).toEqual(['0 critical', `${end + 5} high`])
  })
  test('can be ended before', () => {
    expect(heard({ 0: { alarms: [critical] }, 5: { silence: true }, 50: { endSilence: true } }, 55)).toEqual(['0 critical', '50 critical'])
  })
})

test('there is nothing to silence before an alarm and after its last signal', () => {
  expect(isSounding(initialSound)).toBe(false)
  const input = { at: 0, alarms: [medium], calls: [], flood: false, link: 'live' as const }
  expect(isSounding(nextSound(initialSound, input).state)).toBe(false)
  expect(isSounding(nextSound(initialSound, { ...input, alarms: [high] }).state)).toBe(true)
})

test('no signal goes on: pulses do not touch, and a signal ends before the next may begin', () => {
  const counts = Object.fromEntries(Object.entries(patterns).map(([signal, pulses]) => [signal, pulses.length]))
  expect(counts).toEqual({ critical: 5, high: 3, medium: 1, 'link-lost': 2 })
  for (const pulses of Object.values(patterns)) {
    for (const [i, pulse] of pulses.entries()) {
      const end = pulse.at + pulse.length
      expect(end).toBeLessThan(pulses[i + 1]?.at ?? SIGNAL_TIME / 1000)
    }
  }
  expect(SIGNAL_TIME).toBeLessThan(minutes(1))
})
