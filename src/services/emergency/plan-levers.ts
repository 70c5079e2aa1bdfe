import { WHOLE_CITY } from '../../access/scope.ts'
import type { ApprovalReason } from '../../control/approval.ts'
import { type NewOverride, planOf } from '../../control/light-change.ts'
import type { ProgrammeOverride } from '../../control/programme-set.ts'
import type { Rounds } from '../../edges/rounds.ts'
import { LamplighterError } from '../../errors.ts'
import { matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { Activation } from '../../operations/emergency-plan.ts'
import { stopsOf } from '../../operations/round-stops.ts'
import { days } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

/**
 * Something that a plan moves outside of itself, in a book of others that keeps by whose activation each entry is: only those are taken back.
 * `apply` and `undo` are asked for again and again, and do nothing where it is so already; both throw where it cannot be done now.
 */
export interface PlanLever {
  /** What it is called in the log. */
  readonly key: 'light' | 'rounds'
  /** How much it would move; null: the plan does not use it. */
  count(plan: Activation['plan'], area: string): number | null
  /** Why that would wait for a second person; empty where it would not. */
  needs(activation: Activation, now: number): readonly ApprovalReason[]
  /** What became of it: it was changed, or waits for a second person; null where it was so already, or is not to be. */
  apply(activation: Activation, now: number): 'set' | 'waits' | null
  /** Activations of which something is still there. */
  held(now: number): Iterable<number>
  undo(activation: number, by: string): void
  /** What is so of the city by this lever, for the hash of its state. */
  state(now: number): unknown
}

/** Each override of a plan lasts so long, and another one follows it in its last days: a plan that is forgotten does not last for ever. */
const OVERRIDE_LASTS = days(14)
const RENEWED_BEFORE = days(2)
/** Changes of light that wait at once at most. */
const MOST_HELD = 100

const whoOf = ({ by, account = by }: Activation) => ({ name: by, account })
const both = (area: string, more: string): string => [area, more].filter(Boolean).join(' ')

/** Another light while a plan is active. What a person ended by hand is not begun again. */
export function lightLever({ programmes, lightChanges }: Pick<ServiceParts, 'programmes' | 'lightChanges'>): PlanLever {
  const isLeft = ({ ended, until }: ProgrammeOverride, now: number) => ended === null && until > now
  const ofPlan = (activation: number) => programmes.overrides().filter(({ plan }) => plan === String(activation))
  const overrideOf = ({ id, plan: { light, name }, area }: Activation, now: number): NewOverride | null => {
    if (!light) return null
    const { level, programme } = light
    return { query: both(area, light.query), level, programme, from: now, until: now + OVERRIDE_LASTS, reason: name, plan: String(id) }
  }
  /** What nobody approved is not asked for again and again. */
  const mayAskFor = (activation: number): boolean => {
    const last = lightChanges.ofPlan(String(activation)).at(-1)
    return last === undefined || last.state === 'in-force'
  }
  return {
    key: 'light',
    count: ({ light }, area) => light && programmes.reach(both(area, light.query), WHOLE_CITY).facilities,
    needs(activation, now) {
      const override = overrideOf(activation, now)
      try {
        return override ? lightChanges.needsOf(override, whoOf(activation)) : []
      } catch (error) {
        // What cannot be done is a problem of the plan, which is told besides.
        if (error instanceof LamplighterError) return []
        throw error
      }
    },
    apply(activation, now) {
      const { id } = activation
      const override = overrideOf(activation, now)
      const isLasting = ofPlan(id).some(({ ended, until }) => ended !== null || until - now > RENEWED_BEFORE)
      if (!override || isLasting || !mayAskFor(id)) return null
      return lightChanges.byPlan(override, whoOf(activation)).state === 'waiting' ? 'waits' : 'set'
    },
    held: (now) => [
      ...programmes.overrides().flatMap((one) => (one.plan !== null && isLeft(one, now) ? [Number(one.plan)] : [])),
      ...lightChanges.list({ waiting: true, limit: MOST_HELD }).items.flatMap(({ change }) => {
        const plan = planOf(change)
        return plan === null ? [] : [Number(plan)]
      }),
    ],
    undo(activation, by) {
      for (const { id, state, approval } of lightChanges.ofPlan(String(activation)))
        if (state === 'waiting' && approval) lightChanges.withdraw(id, 'the plan is over', by)
      for (const { id, reason } of ofPlan(activation)) programmes.endOverride(id, reason, by, WHOLE_CITY)
    },
    state: (now) =>
      programmes
        .overrides()
        .filter((one) => isLeft(one, now))
        .map(({ id: _, made: __, ...override }) => override),
  }
}

/** Rounds that are walked more often while a plan is active. */
export function roundsLever(rounds: Rounds, plant: Plant): PlanLever {
  return {
    key: 'rounds',
    count({ rounds: planned }, area) {
      if (!planned) return null
      const query = parseFacilityQuery(both(area, planned.query))
      const isIn = (id: string | null) => {
        const facility = id === null ? undefined : plant.get(id)
        return facility !== undefined && matchesFacility(query, facility)
      }
      return rounds.plans().filter((plan) => !plan.disabled && stopsOf(plan, plant).some(({ facility }) => isIn(facility))).length
    },
    needs: () => [],
    apply({ id, plan: { rounds: planned }, area, by }) {
      if (!planned || rounds.tightenings().some(({ plan }) => plan === String(id))) return null
      rounds.tighten({ plan: String(id), query: both(area, planned.query), factor: planned.factor, by })
      return 'set'
    },
    held: () => rounds.tightenings().map(({ plan }) => Number(plan)),
    undo: (activation, by) => void rounds.loosen(String(activation), by),
    state: () => ({
      tightenings: rounds.tightenings().map(({ query, factor }) => ({ query, factor })),
      toWalk: rounds
        .open()
        .map(({ plan, begins, due, emergency }) => [plan, begins, due, emergency === null ? 'planned' : 'more'])
        .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
    }),
  }
}
