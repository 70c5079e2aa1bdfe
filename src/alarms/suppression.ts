import { type Deprivation, isOnCircuits, type Need, type Rule } from '../detection/rule.ts'
import { findRule } from '../detection/rule-key.ts'
import type { Alarm, Suppression } from './alarm.ts'
import { LONGEST_CATCH_UP } from './policy.ts'
import type { AlarmRegister } from './register.ts'

/** A facility as suppression sees it. */
export interface TreeFacility {
  readonly id: string
  readonly mode: string
  readonly fedBy: string | null
  readonly circuit: number | null
  readonly gateway: string | null
  readonly kind: { readonly rules: readonly Rule[] }
}

/** What feeds what, and what reports for what. */
export interface Tree<F extends TreeFacility = TreeFacility> {
  get(id: string): F | undefined
  fedBy(id: string): Iterable<F>
  behind(id: string): Iterable<F>
}

export interface SuppressionOptions<F extends TreeFacility> {
  register: AlarmRegister
  tree: Tree<F>
  /** How long after its cause is gone an alarm stays suppressed, so that the facility can show that it is well again, ms. */
  grace: (facility: F) => number
}

type Cause = Pick<Suppression, 'cause' | 'by'>
type Explains = (alarm: Alarm) => boolean

/** A chain of feeders longer than this is a mistake in the plant. */
const DEEPEST = 8

/**
 * Suppression by design (ISA-18.2, 11.3): an alarm that another alarm explains, or the mode of its facility, bothers nobody. It is
 * recorded, and becomes an alarm of its own when it outlives its cause by the grace time.
 */
export class AlarmSuppression<F extends TreeFacility> {
  readonly #register: AlarmRegister
  readonly #tree: Tree<F>
  readonly #grace: (facility: F) => number

  constructor({ register, tree, grace }: SuppressionOptions<F>) {
    this.#register = register
    this.#tree = tree
    this.#grace = grace
  }

