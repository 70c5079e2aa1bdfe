import { isInScope, isWhole, type Scope, WHOLE_CITY } from '../../access/scope.ts'
import { APPROVED_WITHIN, type ApprovalReason, isManyAlone } from '../../control/approval.ts'
import {
  type CountedDifference,
  type KeptLightChange,
  type LightChange,
  type LightChangeState,
  type LightCounts,
  permissionFor,
  planOf,
} from '../../control/light-change.ts'
import { spanOf } from '../../control/programme-set.ts'
import type { Commander } from '../../edges/commands.ts'
import type { LightChanges } from '../../edges/light-changes.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import { Armings } from '../control/armings.ts'
import { checkSecondPerson, mayStill } from '../control/second-person.ts'
import { lampsToldAlone } from '../control/told-alone.ts'
import type { ServiceParts } from '../parts.ts'
import { refuseOutside } from '../scope-checks.ts'
import { sha256 } from '../sha256.ts'
import { atOnce, inLine, inTurns } from '../turns.ts'
import { comparedNights, lightEffect } from './light-effect.ts'
import { movedLight } from './moved-light.ts'
import type { ChangedProgrammes } from './programme-services.ts'

/** More that wait is no desk that decides. */
const MOST_WAITING = 50
/** Differences that are told. */
const MOST_TOLD = 6

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'kinds' | 'now' | 'utcOffset'> & { programmes: ChangedProgrammes }

/** Whether more get another light, or less, than somebody said yes to. */
const isMore = (found: LightCounts, seen: LightCounts): boolean =>
  (Object.keys(found) as (keyof LightCounts)[]).some((one) => found[one] > seen[one])

/** What somebody sees of a change before it is one. */
interface Look {
  counts: LightCounts
  ready: number
  differences: readonly CountedDifference[]
  reasons: readonly ApprovalReason[]
  darker: ReadonlySet<string>
  basis: string
}

interface Armed extends Look {
  change: LightChange
}

