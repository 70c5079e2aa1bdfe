import { WHOLE_CITY } from '../../access/scope.ts'
import type { ProgrammeOverride } from '../../control/programme-set.ts'
import type { Programmes } from '../../edges/programmes.ts'
import type { Rounds } from '../../edges/rounds.ts'
import { matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { Activation } from '../../operations/emergency-plan.ts'
import { stopsOf } from '../../operations/round-stops.ts'
import { days } from '../../telemetry/duration.ts'

/**
 * Something that a plan moves outside of itself, in a book of others that keeps by whose activation each entry is: only those are taken back.
 * `apply` and `undo` are asked for again and again, and do nothing where it is so already; both throw where it cannot be done now.
 */
export interface PlanLever {
  /** What it is called in the log. */
  readonly key: 'light' | 'rounds'
  /** How much it would move; null: the plan does not use it. */
  count(plan: Activation['plan'], area: string): number | null
  /** Returns whether something was changed. */
  apply(activation: Activation, now: number): boolean
  /** Activations of which something is still there. */
  held(now: number): Iterable<number>
  undo(activation: number, by: string): void
  /** What is so of the city by this lever, for the hash of its state. */
  state(now: number): unknown
}

/** Each override of a plan lasts so long, and another one follows it in its last days: a plan that is forgotten does not last for ever. */
const OVERRIDE_LASTS = days(14)
const RENEWED_BEFORE = days(2)

const both = (area: string, more: string): string => [area, more].filter(Boolean).join(' ')

/** Another light while a plan is active. What a person ended by hand is not begun again. */
export function lightLever(programmes: Programmes): PlanLever {
  const isLeft = ({ ended, until }: ProgrammeOverride, now: number) => ended === null && until > now
  const ofPlan = (activation: number) => programmes.overrides().filter(({ plan }) => plan === String(activation))
  return {
    key: 'light',
    count: ({ light }, area) => light && programmes.reach(both(area, light.query), WHOLE_CITY).facilities,
    apply({ id, plan, area, by }, now) {
      const { light, name } = plan
      const own = ofPlan(id)
      const isLasting = own.some(({ ended, until }) => ended !== null || until - now > RENEWED_BEFORE)
      if (!light || isLasting) return false
      const until = now + OVERRIDE_LASTS
      const { level, programme } = light
      const override = { query: both(area, light.query), level, programme, from: now, until, reason: name, plan: String(id) }
      programmes.addOverride(override, by, WHOLE_CITY)
      return true
    },
    held: (now) => programmes.overrides().flatMap((one) => (one.plan !== null && isLeft(one, now) ? [Number(one.plan)] : [])),
    undo(activation, by) {
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
    apply({ id, plan: { rounds: planned }, area, by }) {
      if (!planned || rounds.tightenings().some(({ plan }) => plan === String(id))) return false
      rounds.tighten({ plan: String(id), query: both(area, planned.query), factor: planned.factor, by })
      return true
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
