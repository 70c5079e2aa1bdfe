import { setImmediate as nextTurn } from 'node:timers/promises'
import { ActivityCount } from '../alarms/delay-proposal.ts'
import type { StoredFlood } from '../alarms/flood-log.ts'
import { type FloodReview, FloodTimeline } from '../alarms/flood-review.ts'
import { KpiCount } from '../alarms/kpi.ts'
import type { AlarmRegister } from '../alarms/register.ts'
import type { FloodReviews } from '../edges/alarm-system.ts'
import { summaryOf } from '../services/flood-now.ts'
import { readIncidents } from '../services/incident-reading.ts'
import type { StateStore } from '../storage/state-store.ts'
import { minutes } from '../telemetry/duration.ts'
import { type ProposalParts, reviewProposals } from './review-proposals.ts'

export interface FloodReviewerParts extends ProposalParts {
  state: Pick<StateStore, 'floods' | 'alarmRecordsBetween'>
  register: Pick<AlarmRegister, 'floods' | 'get'>
  now: () => number
  onTrouble: (error: unknown) => void
}

/** Readings of the last minutes of a flood may still be on their way to the store. */
const SETTLING = minutes(2)
/** Steps of the record taken at once, which takes a few milliseconds. */
const PART = 500
const MOST_INCIDENTS = 10
const MOST_RULES = 10
const SHORT = minutes(2)

/** What is kept of a review with its flood. */
export type StoredReview =
  | { state: 'done'; at: number; review: FloodReview }
  | { state: 'failed'; at: number; reason: string }
  | { state: 'cancelled'; at: number }

/** Makes a review of each flood that is over, one after the other, beside everything else. */
export class FloodReviewer implements FloodReviews {
  readonly #parts: FloodReviewerParts
  #running: { id: number; share: number; stop: AbortController; done: Promise<void> } | undefined

  constructor(parts: FloodReviewerParts) {
    this.#parts = parts
  }

  /** To be called now and then: begins with the oldest flood that has no review. */
  tick(): void {
    if (this.#running) return
    const { now } = this.#parts
    const flood = this.#next()
    if (!flood || flood.ended === null || now() - flood.ended < SETTLING) return
    const running = { id: flood.id, share: 0, stop: new AbortController(), done: Promise.resolve() }
    this.#running = running
    running.done = this.#make(flood, running).finally(() => {
      this.#running = undefined
    })
  }

  #next(): StoredFlood | undefined {
    try {
      return this.#parts.state.floods.unreviewed(1)[0]
    } catch (error) {
      this.#parts.onTrouble(error)
      return undefined
    }
  }

  progress(id: number): number | null {
    return this.#running?.id === id ? this.#running.share : null
  }

  cancel(id: number): void {
    if (this.#running?.id === id) this.#running.stop.abort()
    else this.#keep(id, { state: 'cancelled', at: this.#parts.now() })
  }

  again(id: number): void {
    if (this.#running?.id !== id) this.#parts.state.floods.putReview(id, null)
  }

  /** Ends what is being made, without a trace: it is made anew at the next start. */
  async close(): Promise<void> {
    const running = this.#running
    running?.stop.abort(CLOSING)
    await running?.done
  }

  #keep(id: number, review: StoredReview): void {
    this.#parts.state.floods.putReview(id, JSON.stringify(review))
  }

  async #make(flood: StoredFlood, running: { share: number; stop: AbortController }): Promise<void> {
    const { now, onTrouble } = this.#parts
    const { signal } = running.stop
    try {
      const review = await reviewFlood(flood, this.#parts, signal, (share) => {
        running.share = share
      })
      this.#keep(flood.id, { state: 'done', at: now(), review })
    } catch (error) {
      if (signal.reason === CLOSING) return
      const reason = error instanceof Error ? error.message : String(error)
      try {
        this.#keep(flood.id, signal.aborted ? { state: 'cancelled', at: now() } : { state: 'failed', at: now(), reason })
      } catch (refused) {
        onTrouble(refused)
      }
      if (!signal.aborted) onTrouble(error)
    }
  }
}

const CLOSING = 'closing'

/** Throws the reason of `signal` when that aborts. */
export async function reviewFlood(
  flood: StoredFlood,
  parts: FloodReviewerParts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<FloodReview> {
  const { state, register, plant } = parts
  const { started } = flood
  const ended = flood.ended ?? parts.now()
  const kpi = new KpiCount({ from: started, to: ended, operators: register.floods?.limits.operators ?? 1 })
  const timeline = new FloodTimeline(started, ended)
  const activity = new ActivityCount(({ facility, rule }) => `${plant.get(facility)?.kind.key ?? ''}/${rule}`)
  let steps = 0
  for (const record of state.alarmRecordsBetween(started, ended + 1)) {
    kpi.add(record)
    timeline.add(record)
    activity.add(record)
    if (++steps % PART !== 0) continue
    await nextTurn()
    signal.throwIfAborted()
  }
  const { incidents } = await readIncidents(started, ended + 1, parts)
  const worst = activity.worst(MOST_RULES)
  const short = (lengths: readonly number[]) => lengths.filter((length) => length <= SHORT).length
  return {
    timeline: timeline.view(),
    firstOut: incidents.map(({ firstOut }) => firstOut).sort((a, b) => a.at - b.at || a.id - b.id)[0] ?? null,
    incidents: incidents.slice(0, MOST_INCIDENTS).map(summaryOf),
    incidentCount: incidents.length,
    kpi: kpi.result([flood]),
    worstRules: worst.map(({ rule: name, alarms, sources, stays, breaks }) => {
      const [kind = '', rule = ''] = name.split('/')
      return { kind, rule, alarms, facilities: sources.size, passing: short(stays), returning: short(breaks) }
    }),
    proposals: await reviewProposals(flood, worst, parts, signal, onProgress),
  }
}
