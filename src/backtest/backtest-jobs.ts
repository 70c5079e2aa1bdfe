import { randomUUID } from 'node:crypto'
import { floodLimits } from '../alarms/policy.ts'
import type { AlarmRegister } from '../alarms/register.ts'
import type { LightingHistory } from '../control/lighting-history.ts'
import type { BacktestJob, BacktestRequest, Backtests } from '../edges/backtests.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { matchesFacility, parseFacilityQuery } from '../facilities/facility-query.ts'
import { descriptionOf, type Plant } from '../facilities/plant.ts'
import type { RuleBook } from '../facilities/rule-book.ts'
import { proposeRules } from '../facilities/rule-proposal.ts'
import type { RemoteStore } from '../storage/open-telemetry-store.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import type { DecodeLimits } from '../telemetry/codecs/native.ts'
import { days, hours } from '../telemetry/duration.ts'
import { type BacktestProgress, type BacktestResult, DEFAULT_LEAD } from './backtest.ts'
import { backtestInWorker } from './backtest-in-worker.ts'
import type { BacktestOrder } from './backtest-order.ts'
import { heldSpan } from './stored-history.ts'
import { withCauses } from './with-causes.ts'

export interface BacktestParts {
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  rules: RuleBook
  register: Pick<AlarmRegister, 'policy'>
  telemetry: Pick<TelemetryStore, 'scan' | 'oldest'>
  /** Where `telemetry` is, if on a server. */
  remote: RemoteStore | null
  journalFolder: string
  limits: DecodeLimits
  timeZone: string
  /** What light was asked of whom until now. */
  lighting: () => LightingHistory
  now: () => number
}

const MAX_WAITING = 3
const MAX_KEPT = 10
const KEPT_FOR = hours(1)
/** Changes kept of one result; all of them are counted. */
const MAX_CHANGES = 10_000
const WORKER_MEMORY_MB = 2048
/** With what is played for warming up: as long as the record of alarms is kept. */
const LONGEST_SPAN = days(400)

type Job = { -readonly [K in keyof BacktestJob]: BacktestJob[K] } & {
  order: BacktestOrder | null
  stop: AbortController
  /** Settles when its thread is gone. */
  gone: Promise<void>
  ended: number | null
}

/** Runs back-tests one after the other, each in a thread of its own, so that what comes in does not wait for them. */
export function createBacktests(parts: BacktestParts): Backtests {
  const { now } = parts
  const jobs = new Map<string, Job>()
  const all = () => [...jobs.values()]

  function forgetOld(): void {
    const over = all().filter(({ ended }) => ended !== null)
    const surplus = new Set(over.slice(0, Math.max(0, jobs.size - MAX_KEPT)))
    for (const job of over) if (surplus.has(job) || (job.ended as number) < now() - KEPT_FOR) jobs.delete(job.id)
  }

  function get(id: string): Job {
    forgetOld()
    const job = jobs.get(id)
    if (!job)
      throw new LamplighterError('not-found', `There is no back-test ${JSON.stringify(id)}; they are forgotten an hour after their end.`)
    return job
  }

  function runNext(): void {
    if (all().some(({ state }) => state === 'running')) return
    const job = all().find(({ state }) => state === 'waiting')
    if (!job) return
    job.state = 'running'
    const { order } = job
    job.order = null
    job.gone = run(job, order as BacktestOrder).then(runNext)
  }

  async function run(job: Job, order: BacktestOrder): Promise<void> {
    const { signal } = job.stop
    const onProgress = ({ share, readingsPerSecond }: BacktestProgress) => Object.assign(job, { progress: share, readingsPerSecond })
    try {
      const stored = order.stored && (await heldSpan(parts.telemetry, order.stored))
      const options = { name: 'backtest', memoryMb: WORKER_MEMORY_MB }
      keep(job, await backtestInWorker({ ...order, stored }, parts.telemetry, signal, onProgress, options))
    } catch (error) {
      end(job, 'failed', error instanceof Error ? error.message : String(error))
    }
  }

  function keep(job: Job, result: BacktestResult): void {
    const { difference } = result
    job.leftOut = Math.max(0, difference.changes.length - MAX_CHANGES)
    job.result = { ...result, difference: { ...difference, changes: difference.changes.slice(0, MAX_CHANGES) } }
    job.progress = 1
    end(job, 'done', null)
  }

  /** The first end counts. */
  function end(job: Job, state: 'done' | 'failed' | 'cancelled', trouble: string | null): void {
    if (job.ended !== null) return
    Object.assign(job, { state, trouble, ended: now(), order: null })
  }

  return {
    start(request, by) {
      forgetOld()
      if (all().filter(({ state }) => state === 'waiting').length >= MAX_WAITING)
        throw new LamplighterError('too-many-requests', `${MAX_WAITING} back-tests wait already; wait until one is done, or cancel one.`)
      const order = orderOf(request, parts)
      const job: Job = {
        id: randomUUID(),
        by,
        created: now(),
        request,
        state: 'waiting',
        progress: 0,
        readingsPerSecond: 0,
        trouble: null,
        result: null,
        leftOut: 0,
        order,
        stop: new AbortController(),
        gone: Promise.resolve(),
        ended: null,
      }
      jobs.set(job.id, job)
      runNext()
      return job
    },
    get,
    list() {
      forgetOld()
      return all().reverse()
    },
    async cancel(id) {
      const job = get(id)
      if (job.ended !== null) jobs.delete(id)
      end(job, 'cancelled', null)
      job.stop.abort()
      await job.gone
    },
    async close() {
      for (const job of all()) {
        end(job, 'cancelled', null)
        job.stop.abort()
      }
      await Promise.all(all().map(({ gone }) => gone))
    },
  }
}

function orderOf(
  request: BacktestRequest,
  { kinds, plant, rules, register, remote, journalFolder, limits, timeZone, lighting, now }: BacktestParts,
): BacktestOrder {
  const { source, from, to, lead = from === undefined ? 0 : DEFAULT_LEAD, query = '', proposals, labels } = request
  if (source === 'store' && from === undefined) throw new LamplighterError('invalid-request', 'A back-test of the store needs from, ms.')
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, now())
  if (from !== undefined && from >= end)
    throw new LamplighterError(
      'invalid-request',
      to === undefined ? 'from must lie in the past.' : 'from must lie in the past and before to.',
    )
  if (source === 'store' && from !== undefined && end - from + lead > LONGEST_SPAN)
    throw new LamplighterError('invalid-request', `A back-test of the store plays ${LONGEST_SPAN / days(1)} days at most, with lead.`)
  const before = { groups: rules.groups, overrides: rules.overrides }
  const parsed = parseFacilityQuery(query)
  const subjects = [...plant].filter((facility) => matchesFacility(parsed, facility))
  if (subjects.length === 0) throw new LamplighterError('invalid-request', 'The query finds no facility.')
  const stranger = labels?.find(({ facility }) => plant.get(facility) === undefined)
  if (stranger) throw new LamplighterError('invalid-request', `A label names ${stranger.facility}, which is no registered facility.`)
  const ids = new Set(subjects.map(({ id }) => id))
  return {
    facilities: withCauses(subjects, plant).map(descriptionOf),
    subjects: [...ids],
    ...(labels && { labels: labels.filter(({ facility }) => ids.has(facility)) }),
    before,
    after: proposeRules(before, proposals, kinds, (id) => plant.get(id)?.rated),
    window: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    lead,
    timeZone,
    lighting: lighting(),
    floods: floodLimits(register.policy),
    journalFolder,
    limits,
    stored: source === 'store' ? { from: (from as number) - lead, to: now() } : null,
    remote,
  }
}
