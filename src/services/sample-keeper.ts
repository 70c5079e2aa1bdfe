import type { Alarm } from '../alarms/alarm.ts'
import {
  type AlarmSamples,
  MAX_SAMPLED_POINTS,
  MAX_SAMPLES,
  type PointSamples,
  SAMPLES_AFTER,
  SAMPLES_BEFORE,
  thinOut,
} from '../alarms/alarm-samples.ts'
import type { DueSamples, SampleStore } from '../storage/sample-store.ts'
import type { StateStore } from '../storage/state-store.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import { hours, minutes, seconds } from '../telemetry/duration.ts'
import { type Looked, lookAround } from './sample-reading.ts'

/** Time for the last reports of the window to come in, ms. */
const ON_THE_WAY = seconds(30)
/** Facilities looked at in one round, one after the other, so that what comes in is written in between. */
const PER_ROUND = 10
/** Activations taken from the list at once; those of one facility are read together. */
const BATCH = 200
/** Readings that are not stored after so long are a failure of the store, ms. */
const LONGEST_LAG = minutes(1)
/** Failures after which a round ends, and how long the next one waits, ms. */
const FAILURES_PER_ROUND = 3
const PAUSE = seconds(30)
const FIRST_BACKOFF = minutes(1)
const LONGEST_BACKOFF = hours(1)
/** About three days of back-off, as long as the journal keeps readings for a store that is away. */
export const MOST_TRIES = 78
/** Activations closer together than this are read as one stretch, ms. */
const LONGEST_STRETCH = hours(1)

export interface SampleKeeperParts {
  state: Pick<StateStore, 'transaction' | 'samples'>
  telemetry: Pick<TelemetryStore, 'range' | 'buckets'>
  kinds: ReadonlyMap<string, { panel: { headline: string }; table: { keys: readonly string[] } }>
  /** Position of the newest message on the road. */
  position: () => number
  /** Position up to which the telemetry store holds all readings. */
  storedThrough: () => number
  log?: { warn(details: object, message: string): void } | undefined
}

/**
 * Has what the points say around this activation kept, once it can be known; belongs to the transaction of the alarm. Of data that came
 * late the rest of the window is on its way at our time `now`, ms, however long ago it was.
 */
export function requestSamples(store: Pick<SampleStore, 'request'>, { id, activated, evidence }: Alarm, now: number): void {
  const points = Object.keys(evidence.values).slice(0, MAX_SAMPLED_POINTS)
  store.request({ alarm: id, activated, points }, Math.max(activated + SAMPLES_AFTER, now) + ON_THE_WAY)
}

/**
 * Freezes the samples that prove an alarm, in the background and a few facilities a second, so that a flood of alarms is worked off
 * without holding up what comes in. What is still to do stands in the state store and survives a restart.
 */
export class SampleKeeper {
  readonly #parts: SampleKeeperParts
  #round: Promise<void> | null = null
  #pausedUntil = Number.NEGATIVE_INFINITY
  #stopped = false
  /** What has to be in the store before those due at `at` are read. */
  #mark: { position: number; at: number } | null = null

  constructor(parts: SampleKeeperParts) {
    this.#parts = parts
  }