  /** What explains an alarm of this rule now; null when it stands for itself. */
  explain(facility: F, rule: Rule, explains: Explains = isExplaining): Cause | null {
    return (
      this.#byMode(facility, rule) ??
      this.#byConsequence(facility, rule, explains) ??
      (rule.shelvable ? this.#byNeeds(facility, rule.needs, explains) : null)
    )
  }

  /** Facilities that lack something while this rule of a facility is active, each with what it lacks. */
  affected(facility: F, rule: Rule): Map<F, readonly Need[]> {
    const found = new Map<F, readonly Need[]>()
    const { deprives } = rule
    if (!deprives) return found
    for (const [child, need] of this.#childrenOf(facility, deprives)) this.#spread(child, need, found, 0)
    found.delete(facility)
    return found
  }

  /** The alarm through which a facility lacks supply or link now; undefined when it lacks nothing by an alarm. */
  cutOffBy(facility: F): Alarm | undefined {
    if (facility.fedBy === null && facility.gateway === null) return undefined
    const by = this.#byNeeds(facility, ['supply', 'link'], isExplaining)?.by
    return by == null ? undefined : this.#register.get(by)
  }

  /** Follows an alarm that became active or went: suppresses what it explains, or lets its grace time begin. Returns changed alarms. */
  follow(alarm: Alarm, now: number): Alarm[] {
    const facility = this.#tree.get(alarm.facility)
    const rule = facility && ruleOf(facility, alarm.rule)
    if (!facility || !rule) return []
    const own = alarm.active && alarm.ended === null ? this.#review(alarm, now) : []
    return [...own, ...this.#followDependants(alarm, facility, rule, now)]
  }

  #followDependants(alarm: Alarm, facility: F, rule: Rule, now: number, depth = 0): Alarm[] {
    // The plant may have changed since it explained some of them.
    const concerned = [...this.#dependants(facility, rule), ...this.#register.explainedBy(alarm.id)]
    return concerned.flatMap((other) => (other.id === alarm.id ? [] : this.#review(other, now, depth)))
  }

  /** Follows a facility whose mode or place in the plant changed. */
  followPlant(facility: F, now: number): Alarm[] {
    const below = new Map<F, readonly Need[]>()
    for (const need of ['supply', 'link'] as const) this.#spread(facility, need, below, 0)
    return [...new Set([facility, ...below.keys()])].flatMap((one) =>
      [...this.#register.of(one.id)].flatMap((alarm) => this.#review(alarm, now)),
    )
  }

  /** Looks at all live alarms anew, where nobody followed what happened. */
  followAll(now: number): Alarm[] {
    return [...this.#register.live()].flatMap((alarm) => this.#review(alarm, now))
  }

  /** Gives those whose grace time runs their full time again, after nobody was listening. */
  renewGrace(now: number): Alarm[] {
    return [...this.#register.live()].flatMap((alarm) => {
      const facility = this.#tree.get(alarm.facility)
      const { suppressed } = alarm
      if (!facility || suppressed?.until == null) return []
      const until = now + (suppressed.cause === 'late' ? LONGEST_CATCH_UP : this.#grace(facility))
      if (suppressed.until === until) return []
      return [this.#register.act(alarm.id, { type: 'suppress', at: now, suppression: { ...suppressed, until } })]
    })
  }

  /**
   * The grace time of an alarm is over: it stands for itself, unless something else explains it by now, be it what late data hide until this
   * very moment. Returns changed alarms.
   */
  endGrace(alarm: Alarm, now: number, isHeard = (other: Alarm) => (other.suppressed?.until ?? now) <= now): Alarm[] {
    const facility = this.#tree.get(alarm.facility)
    const rule = facility && ruleOf(facility, alarm.rule)
    const explains = (other: Alarm) => isExplaining(other) || (other.active && isHeard(other))
    const cause = facility && rule ? this.#causeOf(alarm, facility, rule, explains) : null
    const since = alarm.suppressed?.since ?? now
    const changed = this.#register.act(
      alarm.id,
      cause ? { type: 'suppress', at: now, suppression: { ...cause, since, until: null } } : { type: 'unsuppress', at: now },
    )
    return facility && rule ? this.#spreadOn(alarm, changed, facility, rule, now) : [changed]
  }

  /** The reports of a facility are as new as they should be again: what its late data found and is still there is told now, as of now. */
  caughtUp(facility: F, now: number): Alarm[] {
    return [...this.#register.of(facility.id)].flatMap((alarm) => {
      if (alarm.suppressed?.cause === 'late') return this.endGrace(alarm, now, (other) => other.facility === facility.id)
      return alarm.historical && alarm.active ? [this.#register.act(alarm.id, { type: 'catch-up', at: now })] : []
    })
  }

  /** Live alarms that an alarm of this rule may explain. */
  *#dependants(facility: F, rule: Rule): Iterable<Alarm> {
    for (const other of this.#register.of(facility.id)) {
      if (ruleOf(facility, other.rule)?.consequenceOf.includes(rule.key)) yield other
    }
    for (const [child, needs] of this.affected(facility, rule)) {
      for (const other of this.#register.of(child.id)) {
        if (ruleOf(child, other.rule)?.needs.some((need) => needs.includes(need))) yield other
      }
    }
  }

  #review({ id, facility: of, rule: key }: Alarm, now: number, depth = 0): Alarm[] {
    const facility = this.#tree.get(of)
    const rule = facility && ruleOf(facility, key)
    // Since the caller found it, another review may have changed it.
    const alarm = this.#register.get(id)
    if (!facility || !rule || !alarm) return []
    const { suppressed } = alarm
    if (suppressed?.cause === 'late') return []
    const cause = this.#causeOf(alarm, facility, rule)
    const next = cause
      ? { ...cause, since: suppressed?.since ?? now, until: null }
      : suppressed && { ...suppressed, until: suppressed.until ?? now + this.#grace(facility) }
    if (!next || (suppressed && isSame(suppressed, next))) return []
    const changed = this.#register.act(id, { type: 'suppress', at: now, suppression: next })
    return this.#spreadOn(alarm, changed, facility, rule, now, depth)
  }

  /** What hangs on a changed alarm follows it when something else explains that now. */
  #spreadOn(before: Alarm, changed: Alarm, facility: F, rule: Rule, now: number, depth = 0): Alarm[] {
    const isSameToOthers = rootOf(before) === rootOf(changed) && isExplaining(before) === isExplaining(changed)
    if (isSameToOthers || depth === DEEPEST) return [changed]
    return [changed, ...this.#followDependants(changed, facility, rule, now, depth + 1)]
  }

  /** What explains a live alarm now. What is over and not acknowledged is there to be seen: nothing that comes later explains it away. */
  #causeOf(alarm: Alarm, facility: F, rule: Rule, explains?: Explains): Cause | null {
    const isExplained = alarm.suppressed !== null && alarm.suppressed.cause !== 'late'
    return alarm.active || isExplained ? this.explain(facility, rule, explains) : null
  }

  #byMode(facility: F, rule: Rule): Cause | null {
    // What protects lives is shown to the crew's colleagues whatever the crew does.
    const isWorkedOn = facility.mode === 'maintenance' && rule.shelvable
    const isUnjudged = rule.expects && (facility.mode === 'manual' || facility.mode === 'maintenance')
    return isWorkedOn || isUnjudged ? { cause: 'mode', by: null } : null
  }

  #byConsequence(facility: F, rule: Rule, explains: Explains): Cause | null {
    for (const key of rule.consequenceOf) {
      const cause = this.#register.find(facility.id, key)
      if (cause && explains(cause)) return { cause: 'consequence', by: cause.id }
    }
    return null
  }

  #byNeeds(facility: F, needs: readonly Need[], explains: Explains, asking = facility.id, depth = 0): Cause | null {
    if (needs.length === 0 || depth === DEEPEST) return null
    const feeder = facility.fedBy === null ? undefined : this.#tree.get(facility.fedBy)
    const reporter = facility.gateway === null ? undefined : this.#tree.get(facility.gateway)
    const supply = needs.filter((need) => need === 'supply')
    const link = needs.filter((need) => need === 'link')
    return (
      this.#byParent(feeder, supply, facility.circuit, asking, explains) ??
      this.#byParent(reporter, link, null, asking, explains) ??
      // Whatever a parent lacks, its children lack too.
      (feeder ? this.#byNeeds(feeder, supply, explains, asking, depth + 1) : null) ??
      (reporter ? this.#byNeeds(reporter, link, explains, asking, depth + 1) : null)
    )
  }

  #byParent(parent: F | undefined, needs: readonly Need[], circuit: number | null, asking: string, explains: Explains): Cause | null {
    if (!parent || parent.id === asking || needs.length === 0) return null
    if (parent.mode === 'maintenance') return { cause: 'mode', by: null }
    for (const alarm of this.#register.of(parent.id)) {
      const deprives = explains(alarm) ? ruleOf(parent, alarm.rule)?.deprives : null
      const need = deprives && needs.find((one) => deprives.of.includes(one))
      if (!need || !isOnCircuits(deprives, circuit)) continue
      // What explained it may be over, and nobody have looked at it since.
      const root = this.#register.get(rootOf(alarm))
      const by = root && explains(root) ? root : alarm
      // What is itself explained by the facility in question cannot explain it in turn.
      if (by.facility !== asking) return { cause: need, by: by.id }
    }
    return null
  }

  /** Children that lack something by their parent, each with one thing it lacks; one may come twice. */
  *#childrenOf(parent: F, deprives: Deprivation): Iterable<[F, Need]> {
    if (deprives.of.includes('supply')) {
      for (const child of this.#tree.fedBy(parent.id)) if (isOnCircuits(deprives, child.circuit)) yield [child, 'supply']
    }
    if (deprives.of.includes('link') && !deprives.circuits) for (const child of this.#tree.behind(parent.id)) yield [child, 'link']
  }

  #spread(facility: F, need: Need, found: Map<F, readonly Need[]>, depth: number): void {
    const known = found.get(facility) ?? []
    if (known.includes(need) || depth === DEEPEST) return
    found.set(facility, [...known, need])
    for (const [child, lacked] of this.#childrenOf(facility, { of: [need] })) this.#spread(child, lacked, found, depth + 1)
  }
}

/** What is over explains nothing, nor does what only late data tell of: both would be hidden. */
const isExplaining = ({ active, suppressed }: Alarm): boolean => active && suppressed?.cause !== 'late'

/** The alarm to which what hangs on this one points: that which explains this one in turn, and in its grace time, when that is over, itself. */
const rootOf = ({ id, suppressed }: Alarm): number => (suppressed?.until === null ? (suppressed.by ?? id) : id)

const isSame = (a: Suppression, b: Suppression): boolean => a.cause === b.cause && a.by === b.by && a.until === b.until

const ruleOf = (facility: TreeFacility, key: string): Rule | undefined => findRule(facility.kind.rules, key)
