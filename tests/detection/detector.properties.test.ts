import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clockSkewRule } from '../../src/detection/clock-skew.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { saveDetection } from '../../src/detection/saved-state.ts'
import type { Detection } from '../../src/detection/state.ts'
import { Slabs } from '../../src/detection/state-layout.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Reading, Report } from '../../src/telemetry/report.ts'
import { detectorWith, texts } from './fixtures.ts'

/** `PROPERTY_RUNS=100000` looks harder. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 2000)

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000
const { kind } = detectorWith((build) => ({
  high: build.limit({ ...options, point: 'level', high: 5, deadband: 1, onDelay: seconds(20), offDelay: seconds(10) }),
  flow: build.limit({ ...options, point: 'flow', low: 1 }),
  fall: build.rate({ ...options, point: 'level', perMinute: -6, window: seconds(40) }),
  frozen: build.stuck({ ...options, point: 'flow', period: minutes(2), tolerance: 0, shelvable: false }),
  gone: build.loss({ ...options, point: 'flow', period: minutes(1) }),
  silence: build.silence({ ...options, period: seconds(30) }),
  'clock-skew': clockSkewRule([]),
})).facility
const facilities = [1, 2].map((number): DetectedFacility => ({ id: `T-${number}`, number, gateway: null, rated: {}, kind }))

/** What happens next: time passes, something is said of one moment or of several, or a report comes again. */
const step = fc.record({
  facility: fc.constantFrom(0, 1),
  /** s; mostly the usual interval, now and then a gap. */
  pass: fc.oneof({ weight: 6, arbitrary: fc.constant(10) }, { weight: 2, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(2000) }),
  /** How late the first report is, s; some come from the future. */
  late: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -300, max: 4000 }) }),
  reports: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(12) }),
  level: fc.integer({ min: -1, max: 8 }),
  flow: fc.option(fc.integer({ min: 0, max: 2 })),
  isRepeated: fc.boolean(),
  link: fc.constantFrom(null, null, null, null, null, true, false),
})
const history = fc.array(step, { minLength: 1, maxLength: 40 })
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

type Event = { at: number; report: Report } | { at: number; link: boolean; facility: DetectedFacility }

/** The messages of a history in the order they come in. */
function eventsOf(steps: readonly Step[]): Event[] {
  const events: Event[] = []
  let now = start
  for (const { facility: index, pass, late, reports, level, flow, isRepeated, link } of steps) {
    now += seconds(pass)
    const facility = facilities[index] as DetectedFacility
    if (link !== null) events.push({ at: now, link, facility })
    for (let i = 0; i < reports; i++) {
      const readings: Reading[] = [{ point: 0, value: level, quality: level < 0 ? 'bad' : 'good' }]
      if (flow !== null) readings.push({ point: 1, value: (flow + i) % 3, quality: 'good' })
      const report = { facility, at: now - seconds(late) + i * seconds(10), received: now, readings }
      for (let times = isRepeated ? 2 : 1; times > 0; times--) events.push({ at: now, report })
    }
  }
  return events
}

interface RunOptions {
  /** Ticks are asked for this often besides, ms. */
  ticks?: number
  /** After this many events everything is saved and loaded. */
  restartAfter?: number
}

// A slab for each of so many detectors is what would take most of the time.
const slabs = new Slabs()

function newDetector(seen: string[]): Detector {
  const detector = new Detector({}, slabs)
  for (const facility of facilities) detector.put(facility)
  detector.onCaughtUp = ({ id }) => seen.push(`${id} caught up`)
  return detector
}

function run(events: readonly Event[], { ticks, restartAfter }: RunOptions = {}) {
  const changes: ConditionChange[] = []
  const seen: string[] = []
  let detector = newDetector(seen)
  const emit = (change: ConditionChange) => {
    changes.push(change)
    const { facility, rule, active, at, late, chattering, historySince } = change
    seen.push(`${facility.id} ${rule.key} ${active} ${at} ${late} ${JSON.stringify(chattering)} ${historySince}`)
  }
  let now = start
  const passTo = (until: number) => {
    if (ticks) for (now += ticks; now < until; now += ticks) detector.advance(now, emit)
    now = until
    detector.advance(until, emit)
  }
  events.forEach((event, i) => {
    passTo(event.at)
    if ('report' in event) detector.report(event.report, emit)
    else detector.link({ facility: event.facility, online: event.link, received: event.at }, emit)
    if (i !== restartAfter) return
    const next = newDetector(seen)
    next.advance(event.at, emit)
    for (const facility of facilities) {
      const state = detector.state(facility.number) as Detection
      next.restore(facility, saveDetection(state), state.layout.name)
    }
    for (const { number } of facilities) detector.remove(number)
    detector = next
  })
  passTo(now + minutes(15))
  const states = facilities.map(({ number }) => saveDetection(detector.state(number) as Detection))
  for (const { number } of facilities) detector.remove(number)
  return { changes, seen, states }
}

/** Changes of the present, or of one gap's past, per facility and rule; what only tells that chattering is over is none. */
function lives(changes: readonly ConditionChange[]): Map<string, ConditionChange[]> {
  const byRule = new Map<string, ConditionChange[]>()
  for (const change of changes) {
    const key = `${change.facility.id} ${change.rule.key} ${change.historySince !== undefined}`
    const before = byRule.get(key) ?? []
    byRule.set(key, before)
    const last = before.at(-1)
    const endsChattering = last?.chattering && !change.chattering && last.active === change.active
    if (!endsChattering) before.push(change)
  }
  return byRule
}

test('activations and returns take turns, and none is dated before the one before it', () => {
  fc.assert(
    fc.property(history, (steps) => {
      for (const [key, changes] of lives(run(eventsOf(steps)).changes)) {
        changes.forEach((change, i) => {
          expect(change.active, key).toBe(i % 2 === 0)
          const before = changes[i - 1]
          const isOneEpisode = change.historySince === undefined || change.historySince === before?.historySince
          if (before && isOneEpisode) expect(change.at, key).toBeGreaterThanOrEqual(before.at)
          if (change.historySince !== undefined) expect(change.late).toBe(true)
        })
      }
    }),
    { numRuns },
  )
})

test('a restart at any moment changes nothing', () => {
  fc.assert(
    fc.property(history, fc.nat(), (steps, moment) => {
      const events = eventsOf(steps)
      const whole = run(events)
      const cut = run(events, { restartAfter: moment % Math.max(1, events.length) })
      expect(cut.seen).toEqual(whole.seen)
      expect(cut.states).toEqual(whole.states)
    }),
    { numRuns },
  )
})

test('how often time is told changes nothing', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 700, max: 30_000 }), (steps, ticks) => {
      const events = eventsOf(steps)
      expect(run(events, { ticks }).seen).toEqual(run(events).seen)
    }),
    { numRuns },
  )
})

test('the order of different facilities at one moment changes nothing of either', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const events = eventsOf(steps)
      const idOf = (event: Event) => ('report' in event ? event.report.facility.id : event.facility.id)
      const swapped = events.toSorted((a, b) => a.at - b.at || idOf(b).localeCompare(idOf(a)))
      const of = ({ seen }: { seen: string[] }, id: string) => seen.filter((line) => line.startsWith(`${id} `))
      const [one, other] = [run(events), run(swapped)]
      for (const { id } of facilities) expect(of(other, id)).toEqual(of(one, id))
    }),
    { numRuns },
  )
})