  /** To be called about once a second; resolves when this round is done. Never rejects. */
  tick(now: number): Promise<void> {
    // A clock set back must not put the next round off.
    const isPaused = now < this.#pausedUntil && this.#pausedUntil - now <= PAUSE
    if (isPaused || this.#stopped) return Promise.resolve()
    this.#round ??= this.#work(now)
      .catch((error: unknown) => this.#pause(now, error))
      .finally(() => {
        this.#round = null
      })
    return this.#round
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#round
  }

  #pause(now: number, error: unknown): void {
    this.#pausedUntil = now + PAUSE
    this.#parts.log?.warn({ err: error }, 'samples of alarms cannot be kept now; it is tried again')
  }

  async #work(now: number): Promise<void> {
    const { position, storedThrough } = this.#parts
    const due = this.#parts.state.samples.due(now, BATCH)
    if (due.length === 0) {
      this.#mark = null
      return
    }
    this.#mark ??= { position: position(), at: now }
    const mark = this.#mark
    const isStored = storedThrough() >= mark.position
    if (!isStored && now - mark.at < LONGEST_LAG) return
    this.#mark = null
    const stretches = stretchesOf(due.filter((one) => one.due <= mark.at)).slice(0, PER_ROUND)
    const kept: [DueSamples, AlarmSamples][] = []
    const failed: [DueSamples, unknown][] = []
    let failures = 0
    for (const stretch of stretches) {
      if (this.#stopped || failures === FAILURES_PER_ROUND) break
      try {
        if (!isStored) throw new Error('readings that came in long ago are not in the telemetry store yet')
        kept.push(...(await this.#read(stretch)))
      } catch (error) {
        failures++
        for (const one of stretch) failed.push([one, error])
      }
    }
    this.#write(kept, failed, now)
    if (failures > 0) this.#pause(now, failed[0]?.[1])
  }

  async #read(stretch: readonly DueSamples[]): Promise<[DueSamples, AlarmSamples][]> {
    const { telemetry, kinds } = this.#parts
    const { facility, kind } = stretch[0] as DueSamples
    const known = kinds.get(kind)
    const isWhole = ({ points }: DueSamples) => points.length === 0
    // A rule that looks at no point is about reports as such: then every point says when there was one.
    const points = stretch.some(isWhole) ? (known?.table.keys ?? []) : [...new Set(stretch.flatMap((one) => one.points))]
    const windows = stretch.map(({ activated }) => ({ from: activated - SAMPLES_BEFORE, activated, to: activated + SAMPLES_AFTER }))
    const headline = known?.panel.headline
    const shown = (one: DueSamples) => (isWhole(one) ? [headline ?? ''] : one.points)
    const found = await lookAround(telemetry, { facilities: [facility], kind, points }, windows, [...new Set(stretch.flatMap(shown))])
    return stretch.map((one, i) => [one, samplesOf(found[i] as Looked, shown(one), isWhole(one))])
  }

  #write(kept: readonly [DueSamples, AlarmSamples][], failed: readonly [DueSamples, unknown][], now: number): void {
    const { state, log } = this.#parts
    if (kept.length + failed.length === 0) return
    state.transaction(() => {
      for (const [{ alarm, activated }, samples] of kept) state.samples.keep(alarm, activated, samples)
      for (const [{ alarm, activated, tries }, error] of failed) {
        if (tries + 1 < MOST_TRIES) {
          state.samples.postpone(alarm, activated, now + Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(tries, 10)))
          continue
        }
        const unavailable = `given up after ${MOST_TRIES} tries: ${error instanceof Error ? error.message : String(error)}`
        log?.warn({ alarm, activated, err: error }, 'samples of an alarm were given up')
        const window = { from: activated - SAMPLES_BEFORE, to: activated + SAMPLES_AFTER }
        state.samples.keep(alarm, activated, { ...window, points: [], reports: null, unavailable })
      }
    })
  }
}

/** Activations of one facility whose windows lie close together, those longest due first. */
function stretchesOf(due: readonly DueSamples[]): DueSamples[][] {
  const stretches: DueSamples[][] = []
  const open = new Map<string, DueSamples[]>()
  for (const one of due) {
    const stretch = open.get(one.facility)
    if (stretch && Math.abs(one.activated - (stretch[0] as DueSamples).activated) < LONGEST_STRETCH) stretch.push(one)
    else {
      const begun = [one]
      stretches.push(begun)
      open.set(one.facility, begun)
    }
  }
  return stretches
}

function samplesOf({ from, to, series, reports }: Looked, points: readonly string[], isWhole: boolean): AlarmSamples {
  return {
    from,
    to,
    points: points.flatMap((point) => series.get(point) ?? []).map((one): PointSamples => thinOut(one, MAX_SAMPLES)),
    reports: isWhole ? thinTimes(reports) : null,
    unavailable: null,
  }
}

const thinTimes = (times: readonly number[]) => times.filter((_, i) => i % Math.ceil(times.length / MAX_SAMPLES) === 0)
