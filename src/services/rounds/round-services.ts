import { setImmediate as nextTurn } from 'node:timers/promises'
import { isInScope, isWhole, type Scope, WHOLE_CITY } from '../../access/scope.ts'
import { type CalendarDay, calendarDays, dateOf } from '../../control/calendar-day.ts'
import type { ReadingInput } from '../../edges/entered-readings.ts'
import type { CheckInAnswer, CheckInClaim, RoundNews, RoundPlanInput, Rounds } from '../../edges/rounds.ts'
import type { Services } from '../../edges/services.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { protectingRule } from '../../facilities/enterable.ts'
import { matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import { descriptionOf } from '../../facilities/plant.ts'
import { round as roundKind } from '../../facilities/round/index.ts'
import type { RoundPoint } from '../../facilities/round/points.ts'
import { checkInProblems, doubtsOf, judgeClaim } from '../../operations/check-in.ts'
import {
  aged,
  type CheckIn,
  isLate,
  newRound,
  type Round,
  type RoundFigures,
  type RoundSketch,
  type RoundStop,
  roundFigures,
  visitProblem,
  withVisit,
} from '../../operations/round.ts'
import { type AreaCoverage, type CoverageGrouping, coverageCounter } from '../../operations/round-coverage.ts'
import { type Occurrence, planProblems, type RoundPlan, type Tightening, tightened } from '../../operations/round-plan.ts'
import { stopsOf } from '../../operations/round-stops.ts'
import { encodeReports } from '../../telemetry/codecs/native.ts'
import { days, hours, seconds } from '../../telemetry/duration.ts'
import type { Text } from '../../telemetry/point.ts'
import { telemetryTopic } from '../../telemetry/topic.ts'
import type { ServiceParts } from '../parts.ts'
import { labelled, labelPath, readCode } from './round-labels.ts'

/** ms between two reports of each plan. */
export const ROUND_REPORT_PERIOD = seconds(30)
/** Rounds are made so long before they begin, ms, so that phones know them that are out of reach all shift. */
const AHEAD = hours(12)
/** What began longer ago is asked for no more when it was never made, such as after a server that stood still. */
const BACK = hours(24)
const MOST_PLANS = 500
const MOST_FACTOR = 12
/** Rounds that a phone is told of. */
const MOST_TOLD = 50
/** Rounds of a coverage that are counted before others have their turn. */
const COUNTED_AT_ONCE = 50

type Parts = Pick<ServiceParts, 'state' | 'plant' | 'deviceKey' | 'ingest' | 'utcOffset' | 'now'>
type Uses = Pick<Services, 'putFacilities' | 'removeFacility' | 'setMode' | 'enteredReadings'>
/** Plans of rounds, the rounds that come of them, and who was where. */
export function roundServices(parts: Parts, uses: Uses): Rounds {
  const { state, plant, ingest, deviceKey, utcOffset, now } = parts
  const store = state.rounds
  const listeners: Parameters<Rounds['onChange']>[0][] = []
  const tell = (changed: readonly RoundNews[]) => {
    if (changed.length > 0) for (const listener of listeners) listener(changed)
  }

  const audit = (by: string, action: string, subject: string, detail = '') => state.audit({ at: now(), by, action, subject, detail })
  const knownPlan = (id: string): RoundPlan => {
    const plan = store.plan(id)
    if (!plan) throw new LamplighterError('not-found', `There is no plan ${id}; /api/round-plans lists them.`)
    return plan
  }
  const knownRound = (id: number): Round => {
    const found = store.round(id)
    if (!found) throw new LamplighterError('not-found', `There is no round ${id}; /api/rounds lists them.`)
    return found
  }

  const looked = new Map<string, { since: number; revision: number; stops: RoundStop[] }>()
  /** The stops of a plan as the plant is now; looking a large plant through takes a moment. */
  function stopsNow(plan: RoundPlan): RoundStop[] {
    const { revision } = plant
    const known = looked.get(plan.id)
    if (known?.revision === revision && known.since === plan.since) return known.stops
    const stops = stopsOf(plan, plant)
    looked.set(plan.id, { since: plan.since, revision, stops })
    return stops
  }

  const newsOf = (plan: RoundPlan): RoundNews => ({ plan: plan.id, crew: plan.crew, stops: stopsNow(plan) })

  /** Those that concern a plan: with a stop, as the plant is now, that their query lets through. */
  function tighteningsOf(plan: RoundPlan, all: readonly Tightening[]): Tightening[] {
    if (all.length === 0) return []
    const facilities = stopsNow(plan).flatMap(({ facility }) => (facility === null ? [] : (plant.get(facility) ?? [])))
    return all.filter(({ query }) => {
      const parsed = parseFacilityQuery(query)
      return facilities.some((facility) => matchesFacility(parsed, facility))
    })
  }

  /** What is to be walked of a plan from a day ago until soon. */
  function wantedOf(plan: RoundPlan, tightenings: readonly Tightening[]): Occurrence[] {
    if (plan.disabled) return []
    const at = now()
    return tightened(plan, tighteningsOf(plan, tightenings), at - BACK, at + AHEAD, utcOffset)
  }

  /** Of what is to be walked what is not made yet. */
  function unmade(plan: RoundPlan, wanted: readonly Occurrence[], since: number): Occurrence[] {
    const at = now()
    const known = new Set(store.keysOf(plan.id, since))
    // What an emergency plan asks for besides is not asked for afterwards.
    return wanted.filter(({ key, due, emergency }) => !known.has(key) && due > plan.since && (emergency === null || due > at))
  }

  /** Makes the rounds of a plan that begin soon, and those that began while the server stood still; returns whether there are any. */
  function make(plan: RoundPlan, tightenings = store.tightenings()): boolean {
    const at = now()
    const wanted = unmade(plan, wantedOf(plan, tightenings), at - BACK)
    const stops = wanted.length === 0 ? [] : stopsNow(plan)
    if (stops.length === 0) return false
    for (const occurrence of wanted) store.insert(aged(newRound(plan, occurrence, stops), at))
    return true
  }

  /** It is walked no more; one that has not begun is as if it had never been. A phone may yet tell of visits of one that has. */
  function giveUp(round: Round, at: number): void {
    if (round.visited === 0 && round.begins > at) store.remove(round.id)
    else store.update({ ...round, state: 'called-off', ended: at })
  }

  /** Lets a changed plan count: rounds to come become what it says, those under way go on where it still has them. */
  function remake(plan: RoundPlan): void {
    const at = now()
    const wanted = new Map(wantedOf(plan, store.tightenings()).map((one) => [one.key, one]))
    const stops = stopsNow(plan)
    for (const one of store.ofPlan(plan.id, at - BACK)) {
      if (one.state !== 'open') continue
      const next = wanted.get(one.key)
      if (one.begins > at && next && stops.length > 0) store.update({ ...newRound(plan, next, stops), id: one.id })
      else if (one.begins > at || !next) giveUp(one, at)
    }
    make(plan)
  }

  /** Makes the rounds of a plan, and takes back those to come that an activation brought and that none asks for now: another may ask for more. */
  function follow(plan: RoundPlan, tightenings = store.tightenings()): boolean {
    const at = now()
    const brought = store
      .sketchesOf(plan.id, at)
      .filter(({ state, emergency, begins }) => state === 'open' && emergency !== null && begins > at)
    const wanted = new Set(brought.length === 0 ? [] : wantedOf(plan, tightenings).map(({ key }) => key))
    const unwanted = brought.filter(({ key }) => !wanted.has(key))
    for (const { id } of unwanted) store.remove(id)
    return make(plan, tightenings) || unwanted.length > 0
  }

  /** Rounds that an activation brought are walked no more. */
  function dropExtra(emergency: string): void {
    const at = now()
    for (const one of store.open()) if (one.emergency === emergency) giveUp(one, at)
  }

  const dayAt = (at: number) => {
    const date = dateOf(at, utcOffset)
    return calendarDays(date, date, utcOffset)[0] as CalendarDay
  }

  /** Rounds of a time that are too far off to have been made: planned they are all the same. */
  function notYetMade(plan: RoundPlan, { from, to }: Pick<CalendarDay, 'from' | 'to'>, tightenings = store.tightenings()): Occurrence[] {
    const since = Math.max(from, now())
    if (plan.disabled || to <= since || stopsNow(plan).length === 0) return []
    return unmade(plan, tightened(plan, tighteningsOf(plan, tightenings), since, to, utcOffset), since)
  }

  function figuresOf(plan: RoundPlan): RoundFigures {
    const at = now()
    const today = dayAt(at)
    const active = new Set(store.tightenings().map(({ plan: id }) => id))
    // Nothing stands against a plan for what an emergency asked for besides, once that is over.
    const counts = ({ state, emergency }: RoundSketch) => state !== 'missed' || emergency === null || active.has(emergency)
    const sketches = plan.disabled ? [] : store.sketchesOf(plan.id, Math.min(today.from, at - days(2))).filter(counts)
    const figures = roundFigures(sketches, today, at)
    return { ...figures, planned: figures.planned + notYetMade(plan, today).length }
  }

  function report(plan: RoundPlan): void {
    if (plant.get(plan.id)?.kind !== roundKind) return
    const { overdue, progress, ...counts } = figuresOf(plan)
    const values: Record<RoundPoint, number> = { ...counts, overdue: Math.round(10 * overdue) / 10, progress: Math.round(progress) }
    try {
      ingest.take(telemetryTopic(roundKind.key, plan.id), Buffer.from(encodeReports({ at: now(), values })), () => {})
    } catch {
      // A full journal is an alarm of its own, and the next report says all of it again.
    }
  }

  function register(plan: RoundPlanInput, by: string): void {
    const facility = plant.get(plan.id)
    if (facility && facility.kind !== roundKind) refuse(`${plan.id} is a ${facility.kind.key} already; give the plan another short name.`)
    const { id, name, nameEn, district } = plan
    const before = facility && descriptionOf(facility)
    uses.putFacilities(
      [
        { ...before, id, name, nameEn, district, kind: roundKind.key, rated: { 'late-minutes': plan.lateAfter } } as Parameters<
          Uses['putFacilities']
        >[0][number],
      ],
      by,
    )
  }

  /** Throws `not-allowed`. What a plan names that is not there any more lies nowhere. */
  function checkPlanScope(plan: RoundPlan, scope: Scope): void {
    const read = plan.stops.flatMap(({ readings }) => readings.map(({ facility }) => facility))
    const facilities = [...stopsOf(plan, plant).map(({ facility }) => facility), ...read].flatMap((id) =>
      id === null ? [] : (plant.get(id) ?? []),
    )
    if (
      !facilities.every((facility) => isInScope(scope, facility)) ||
      (plan.stops.some(({ facility }) => facility === null) && !isWhole(scope))
    )
      throw new LamplighterError('not-allowed', 'The plan has stops outside your part of the city.')
  }

  function checkPlan(plan: RoundPlan, scope: Scope): void {
    if (plan.area !== null) parseFacilityQuery(plan.area)
    const crews = new Set(state.roster.crews().map(({ id }) => id))
    const problems = planProblems(
      plan,
      (id) => crews.has(id),
      ({ facility, point }) => {
        const known = plant.get(facility)
        if (!known) return `there is no facility ${facility}.`
        const index = known.kind.table.index.get(point)
        if (index === undefined) return `${facility} has no point ${point}.`
        return protectingRule(known.kind, index) ? `${point} of ${facility} protects lives, and only its device may tell it.` : null
      },
    )
    for (const { facility } of plan.stops) if (facility !== null && !plant.get(facility)) problems.push(`There is no facility ${facility}.`)
    if (problems.length > 0) throw new LamplighterError('invalid-request', problems.slice(0, 10).join(' '))
    checkPlanScope(plan, scope)
  }

  const answer = ({ id }: CheckInClaim, rest: Omit<CheckInAnswer, 'id'>): CheckInAnswer => ({ id, ...rest })

  /** Why they cannot be taken; the visit counts all the same, and has them in its record. */
  async function enterReadings(readings: readonly ReadingInput[]): Promise<Text | null> {
    if (readings.length === 0) return null
    try {
      await uses.enteredReadings.enter(readings)
      return null
    } catch (problem) {
      if (!(problem instanceof LamplighterError)) throw problem
      return { zh: `读数未录入：${problem.message}`, en: `The readings were not taken: ${problem.message}` }
    }
  }

  async function take(claim: CheckInClaim, by: string, sees: (round: Round) => boolean): Promise<CheckInAnswer> {
    const at = now()
    const round = store.round(claim.round)
    const refused = (problem: CheckInAnswer['problem'], why: Text, detail: string): CheckInAnswer => {
      audit(by, 'check-in-refused', `round:${claim.round}`, `${claim.stop}: ${detail}`)
      return answer(claim, { outcome: 'refused', problem, why, round: round && sees(round) ? round : null })
    }
    if (!round || !sees(round)) return refused('round', { zh: '没有这个任务。', en: 'There is no such round.' }, 'no round of theirs')
    const before = store.checkIn(claim.id)
    if (before) {
      if (before.by !== by || before.round !== round.id)
        return refused('round', { zh: '打卡编号重复。', en: 'The id is taken.' }, 'id is taken')
      // A crash may have come between the visit and its readings; the same ones again change nothing.
      const unread = await enterReadings(readingsOf(before))
      return answer(claim, { outcome: 'again', problem: unread && 'readings', why: unread, round })
    }
    const stop = round.stops.find(({ key }) => key === claim.stop)
    if (!stop) return refused('round', { zh: '任务中没有这个点位。', en: 'The round has no such stop.' }, 'no such stop')
    const done = Math.min(claim.at, at)
    const late = visitProblem(round, done)
    if (late) return refused('round', late, late.en)
    const { place, code } = claim
    const readings = claim.readings.filter(({ facility, point }) =>
      stop.readings.some((one) => one.facility === facility && one.point === point),
    )
    const scanned = code === null ? null : readCode(deviceKey, code, labelled(round.plan, stop), stop.facility)
    const judged = judgeClaim({ scanned, place }, stop.position, round.proof, round.radius)
    if ('problem' in judged) {
      const away = judged.distance === null ? '' : ` (${judged.distance} m)`
      return refused(judged.problem, withDistance(checkInProblems[judged.problem], judged.distance), judged.problem + away)
    }
    const last = store.lastOf(by, done)
    const lastStop = last && store.round(last.round)?.stops.find(({ key }) => key === last.stop)
    const earlier = last && { at: last.at, place: lastStop?.position ?? last.place?.position ?? null }
    const { shown, distance } = judged
    const doubts = doubtsOf({ claimed: claim.at, received: at, place, stop: stop.position, distance, radius: round.radius }, earlier)
    const checkIn = {
      ...{ id: claim.id, round: round.id, stop: stop.key, facility: stop.facility, by, at: done, received: at },
      ...{ shown, scanned, place, distance, doubts, readings, note: claim.note },
    }
    const { isFirst, next } = state.transaction(() => {
      const isFirst = !store.checkInsOf(round.id).some((one) => one.stop === stop.key)
      const next = isFirst ? withVisit(round, done) : round
      store.addCheckIn({ checkIn, place: labelled(round.plan, stop), district: stop.district, road: stop.road, keyArea: stop.keyArea })
      if (isFirst) store.update(next)
      const how = [shown, place && `±${Math.round(place.accuracy)} m`, distance !== null && `${distance} m away`, ...doubts]
      audit(
        by,
        'check-in',
        `round:${round.id}`,
        `${round.plan} ${stop.key}, ${new Date(done).toISOString()}, ${how.filter(Boolean).join(', ')}`,
      )
      return { isFirst, next }
    })
    const unread = await enterReadings(readingsOf(checkIn))
    return answer(claim, { outcome: isFirst ? 'done' : 'again', problem: unread && 'readings', why: unread, round: next })
  }

  return {
    plans: () => store.plans(),
    plan: (id) => store.plan(id),
    putPlan(input, by, scope) {
      const before = store.plan(input.id)
      const plan: RoundPlan = { ...input, since: now() }
      if (before) checkPlanScope(before, scope)
      checkPlan(plan, scope)
      if (!before && store.plans().length >= MOST_PLANS) refuse(`There are at most ${MOST_PLANS} plans.`)
      register(plan, by)
      state.transaction(() => {
        store.putPlan(plan)
        remake(plan)
        audit(by, 'set-round-plan', `round-plan:${plan.id}`, JSON.stringify(input))
      })
      report(plan)
      tell([...(before ? [newsOf(before)] : []), newsOf(plan)])
      return plan
    },
    removePlan(id, by, scope) {
      const plan = knownPlan(id)
      checkPlanScope(plan, scope)
      const news = newsOf(plan)
      state.transaction(() => {
        const at = now()
        for (const one of store.ofPlan(id, at - BACK)) if (one.state === 'open') giveUp(one, at)
        looked.delete(id)
        store.removePlan(id)
        audit(by, 'remove-round-plan', `round-plan:${id}`)
      })
      tell([news])
      if (plant.get(id)?.kind !== roundKind) return
      // What stands against it ends with it.
      uses.setMode(id, 'out-of-service', 'its plan was removed', by)
      uses.removeFacility(id, by, WHOLE_CITY, 'its plan was removed')
    },
    stopsOf: stopsNow,
    figuresOf,
    labelOf(id, key) {
      const stop = stopsNow(knownPlan(id)).find((one) => one.key === key)
      if (!stop) throw new LamplighterError('not-found', `Plan ${id} has no stop ${key}.`)
      return labelPath(deviceKey, labelled(id, stop))
    },

    list: (query) => store.list(query),
    round: (id) => store.round(id),
    checkInsOf: (id) => store.checkInsOf(id),
    open: () => store.open(),
    toCome(from, to) {
      const tightenings = store.tightenings()
      return store
        .plans()
        .flatMap((plan) => notYetMade(plan, { from, to }, tightenings).map((occurrence) => newRound(plan, occurrence, stopsNow(plan))))
        .sort((a, b) => a.begins - b.begins)
    },
    ofWalker(person, sees) {
      const own = new Set(
        state.roster
          .crews()
          .filter(({ members, disabled }) => !disabled && members.includes(person))
          .map(({ id }) => id),
      )
      const [theirs, anybodys] = [(round: Round) => round.crew !== null && own.has(round.crew), (round: Round) => round.crew === null]
      const seen = store.open().filter((round) => (theirs(round) || anybodys(round)) && sees(round))
      // What is for their own crew does not make room for what anybody may walk.
      return [...seen.filter(theirs), ...seen.filter(anybodys)].slice(0, MOST_TOLD).sort((a, b) => a.begins - b.begins || a.id - b.id)
    },
    callOff(id, reason, by) {
      const round = knownRound(id)
      if (round.state !== 'open') refuse(`Round ${id} is ${round.state} already.`)
      const next: Round = { ...round, state: 'called-off', ended: now() }
      state.transaction(() => {
        store.update(next)
        audit(by, 'call-off-round', `round:${id}`, `${round.plan} ${round.key}: ${reason}`)
      })
      const plan = store.plan(round.plan)
      if (plan) report(plan)
      tell([next])
      return next
    },
    async checkIn(claims, by, sees) {
      const answers: CheckInAnswer[] = []
      for (const claim of claims) answers.push(await take(claim, by, sees))
      for (const id of new Set(answers.flatMap(({ round, outcome }) => (round && outcome === 'done' ? [round.plan] : [])))) {
        const plan = store.plan(id)
        if (plan) report(plan)
      }
      tell(answers.flatMap(({ round, outcome }) => (round && outcome !== 'refused' ? [round] : [])))
      return answers
    },

    async coverage(by: CoverageGrouping, from, to, sees): Promise<AreaCoverage[]> {
      const counter = coverageCounter((id) => store.checkInsOf(id), by, sees)
      for (let before: number | null | undefined; before !== null; await nextTurn()) {
        const { items, next } = store.list({ from, to, limit: COUNTED_AT_ONCE, ...(before !== undefined && { before }) })
        for (const round of items) if (round.state !== 'called-off' && round.begins <= now()) counter.add(round)
        before = next
      }
      return counter.areas()
    },
    lastVisits: (since, limit) => store.lastVisits(since, limit),
    dayOf(facility, kind, at) {
      const plans = store.plans().filter((plan) => plan.kind === kind && !plan.disabled)
      const own = plans.filter((plan) => stopsNow(plan).some((stop) => stop.facility === facility))
      if (own.length === 0) return undefined
      const day = dayAt(at)
      const { from, to } = day
      const rounds = own
        .flatMap((plan) => store.ofPlan(plan.id, from))
        .filter(({ begins, state: is, stops }) => begins < to && is !== 'called-off' && stops.some((stop) => stop.facility === facility))
      const coming = rounds.filter((one) => one.state === 'open' && one.begins > at)
      return {
        planned: own.reduce((sum, plan) => sum + notYetMade(plan, day).length, rounds.length),
        done: rounds.filter((one) => one.state === 'done').length,
        late: rounds.filter((one) => isLate(one, at)).length,
        missed: rounds.filter((one) => one.state === 'missed').length,
        next: coming.length > 0 ? Math.min(...coming.map(({ begins }) => begins)) : null,
      }
    },

    tighten({ plan: id, query, factor, by }) {
      parseFacilityQuery(query)
      const tightening = { plan: id, query, factor: Math.min(MOST_FACTOR, Math.max(2, Math.ceil(factor))), by, at: now() }
      const plans = store.plans().filter((plan) => !plan.disabled && tighteningsOf(plan, [tightening]).length > 0)
      state.transaction(() => {
        dropExtra(id)
        store.putTightening(tightening)
        for (const plan of plans) follow(plan)
        const concerned = plans.map((one) => one.id).join(', ') || 'no plan'
        audit(by, 'tighten-rounds', `emergency:${id}`, `${tightening.factor} for one where ${query}: ${concerned}`)
      })
      for (const plan of plans) report(plan)
      tell(plans.map(newsOf))
      return { plans: plans.map((one) => one.id) }
    },
    loosen(id, by) {
      const tightening = store.tightenings().find((one) => one.plan === id)
      if (!tightening) return { plans: [] }
      const plans = store.plans().filter((plan) => tighteningsOf(plan, [tightening]).length > 0)
      state.transaction(() => {
        store.removeTightening(id)
        dropExtra(id)
        // Another activation may have asked for less.
        for (const plan of plans) follow(plan)
        audit(by, 'loosen-rounds', `emergency:${id}`, plans.map((one) => one.id).join(', ') || 'no plan')
      })
      for (const plan of plans) report(plan)
      tell(plans.map(newsOf))
      return { plans: plans.map((one) => one.id) }
    },
    tightenings: () => store.tightenings(),
    onChange: (listener) => void listeners.push(listener),

    tick() {
      const at = now()
      const plans = store.plans()
      const changed = state.transaction(() => {
        const tightenings = store.tightenings()
        const made = plans.filter((plan) => follow(plan, tightenings)).map(newsOf)
        const over = store.overdue(at)
        for (const one of over) store.update(aged(one, at))
        return [...made, ...over]
      })
      for (const plan of plans) report(plan)
      tell(changed)
    },
  }
}

const readingsOf = ({ readings, at, by, round, stop }: CheckIn): ReadingInput[] =>
  readings.map((reading) => ({ ...reading, at, by, source: `round ${round} ${stop}` }))

/** The same words with how far it was. */
const withDistance = ({ zh, en }: Text, distance: number | null): Text =>
  distance === null ? { zh, en } : { zh: `${zh}（${distance} m）`, en: `${en} (${distance} m)` }