/** Changes of light as people ask for them, with the same two steps, limits and second person as commands. */
export function lightChangeServices({ plant, state, kinds, now, utcOffset, programmes }: Parts): LightChanges {
  const described = movedLight({ plant, kinds, now, utcOffset, programmes })
  const { lightChanges: store } = state
  const armings = new Armings<Armed>()
  const line = inLine()
  const changed = 'The city is not what it was when this was looked at: other facilities, or other programmes. Look again, and arm it anew.'
  const listeners: ((change: KeptLightChange) => void)[] = []
  const tell = (kept: KeptLightChange): KeptLightChange => {
    for (const listener of listeners) listener(kept)
    return kept
  }

  /** The query that says whom a change is for; null where that follows from all that is configured. */
  const queryOf = (change: LightChange): string | null => {
    if (change.type === 'override') return change.override.query
    if (change.type === 'end-override') return programmes.overrides().find(({ id }) => id === change.override)?.query ?? null
    return change.type === 'condition' ? change.condition.query : null
  }
  const namedBy = (change: LightChange): Facility[] => {
    const query = queryOf(change)
    return query === null ? [] : programmes.found(query)
  }
  /** Programmes are the city's: nobody changes those of others. */
  const checkWhole = (change: LightChange, scope: Scope): void => {
    if (permissionFor(change) === 'programme.edit' && !isWhole(scope)) refuseOutside('programmes are for all of it')
  }

  /** Yields between its parts, as a large city takes a while. Throws `action-refused` where it is another one in between. */
  function* look(change: LightChange, { name, account, scope }: Pick<Commander, 'name' | 'account' | 'scope'>): Generator<void, Look> {
    checkWhole(change, scope)
    const at = now()
    const before = programmes.present()
    const after = programmes.foresee(change, name, scope)
    const named = namedBy(change)
    const known = new Set(before.overrides)
    const moved = after.overrides.filter((one) => !known.has(one))
    const spans = [
      ...(before.versions === after.versions ? [] : [{ from: at, until: Number.POSITIVE_INFINITY }]),
      ...moved.map((one) => ({ from: Math.max(at, spanOf({ ...one, ended: null }).from), until: one.until })),
    ].map((span) => comparedNights(before, after, span, utcOffset))
    const nights = spans.flatMap((span) => span.nights)
    const { revision } = plant
    const effect = yield* lightEffect(before, after, nights, { plant, utcOffset })
    const { lamps, cabinets, darkerLamps, darkerCabinets, differences } = effect
    const present = programmes.present()
    if (revision !== plant.revision || present.versions !== before.versions || present.overrides !== before.overrides) refuse(changed)
    const isLamp = ({ kind }: Facility) => kind.light !== null
    const idsOf = (some: readonly Facility[]) => some.map(({ id }) => id)
    const all = {
      lamps: new Set([...lamps, ...idsOf(named.filter(isLamp))]),
      cabinets: new Set([...cabinets, ...idsOf(named.filter((one) => !isLamp(one)))]),
    }
    const told = new Set([...lampsToldAlone(account, at, { state, plant }), ...described.latelyBy(account, at)])
    const isMany = isManyAlone(darkerLamps, told)
    const reasons: ApprovalReason[] = [
      ...(isMany ? (['many-lamps'] as const) : []),
      ...(darkerCabinets.size > 0 ? (['whole-cabinet'] as const) : []),
      ...(spans.every(({ isAll }) => isAll) ? [] : (['many-nights'] as const)),
    ]
    const goesByVersion = change.type !== 'end-override' && !(change.type === 'override' && change.override.programme === null)
    return {
      counts: {
        ...{ lamps: all.lamps.size, cabinets: all.cabinets.size },
        ...{ darkerLamps: darkerLamps.size, darkerCabinets: darkerCabinets.size },
      },
      ready: all.lamps.size || all.cabinets.size,
      differences: differences.slice(0, MOST_TOLD),
      reasons,
      darker: darkerLamps,
      basis: sha256(JSON.stringify([idsOf(named), goesByVersion ? programmes.current().id : null])),
    }
  }

  const newChange = (
    id: string,
    { change, counts, differences, basis }: Armed,
    by: Pick<Commander, 'name' | 'account'>,
  ): KeptLightChange => ({
    ...{ id, change, by: by.name, account: by.account, at: now(), state: 'in-force', counts, differences },
    ...{ token: null, basis, approval: null, alone: [], override: null },
  })
  const enforce = (kept: KeptLightChange, scope: Scope): KeptLightChange =>
    state.transaction(() => {
      const done: KeptLightChange = { ...kept, state: 'in-force' }
      store.put(done)
      const override = programmes.apply(kept.change, kept.by, scope)
      if (override === null) return done
      store.put({ ...done, override })
      return { ...done, override }
    })
  const audit = (by: string, action: string, { id, change, counts }: KeptLightChange, words = '') => {
    const whom = `${counts.darkerLamps} of ${counts.lamps} lamps and ${counts.darkerCabinets} of ${counts.cabinets} cabinets with less light`
    const query = queryOf(change)
    const detail = [`${change.type}${query === null ? '' : ` for ${query}`}`, whom, words].filter(Boolean).join('; ')
    state.audit({ at: now(), by, action, subject: `light change ${id}`, detail })
  }
  const end = (kept: KeptLightChange, to: LightChangeState, by: string, action: string, words: string): KeptLightChange => {
    const decision = to === 'declined' ? { approved: false, by, at: now(), reason: words } : null
    const ended = { ...kept, state: to, ...(decision && kept.approval && { approval: { ...kept.approval, decision } }) }
    state.transaction(() => {
      store.put(ended)
      audit(by, action, kept, words)
    })
    return tell(ended)
  }
  /** In force at once, or taken down to wait for a second person. */
  const begin = (kept: KeptLightChange, { reasons, darker }: Look, scope: Scope): KeptLightChange => {
    if (reasons.length === 0) return tell(enforce({ ...kept, alone: [...darker] }, scope))
    if (store.waiting().length >= MOST_WAITING) refuse(`${MOST_WAITING} changes wait for a second person already.`)
    const approval = { reasons, expires: now() + APPROVED_WITHIN, lasts: null, decision: null }
    const waiting: KeptLightChange = { ...kept, state: 'waiting', approval }
    state.transaction(() => {
      store.put(waiting)
      audit(kept.by, 'light-change-ask', waiting, reasons.join(', '))
    })
    return tell(waiting)
  }
  const known = (id: string): KeptLightChange => {
    const kept = store.find(id)
    if (!kept) throw new LamplighterError('not-found', `There is no change of light ${id}; /api/light-changes lists them.`)
    return kept
  }
  const isWaiting = ({ state: present, approval }: KeptLightChange): boolean =>
    present === 'waiting' && approval !== null && now() < approval.expires
  /** What waits and may be decided by this one; throws where not. */
  const waiting = (id: string, by: Commander): KeptLightChange => {
    const kept = known(id)
    if (!kept.approval) return refuse(`Change ${id} needs no second person.`)
    checkSecondPerson(kept, by, state, now())
    checkWhole(kept.change, by.scope)
    if (namedBy(kept.change).some((facility) => !isInScope(by.scope, facility))) refuseOutside('it would reach beyond it')
    return isWaiting(kept) ? kept : refuse(`Change ${id} does not wait for a second person any more.`)
  }
  /** Whether who asked may still ask for it; a plan goes on whoever activated it. */
  const mayAsk = (kept: KeptLightChange): boolean => {
    if (planOf(kept.change) !== null) return true
    const needs = permissionFor(kept.change)
    const isOwn = (scope: Scope) =>
      isWhole(scope) || (needs === 'programme.override' && namedBy(kept.change).every((one) => isInScope(scope, one)))
    return mayStill(kept, needs, isOwn, state, now())
  }

  return {
    async arm(change, by) {
      const seen = await inTurns(look(change, by))
      const { counts, ready, differences, reasons } = seen
      return {
        ...armings.add({ ...seen, change }, by, now()),
        ...{ counts, ready, typesCount: ready > 1, differences, secondPerson: reasons },
      }
    },
    execute: ({ id, token, count }, by) =>
      line(async () => {
        if (token === null) return refuse('Nothing is done without the token of what was armed: POST /api/light-changes/arm.')
        const before = store.find(id)
        if (before && before.token === sha256(token) && before.by === by.name) return before
        if (before) refuse(`${id} is the id of another change; make a new one for each.`)
        const taken = armings.take(token, by, now())
        if (typeof taken === 'string') return refuse(`${taken} Look again, and arm it anew.`)
        const { armed } = taken
        if (count === null ? armed.ready > 1 : count !== armed.ready)
          refuse(`The number that was typed is not that of the ${armed.ready} facilities whose light it is.`)
        const seen = await inTurns(look(armed.change, by))
        if (seen.basis !== armed.basis || seen.ready !== armed.ready) refuse(changed)
        if (seen.reasons.some((one) => !armed.reasons.includes(one)))
          refuse('It needs a second person by now, which it did not when it was armed. Arm it anew.')
        const fresh = { ...newChange(id, { ...seen, change: armed.change }, by), token: sha256(token) }
        if (!mayAsk(fresh)) throw new LamplighterError('not-allowed', 'You may not do this any more.')
        return begin(fresh, seen, by.scope)
      }),
    approve: (id, by) =>
      line(async () => {
        const kept = waiting(id, by)
        if (!mayAsk(kept)) refuse(`${kept.by} may not do this any more.`)
        const { basis, counts } = await inTurns(look(kept.change, { name: kept.by, account: kept.account, scope: by.scope }))
        if (basis !== kept.basis || isMore(counts, kept.counts)) refuse(changed)
        // It may have been taken back, or its time be over, while the city was looked at.
        waiting(id, by)
        const decision = { approved: true, by: by.name, at: now(), reason: '' }
        return tell(
          state.transaction(() => {
            audit(by.name, 'light-change-approve', kept)
            return enforce({ ...kept, approval: kept.approval && { ...kept.approval, decision } }, by.scope)
          }),
        )
      }),
    decline: (id, reason, by) => line(async () => end(waiting(id, by), 'declined', by.name, 'light-change-decline', reason)),
    withdraw(id, reason, by) {
      const kept = known(id)
      return isWaiting(kept)
        ? end(kept, 'withdrawn', by, 'light-change-withdraw', reason)
        : refuse(`Change ${id} does not wait any more; what is in force is ended or changed like anything else.`)
    },
    direct: (change, by, scope) =>
      line(async () => {
        const { ready, reasons } = await inTurns(look(change, { name: by, account: by, scope }))
        if (reasons.includes('many-nights'))
          refuse('The calendars have more kinds of nights than are compared: look at it with POST /api/light-changes/arm.')
        if (ready > 0)
          refuse(`It gives ${ready} facilities another light, which nobody does by one step: look at it with POST /api/light-changes/arm.`)
        programmes.apply(change, by, scope)
      }),

    darkened: described.darkened,
    takeDarkened: described.take,
    checkHolidays(holidays, by) {
      const before = programmes.present()
      const last = before.versions.at(-1)
      if (!last?.calendars.some(({ lines }) => lines.some(({ on }) => on === 'holidays'))) return
      const at = now()
      const after = { ...before, versions: [...before.versions, { ...last, id: last.id + 1, at: Math.max(at, last.at), by, holidays }] }
      const { nights, isAll } = comparedNights(before, after, { from: at, until: Number.POSITIVE_INFINITY }, utcOffset)
      const { darkerLamps, darkerCabinets } = atOnce(lightEffect(before, after, nights, { plant, utcOffset }))
      if (isAll && darkerCabinets.size === 0 && !isManyAlone(darkerLamps, lampsToldAlone(by, at, { state, plant }))) return
      refuse(
        `By these holidays ${darkerLamps.size} lamps and ${darkerCabinets.size} cabinets get less light, which is for two people: take the line of holidays out of the calendars of light, change the holidays, and put it back in, which a second person approves.`,
      )
    },
    byPlan(override, by) {
      const change: LightChange = { type: 'override', override }
      const whoever = { ...by, scope: WHOLE_CITY }
      const plan = planOf(change) as string
      const before = store.ofPlan(plan)
      const seen = atOnce(look(change, whoever))
      // What needed nobody's word at first, since it found few, is not renewed without one for many.
      const isApproved = before.at(-1)?.state === 'in-force' && before.some(({ approval }) => approval?.decision?.approved)
      const id = `emergency-${plan}-${before.length + 1}`
      return begin(newChange(id, { ...seen, change }, whoever), isApproved ? { ...seen, reasons: [], darker: new Set() } : seen, WHOLE_CITY)
    },
    // Nobody gets less than full light.
    needsOf: (override, by) =>
      override.level === 100 ? [] : atOnce(look({ type: 'override', override }, { ...by, scope: WHOLE_CITY })).reasons,
    ofPlan: (plan) => store.ofPlan(plan),

    change: (id) => store.find(id),
    list: (query) => store.list(query),
    placeOf(change, scope) {
      if (isWhole(scope)) return { isSeen: true, isElsewhere: false }
      const query = queryOf(change)
      if (query === null || permissionFor(change) === 'programme.edit') return { isSeen: false, isElsewhere: true }
      const own = programmes.reach(query, scope).facilities
      return { isSeen: own > 0, isElsewhere: own < programmes.reach(query, WHOLE_CITY).facilities }
    },
    tick() {
      for (const kept of store.waiting()) {
        if (!isWaiting(kept)) end(kept, 'expired', 'clock', 'light-change-expire', 'nobody approved it in time')
      }
    },
    onChange: (listener) => void listeners.push(listener),
  }
}
