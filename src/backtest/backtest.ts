import { type Activation, ActivationLog } from '../alarms/activation.ts'
import type { Alarm } from '../alarms/alarm.ts'
import { compareAlarms } from '../alarms/alarm-difference.ts'
import { alarmLoad } from '../alarms/alarm-load.ts'
import type { AlarmRecord } from '../alarms/alarm-log.ts'
import { type FaultLabel, scoreAlarms } from '../alarms/alarm-score.ts'
import type { BacktestProgress, BacktestResult, RuleSetResult } from '../alarms/backtest-result.ts'
import type { FloodLimits } from '../alarms/flood.ts'
import type { LightingHistory } from '../control/lighting-history.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { Registration } from '../facilities/registration.ts'
import type { RuleSet } from '../facilities/rule-proposal.ts'
import { ReplayRoad } from '../replay.ts'
import type { Decoded } from '../telemetry/codecs/native.ts'
import { days } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { History } from './history.ts'

export interface BacktestOptions {
  history: History
  kinds: ReadonlyMap<string, FacilityKind>
  /** The plant, as it is taken to have been all the time; alarms of all of them are compared unless `subjects` names some. */
  facilities: readonly Registration[]
  /** Ids of those whose alarms are compared; the others only explain them. */
  subjects?: ReadonlySet<string>
  before: RuleSet
  after: RuleSet
  /** Local time of the city, for rules that are judged at certain hours. */
  timeZone?: string
  /** What light was asked of whom; from dusk to dawn when absent. */
  lighting?: LightingHistory
  /** Alarms that begin in this time are compared, ms; all there is when absent. */
  window?: { from?: number; to?: number }
  /** Played before the window, so that learned rules know enough; its alarms count for nothing, ms. */
  lead?: number
  labels?: readonly FaultLabel[]
  /** When there are too many alarms for how many people; by the standards and for one when absent. */
  floods?: FloodLimits
  /** Two stays of a fault at most this far apart are one, ms. */
  near?: number
  signal?: AbortSignal
  /** Told of each alarm after each of its steps under each rule set, and of the step. */
  onStep?: (rules: 'before' | 'after', alarm: Alarm, step: AlarmRecord) => void
  onProgress?: (progress: BacktestProgress) => void
}

export type { BacktestProgress, BacktestResult, RuleSetResult }

export const DEFAULT_LEAD = days(1)
/** Told at most so often, ms. */
const PROGRESS_PERIOD = 250

/**
 * Plays history through the road of live messages under two rule sets side by side, and tells what people would see differently. Throws
 * `invalid-request` when there is no history in the window, and the reason of `signal` when that aborts.
 */
export async function backtest(options: BacktestOptions): Promise<BacktestResult> {
  const { history, facilities, labels, near } = options
  const span = await history.span()
  const { from, to, first } = windowOf(options, span)
  const before = new Run(options, 'before')
  const after = new Run(options, 'after')
  await play(options, { from: first, to }, [before, after])
  // Clocks of devices are wrong and reports late, so without a window nothing is left out for its event time.
  const { window = {} } = options
  const compared = { from: window.from ?? Number.NEGATIVE_INFINITY, to: window.to ?? Number.POSITIVE_INFINITY }
  // What was wrong when nothing is stored of it no rule can find.
  const seen = { from: window.from === undefined ? compared.from : from, to: window.to === undefined ? compared.to : to }
  const subjects = options.subjects?.size ?? facilities.length
  const count = { ...compared, seen, facilities: subjects, length: to - from }
  const resultOf = ({ activations }: Run): RuleSetResult => ({
    load: alarmLoad(activations, from, to, options.floods),
    score: labels ? scoreAlarms(activations, labels, count) : null,
  })
  return {
    window: { from, to },
    lead: from - first,
    facilities: subjects,
    messages: before.road.counts.messages,
    readings: before.road.counts.readings,
    rejected: before.rejected,
    before: resultOf(before),
    after: resultOf(after),
    difference: compareAlarms(before.activations, after.activations, { ...compared, ...(near !== undefined && { near }) }),
  }
}

/** The time to compare and where to begin to play, as far as there is history. */
function windowOf({ window = {}, lead = DEFAULT_LEAD }: BacktestOptions, span: { from: number; to: number } | null) {
  const iso = (at: number) => new Date(at).toISOString()
  if (!span) throw new LamplighterError('invalid-request', 'There is no history to test with.')
  // Whoever gives no window wants to see all there is, so nothing is left to warm up with.
  const from = Math.max(window.from ?? span.from, span.from)
  const to = Math.min(window.to ?? Number.POSITIVE_INFINITY, span.to + 1)
  if (to <= from)
    throw new LamplighterError(
      'invalid-request',
      `There is no history in the time asked for; there is some from ${iso(span.from)} to ${iso(span.to)}.`,
    )
  return { from, to, first: Math.max(span.from, from - lead) }
}

/** One rule set's road over the history, and the activations it gave. */
class Run {
  readonly road: ReplayRoad
  readonly #log = new ActivationLog()

  constructor(options: BacktestOptions, which: 'before' | 'after') {
    const { kinds, facilities, subjects, timeZone, lighting, onStep } = options
    this.road = new ReplayRoad({
      kinds,
      facilities,
      rules: options[which],
      ...(timeZone !== undefined && { timeZone }),
      ...(lighting && { lighting }),
      keepEnded: false,
      decode: (message) => (message as DecodedMessage).decoded,
      onStep: (alarm, step) => {
        if (!subjects || subjects.has(alarm.facility)) this.#log.note(alarm, step.recorded)
        onStep?.(which, alarm, step)
      },
    })
  }

  get activations(): readonly Activation[] {
    return this.#log.all
  }
  get rejected(): number {
    return [...this.road.result().rejections.values()].reduce((sum, each) => sum + each, 0)
  }
}

/** Decoded once for both rule sets: facilities have the same numbers on both roads, and detection changes no report. */
interface DecodedMessage extends Message {
  decoded: Decoded
}

async function play(options: BacktestOptions, { from, to }: { from: number; to: number }, runs: readonly [Run, Run]): Promise<void> {
  const { history, signal = new AbortController().signal, onProgress = () => {} } = options
  const [{ road }] = runs
  const began = performance.now()
  let told = began
  for await (const batch of history.read({ from, to, plant: road.plant, signal })) {
    for (const message of batch) {
      const decoded: DecodedMessage = { ...message, decoded: history.decode(message, road.plant) }
      for (const run of runs) run.road.process([decoded])
    }
    signal.throwIfAborted()
    const now = performance.now()
    const last = batch.at(-1)
    if (last === undefined || now - told < PROGRESS_PERIOD) continue
    told = now
    const { readings } = road.counts
    onProgress({ share: (last.received - from) / (to - from), readings, readingsPerSecond: Math.round((readings / (now - began)) * 1000) })
  }
  for (const run of runs) run.road.tick(to)
}
