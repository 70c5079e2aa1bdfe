import { setImmediate as nextTurn } from 'node:timers/promises'
import { isInScope, isWhole, type Scope } from '../access/scope.ts'
import { RECORD_KEPT } from '../alarms/alarm-log.ts'
import type { StoredFlood } from '../alarms/flood-log.ts'
import type { Incident, IncidentAlarm } from '../alarms/incident.ts'
import { KpiCount } from '../alarms/kpi.ts'
import { standingAlarms } from '../alarms/standing.ts'
import type { AlarmSystem, Incidents } from '../edges/alarm-system.ts'
import { LamplighterError } from '../errors.ts'
import { days, minutes } from '../telemetry/duration.ts'
import { floodFollower } from './flood-now.ts'
import { readIncidents } from './incident-reading.ts'
import type { ServiceParts } from './parts.ts'

/** Steps counted at once, which takes a few milliseconds. */
const PART = 500
/** More floods than any window holds that one looks at; the rest is left out. */
const MOST_FLOODS = 1000
/** Trees of ended floods that are kept for whoever asks next; they do not change any more. */
const KEPT_TREES = 4
/** A time that ends so shortly ago, ms, reaches up to now. */
const NOW_AGO = minutes(1)
/** Incidents are looked for in at most so long a time, ms. */
const LONGEST_LOOK = days(31)

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'register' | 'reviews' | 'now'>

/** Floods, incidents and figures, all taken from the alarm record. */
export function alarmSystem(parts: Parts): AlarmSystem {
  const { state, register, reviews, now } = parts
  const trees = new Map<number, Promise<Incidents>>()
  const follower = floodFollower(parts)

  function flood(id: number): StoredFlood {
    const found = state.floods.flood(id)
    if (!found) throw new LamplighterError('not-found', `There is no flood ${id}; /api/floods lists them.`)
    return found
  }

  function checkWindow(from: number, to: number, longest: number): void {
    if (!(to > from)) throw new LamplighterError('invalid-request', '`to` must be later than `from`.')
    if (to - from > longest)
      throw new LamplighterError('invalid-request', `The time is longer than ${Math.round(longest / days(1))} days; ask for less.`)
  }

  function incidentsOfFlood(id: number): Promise<Incidents> {
    const running = follower.incidentsOf(id)
    if (running) return running
    const { started, ended } = flood(id)
    if (ended === null) return readIncidents(started, Number.MAX_SAFE_INTEGER, parts)
    const known = trees.get(id)
    if (known) return known
    const tree = readIncidents(started, ended + 1, parts)
    trees.set(id, tree)
    tree.catch(() => trees.delete(id))
    for (const oldest of trees.keys()) if (trees.size > KEPT_TREES) trees.delete(oldest)
    return tree
  }

  function isSeen(id: string, scope: Scope): boolean {
    if (isWhole(scope)) return true
    const facility = parts.plant.get(id)
    return facility !== undefined && isInScope(scope, facility)
  }

  return {
    floodNow: follower.floodNow,
    rate: () => register.floods?.rate ?? 0,
    async kpi(from, to, wanted = () => true) {
      checkWindow(from, to, RECORD_KEPT)
      const count = new KpiCount({ from, to, operators: register.floods?.limits.operators ?? 1 })
      let steps = 0
      // What was recorded before the clock was set back lies ahead of now; it belongs to a time that reaches up to now.
      const until = to > now() - NOW_AGO ? Number.MAX_SAFE_INTEGER : to
      for (const record of state.alarmRecordsBetween(from, until)) {
        if (wanted(record.facility)) count.add(record)
        if (++steps % PART === 0) await nextTurn()
      }
      const floods = state.floods.floods({ from, to, limit: MOST_FLOODS }).items
      return {
        ...count.result(floods),
        standing: standingAlarms(
          [...register.live()].filter(({ facility }) => wanted(facility)),
          now(),
        ),
      }
    },
    floods: (query) => state.floods.floods(query),
    flood,
    incidentsOfFlood,
    async floodAlarms(id, key, scope) {
      const { incidents } = await incidentsOfFlood(id)
      const incident = key === undefined ? undefined : findIncident(incidents, key)
      const within = key === undefined ? incidents : incident ? [incident] : []
      const alarms = within.flatMap(alarmsOf).filter(({ facility }) => isSeen(facility, scope))
      if (key !== undefined && alarms.length === 0)
        throw new LamplighterError('not-found', `Flood ${id} has no incident ${JSON.stringify(key)}; /api/floods/${id} names them.`)
      return alarms.sort((a, b) => a.at - b.at || a.id - b.id)
    },
    review(id) {
      const { ended } = flood(id)
      const none = { at: null, share: 0, reason: null, review: null }
      const kept = state.floods.review(id)
      if (kept !== undefined) return { ...none, share: 1, ...JSON.parse(kept) }
      const share = reviews.progress(id)
      if (share !== null) return { ...none, state: 'running', share }
      return { ...none, state: ended === null ? 'flood' : 'waiting' }
    },
    reviewAgain(id, by) {
      if (flood(id).ended === null) throw new LamplighterError('action-refused', `Flood ${id} goes on; it is reviewed when it is over.`)
      reviews.again(id)
      state.audit({ at: now(), by, action: 'review-flood', subject: `flood ${id}`, detail: '' })
    },
    cancelReview(id, by) {
      if (flood(id).ended === null) throw new LamplighterError('action-refused', `Flood ${id} goes on; there is no review to cancel yet.`)
      const kept = state.floods.review(id)
      if (kept !== undefined)
        throw new LamplighterError('action-refused', `The review of flood ${id} is ${JSON.parse(kept).state}; there is nothing to stop.`)
      reviews.cancel(id)
      state.audit({ at: now(), by, action: 'cancel-flood-review', subject: `flood ${id}`, detail: '' })
    },
    incidents(from, to, scope) {
      checkWindow(from, to, LONGEST_LOOK)
      return readIncidents(from, to, parts, scope)
    },
  }
}

const alarmsOf = ({ own, children }: Incident): IncidentAlarm[] => [...own, ...children.flatMap(alarmsOf)]

function findIncident(among: readonly Incident[], key: string): Incident | undefined {
  for (const each of among) {
    const found = each.key === key ? each : findIncident(each.children, key)
    if (found) return found
  }
  return undefined
}
