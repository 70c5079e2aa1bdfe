import { isInScope, isWhole, type Scope, WHOLE_CITY } from '../../access/scope.ts'
import { planOf } from '../../control/light-change.ts'
import { changedParts } from '../../dispatch/changed-parts.ts'
import { problemWords } from '../../dispatch/field-problem.ts'
import type { Actor, EmergencyPlans } from '../../edges/emergency-plans.ts'
import type { NewNotice } from '../../edges/notify/notifier.ts'
import { LamplighterError, refuse } from '../../errors.ts'
import { matchesFacility, parseFacilityQuery } from '../../facilities/facility-query.ts'
import { isProgrammed } from '../../facilities/plant.ts'
import { isRaisedBy, type PriorityRaise, raisedBy } from '../../facilities/priority-raise.ts'
import {
  type Activation,
  type ActivationEvent,
  type EmergencyPlan,
  type KeptPlan,
  lateItems,
  stepActivation,
} from '../../operations/emergency-plan.ts'
import { areaProblems, type PlanWorld, planProblems } from '../../operations/emergency-plan-problems.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'
import { type ActivePlans, facilitiesIn, isInArea } from './active-plans.ts'
import { ArmedPlans } from './armed-plans.ts'
import { cityState } from './city-state.ts'
import { planEffects } from './plan-effects.ts'
import type { PlanLever } from './plan-levers.ts'
import { activatedNotice, endedNotice, lateNotice } from './plan-notices.ts'

const MOST_PLANS = 200
/** Plans that are active at the same time. */
const MOST_ACTIVE = 20
/** What plans move outside of themselves is looked at so often, ms. */
const LOOK = minutes(1)

export type EmergencyParts = Pick<
  ServiceParts,
  | 'state'
  | 'plant'
  | 'kinds'
  | 'rules'
  | 'detector'
  | 'pipeline'
  | 'register'
  | 'desk'
  | 'notifying'
  | 'utcOffset'
  | 'now'
  | 'programmes'
  | 'lightChanges'
> & {
  activePlans: ActivePlans
  levers: readonly PlanLever[]
}

/** Emergency plans. Each step is kept with its log, its audit and its messages in one transaction. */
export function emergencyServices(parts: EmergencyParts): EmergencyPlans {
  const { state, plant, kinds, rules, detector, pipeline, notifying, now, activePlans, levers } = parts
  const { emergencies: store } = state
  const armed = new ArmedPlans()
  const listeners: Parameters<EmergencyPlans['onChange']>[0][] = []
  /** Activations of which a lever did not do its part, so that the log says it once. */
  const inTrouble = new Set<string>()
  let looked = Number.NEGATIVE_INFINITY

  const world = (): PlanWorld => ({
    accounts: new Set(state.people.users().map(({ name }) => name)),
    channels: new Set(state.deliveries.channels().map(({ id }) => id)),
    rules: new Set([...kinds.values()].flatMap(({ key, rules: own }) => own.map((rule) => `${key}/${rule.key}`))),
    kinds: new Set(kinds.keys()),
    teams: new Map(state.roster.rotations().map(({ id, teams }) => [id, new Set(teams.map(({ key }) => key))])),
    programmes: new Set(parts.programmes.current().programmes.map(({ id }) => id)),
  })
  const noPlan = (id: string): never => {
    throw new LamplighterError('not-found', `There is no emergency plan ${JSON.stringify(id)}; /api/emergency-plans lists them.`)
  }
  const isSeen = (area: string, scope: Scope): boolean => {
    if (isWhole(scope)) return true
    const query = parseFacilityQuery(area)
    for (const facility of plant) if (isInScope(scope, facility) && isInArea(query, facility)) return true
    return false
  }
  /** Whoever changes what happens in an area changes it for all who look after a part of it. */
  const checkOwn = (area: string, scope: Scope): void => {
    if (isWhole(scope)) return
    const outside = facilitiesIn(area, plant).filter((facility) => !isInScope(scope, facility)).length
    if (outside > 0 || !isSeen(area, scope))
      throw new LamplighterError(
        'not-allowed',
        `${outside} facilities of this area lie outside your part of the city; ask somebody with the whole.`,
      )
  }
  const knownPlan = (id: string, scope: Scope): KeptPlan => {
    const plan = store.plans().find((one) => one.id === id)
    return plan && isSeen(plan.area, scope) ? plan : noPlan(id)
  }
  const known = (id: number, scope: Scope): Activation => {
    const found = activePlans.get(id) ?? store.activation(id)
    if (!found || !isSeen(found.area, scope))
      throw new LamplighterError('not-found', `There is no activation ${id}; /api/emergency-activations lists them.`)
    return found
  }
  const audit = (by: string, action: string, subject: string, detail: string) => state.audit({ at: now(), by, action, subject, detail })
  const log = (activation: number, at: number, by: string, type: string, words = '', data: Record<string, string | number> = {}) =>
    store.log({ id: 0, activation, at, by, type, words, data })

  /** Contacts that a message cannot reach: without a channel that is on, and without a phone that wants to be told. */
  const callsOf = (plan: EmergencyPlan): number[] => {
    const on = new Set(state.deliveries.channels().flatMap(({ id, disabled }) => (disabled ? [] : [id])))
    const isReached = ({ channel, account }: EmergencyPlan['contacts'][number]) =>
      (channel !== null && on.has(channel)) || (account !== null && state.deliveries.subscriptions(account).length > 0)
    return plan.contacts.flatMap((contact, i) => (isReached(contact) ? [] : [i]))
  }
  const draftOf = (
    plan: KeptPlan,
    { area, drill, reason }: { area: string; drill: boolean; reason: string },
    { by, account = by }: Pick<Actor, 'by' | 'account'>,
  ): Activation => ({
    ...{ id: 0, plan, area, drill, reason, by, account, at: now(), ended: null, done: {}, reached: {}, told: [], calls: callsOf(plan) },
  })
  const checkArea = (plan: KeptPlan, area: string, scope: Scope) => {
    const [problem] = areaProblems('area', area, new Set(kinds.keys()))
    if (problem) throw new LamplighterError('invalid-request', problemWords(problem))
    checkOwn(area, scope)
    if (area === plan.area) return
    const [whole, part] = [parseFacilityQuery(plan.area), facilitiesIn(area, plant)]
    const outside = part.filter((facility) => !matchesFacility(whole, facility)).length
    if (outside > 0) refuse(`${outside} facilities of this area are none of the plan's own area; change the plan, or narrow the area down.`)
  }

  /** Lets what active plans raise count at once; `around` are the raises before. */
  function followRaises(around: readonly PriorityRaise[]): void {
    const concerning = [...around, ...activePlans.raises()]
    rules.raise(activePlans.raises())
    if (concerning.length === 0) return
    const concerned = [...plant].filter((facility) => concerning.some((raise) => isRaisedBy(raise, facility)))
    for (const facility of concerned) detector.use(facility.number, rules.settingsOf(facility))
    pipeline.reprioritise(
      concerned.map(({ number }) => number),
      now(),
    )
  }
  /** Lets others do what active plans ask of them, and takes back what is left of those that are over. */
  function followLevers(): void {
    looked = now()
    for (const lever of levers) {
      for (const activation of activePlans.all().filter(({ drill }) => !drill)) {
        attempt(activation.id, lever, () => {
          const done = lever.apply(activation, now())
          if (done) log(activation.id, now(), 'clock', `${lever.key}-${done}`)
        })
      }
      for (const id of [...lever.held(now())]) {
        if (activePlans.get(id) || !store.activation(id)) continue
        attempt(id, lever, () => {
          const by = store.activation(id)?.ended?.by ?? 'clock'
          lever.undo(id, by)
          log(id, now(), by, `${lever.key}-undone`)
        })
      }
    }
  }
  function attempt(activation: number, { key }: PlanLever, work: () => void): void {
    const trouble = `${activation} ${key}`
    try {
      state.transaction(work)
      inTrouble.delete(trouble)
    } catch (error) {
      if (inTrouble.has(trouble)) return
      inTrouble.add(trouble)
      log(activation, now(), 'clock', `${key}-failed`, error instanceof Error ? error.message : String(error))
    }
  }
  // What a second person says to the light of a plan belongs into its log.
  parts.lightChanges.onChange(({ change, approval, state: became }) => {
    const activation = activePlans.get(Number(planOf(change) ?? Number.NaN))
    if (!activation || !approval || became === 'waiting') return
    log(
      activation.id,
      now(),
      approval.decision?.by ?? 'clock',
      `light-${became === 'in-force' ? 'set' : became}`,
      approval.decision?.reason,
    )
    tell(activation)
  })
  const tell = (activation: Activation, step: 'begin' | 'move' = 'move') => {
    for (const listener of listeners) listener(activation, activation.ended ? 'end' : step)
  }
  const keepNotice = (notice: NewNotice) => notifying.notifier.keep(notice)

  function step(
    id: number,
    event: ActivationEvent,
    { by, scope }: Pick<Actor, 'by' | 'scope'>,
    words: string,
    more?: () => { begin: () => void },
  ) {
    const before = known(id, scope)
    checkOwn(before.area, scope)
    const after = stepActivation(before, event)
    if (after === before) return before
    const { begin } = state.transaction(() => {
      store.update(after)
      log(
        id,
        event.at,
        by,
        event.type,
        words,
        'item' in event ? { item: event.item } : 'contact' in event ? { contact: event.contact } : {},
      )
      return more?.() ?? { begin: () => {} }
    })
    activePlans.put(after)
    begin()
    tell(after)
    return after
  }
  const desks = (): string[] =>
    state.people.users().flatMap(({ name, role, disabled }) => (role === 'dispatcher' && !disabled ? [name] : []))

  return {
    plans: (scope) => store.plans().filter(({ area }) => isSeen(area, scope)),
    plan: knownPlan,
    choices: () => ({
      accounts: state.people
        .users()
        .flatMap(({ name, displayName, disabled }) => (disabled ? [] : [{ id: name, name: displayName || name }])),
      channels: state.deliveries.channels().flatMap(({ id, name, disabled }) => (disabled ? [] : [{ id, name }])),
      programmes: parts.programmes.current().programmes.map(({ id, name, nameEn }) => ({ id, name: { zh: name, en: nameEn || name } })),
      rules: [...kinds.values()].flatMap(({ key, title: kind, rules: own, reportsItself }) =>
        reportsItself ? [] : own.map((rule) => ({ id: `${key}/${rule.key}`, kind, title: rule.title })),
      ),
    }),
    problems: (plan) => planProblems(plan, world()).map(({ at, words: { en, zh } }) => ({ at, en, zh })),
    put(plan, seen, by, scope) {
      const before = store.plans().find(({ id }) => id === plan.id)
      if (before && !isSeen(before.area, scope)) noPlan(plan.id)
      if ((before?.version ?? 0) !== seen)
        refuse(before ? `${before.changedBy} changed this plan meanwhile; look at it again.` : 'The plan was removed meanwhile.')
      const problems = planProblems(plan, world())
      if (problems.length > 0) throw new LamplighterError('invalid-request', problems.slice(0, 10).map(problemWords).join(' '))
      if (!before && store.plans().length >= MOST_PLANS) refuse(`There are ${MOST_PLANS} plans already, and there may be no more.`)
      if (before) checkOwn(before.area, scope)
      checkOwn(plan.area, scope)
      const kept: KeptPlan = { ...plan, version: (before?.version ?? 0) + 1, changedBy: by, changedAt: now() }
      // Telephone numbers do not belong into a record that is never forgotten.
      const told = ({ contacts, ...rest }: EmergencyPlan) => ({ ...rest, contacts: contacts.map(({ phone: _, ...contact }) => contact) })
      const detail = before ? changedParts(told(before), told(kept)).join('; ') : JSON.stringify(told(plan))
      state.transaction(() => {
        store.putPlan(kept)
        audit(by, before ? 'change-emergency-plan' : 'add-emergency-plan', `emergency plan ${plan.id}`, detail)
      })
      return kept
    },
    remove(id, by, scope) {
      const plan = knownPlan(id, scope)
      checkOwn(plan.area, scope)
      if (activePlans.all().some((activation) => activation.plan.id === id)) refuse('The plan is active; end it first.')
      state.transaction(() => {
        store.removePlan(id)
        audit(by, 'remove-emergency-plan', `emergency plan ${id}`, plan.name)
      })
    },

    arm(id, { area: asked, drill, reason }, { by, account = by, session, scope }) {
      const plan = knownPlan(id, scope)
      const area = asked ?? plan.area
      checkArea(plan, area, scope)
      const problems = planProblems(plan, world()).map(problemWords)
      const effects = planEffects(draftOf(plan, { area, drill, reason }, { by, account }), parts, problems, now())
      return { ...armed.arm({ plan: id, version: plan.version, area, drill, reason, by, session }, now()), effects }
    },
    activate(token, { by, account = by, session, scope }) {
      const { plan: id, version, area = '', drill, reason } = armed.take(token, { by, session }, now())
      const plan = knownPlan(id, scope)
      if (plan.version !== version) refuse(`${plan.changedBy} changed this plan meanwhile; look at what it would do once more.`)
      checkArea(plan, area, scope)
      if (activePlans.all().length >= MOST_ACTIVE) refuse(`${MOST_ACTIVE} plans are active already; end one first.`)
      if (activePlans.all().some((one) => one.plan.id === id && one.area === area && one.drill === drill))
        refuse('The plan is active for this area already.')
      const draft = draftOf(plan, { area, drill, reason }, { by, account })
      const effects = planEffects(draft, parts, [], draft.at)
      const around = activePlans.raises()
      const { activation, begin } = state.transaction(() => {
        const activation = { ...draft, id: store.addActivation(draft) }
        audit(by, drill ? 'start-emergency-drill' : 'activate-emergency-plan', `emergency plan ${id}`, `${area}: ${reason}`)
        const { facilities, alarms, orders, told, toCall, items } = effects
        const raised = alarms.reduce((sum, { count }) => sum + count, 0)
        const figures = { facilities, alarms: raised, orders: orders ?? 0, told: told.length, calls: toCall.length, items }
        log(activation.id, draft.at, by, drill ? 'drill' : 'activate', reason, figures)
        return { activation, begin: keepNotice(activatedNotice(activation)).begin }
      })
      activePlans.put(activation)
      if (!drill) followRaises(around)
      begin()
      followLevers()
      tell(activation, 'begin')
      return activation
    },
    end(id, reason, actor) {
      const { by } = actor
      const around = activePlans.raises()
      const after = step(id, { type: 'end', at: now(), by, note: reason }, actor, reason, () => {
        const ending = { ...known(id, actor.scope), ended: { at: now(), by, note: reason } }
        audit(by, ending.drill ? 'end-emergency-drill' : 'end-emergency-plan', `emergency plan ${ending.plan.id}`, reason)
        return keepNotice(endedNotice(ending))
      })
      if (!after.drill) followRaises(around)
      followLevers()
      return after
    },
    doItem: (id, item, isDone, note, actor) => step(id, { type: isDone ? 'do' : 'undo', item, at: now(), by: actor.by, note }, actor, note),
    reach: (id, contact, note, actor) => step(id, { type: 'reach', contact, at: now(), by: actor.by, note }, actor, note),
    note(id, words, { by, scope }) {
      const activation = known(id, scope)
      checkOwn(activation.area, scope)
      log(id, now(), by, 'note', words)
      tell(activation)
      return store.logOf(id, Number.MAX_SAFE_INTEGER, 1).items[0]!
    },

    active: (scope) => activePlans.all().filter(({ area }) => isSeen(area, scope)),
    activation: known,
    list(query, scope) {
      const { items, next } = store.activations(query)
      return { items: items.filter(({ area }) => isSeen(area, scope)), next }
    },
    log(id, before, limit, scope) {
      known(id, scope)
      return store.logOf(id, before, limit)
    },
    facilitiesOf: ({ area }, scope) => facilitiesIn(area, plant).filter((facility) => isInScope(scope, facility)),

    of: (facility) => activePlans.of(facility),
    lights: ({ plan: { light } }, facility) =>
      light !== null && isProgrammed(facility) && matchesFacility(parseFacilityQuery(light.query), facility),
    raiseOf({ facility: id, rule, evidence, ended }) {
      const facility = plant.get(id)
      const raise = ended === null && facility ? rules.raiseOf(facility, rule) : null
      const by = ended === null ? raise?.activation : raisedBy(evidence.ruleVersion)
      const activation = by == null ? undefined : (activePlans.get(by) ?? store.activation(by))
      return activation ? { activation, from: raise?.from ?? null, to: raise?.to ?? null } : null
    },
    measuresOf: (order) => activePlans.measuresOf(order, now()),
    concerns({ area }, { facilities }) {
      const query = parseFacilityQuery(area)
      return facilities.some((id) => {
        const facility = plant.get(id)
        return facility !== undefined && isInArea(query, facility)
      })
    },

    state: () => cityState(parts, now(), Object.fromEntries(levers.map((lever) => [lever.key, lever.state(now())]))),
    tick() {
      const at = now()
      for (const activation of activePlans.all()) {
        for (const item of lateItems(activation, at)) {
          if (activation.told.includes(item.key)) continue
          step(activation.id, { type: 'tell', item: item.key, at }, { by: 'clock', scope: WHOLE_CITY }, item.text, () =>
            keepNotice(lateNotice(activation, item, desks(), at)),
          )
        }
      }
      if (at - looked >= LOOK || at < looked) followLevers()
    },
    onChange: (listener) => void listeners.push(listener),
  }
}
