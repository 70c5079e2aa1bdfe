import type { ConditionChange } from '../detection/detection.ts'
import type { Rule, RuleSetting } from '../detection/rule.ts'
import { findRule, ruleIndex } from '../detection/rule-key.ts'
import { assumeActive, type Detection, isActive } from '../detection/state.ts'
import { minutes } from '../telemetry/duration.ts'
import type { Alarm } from './alarm.ts'
import { AlarmClock } from './alarm-clock.ts'
import type { AlarmContext, AlarmRegister } from './register.ts'
import { AlarmSuppression, type Tree, type TreeFacility } from './suppression.ts'

/** What detection found of a facility; no change: its late data have caught up. */
export interface Finding<F extends TreeFacility> {
  change: ConditionChange | null
  /** Our time at which it was found, ms. */
  now: number
  facility: F
  /** What the alarm would freeze. */
  evidence: Alarm['evidence'] | null
}

export interface AlarmMakerOptions<F extends TreeFacility> {
  register: AlarmRegister
  tree: Tree<F>
  detectionOf: (facility: F) => Detection | undefined
  /** Told of each activation, also of the past, at our time `now`, ms. */
  onActivated: (alarm: Alarm, now: number) => void
}

/** A facility that is well again has at least this long to say so, before its suppressed alarm becomes one of its own. */
const LEAST_GRACE = minutes(2)

/** Makes alarms of what detection finds and of the time that passes. Every step returns the alarms it changed. */
export class AlarmMaker<F extends TreeFacility> {
  readonly suppression: AlarmSuppression<F>
  readonly #register: AlarmRegister
  readonly #tree: Tree<F>
  readonly #detectionOf: (facility: F) => Detection | undefined
  readonly #onActivated: (alarm: Alarm, now: number) => void
  readonly #clock: AlarmClock<F>

  constructor({ register, tree, detectionOf, onActivated }: AlarmMakerOptions<F>) {
    this.#register = register
    this.#tree = tree
    this.#detectionOf = detectionOf
    this.#onActivated = onActivated
    this.suppression = new AlarmSuppression({ register, tree, grace: (facility) => this.#grace(facility) })
    this.#clock = new AlarmClock(register, this.suppression)
  }

  /** Makes alarms of a finding, after what fell due before it. */
  take(finding: Finding<F>): Alarm[] {
    const register = this.#register
    const { change, facility, now } = finding
    const changed = this.#clock.passTime(now)
    if (!change) return [...changed, ...this.suppression.caughtUp(facility, now)]
    if (change.historySince !== undefined) {
      const past = register.recordHistorical(change, now, () => this.#context(finding, change.rule))
      if (past && change.active) this.#onActivated(past, now)
      return changed
    }
    const wasActive = register.find(facility.id, change.rule.key)?.active ?? false
    const alarm = register.apply(change, now, () => this.#context(finding, change.rule))
    if (!alarm) return changed
    if (alarm.active && !wasActive) this.#onActivated(alarm, now)
    return [...changed, alarm, ...this.suppression.follow(alarm, now)]
  }

  /** Whether something falls due up to our time `until`, ms. */
  isDue(until: number): boolean {
    return this.#clock.isDue(until)
  }

  /** Does what falls due up to our time `until`, ms. */
  passTime(until: number): Alarm[] {
    return this.#clock.passTime(until)
  }

  /** After a pause that ended at our time `now`, ms: nobody could be heard meanwhile. */
  resume(now: number): Alarm[] {
    return this.#clock.resume(now)
  }

  /** What an alarm freezes of its facility, and what explains it already. */
  #context({ evidence, facility, now }: Finding<F>, rule: Rule): AlarmContext {
    const cause = this.suppression.explain(facility, rule)
    return {
      evidence: evidence as Alarm['evidence'],
      outOfService: facility.mode === 'out-of-service',
      suppressed: cause && { ...cause, since: now, until: null },
      affects: this.suppression.affected(facility, rule).size,
    }
  }

  /**
   * Time for a facility to report twice after what explained its alarm is gone. Of how often it usually reports only whole periods of its rule
   * count: what is learned moves a little with each report, and alarms would hang on when exactly they are made.
   */
  #grace(facility: F): number {
    const detection = this.#detectionOf(facility)
    const period = detection?.settings[detection.layout.silence]?.parameters.period ?? 0
    if (!detection || !(period > 0)) return LEAST_GRACE
    return LEAST_GRACE + Math.round((2 / 3) * period * Math.ceil(detection.patience / period))
  }

  /** The facilities that lack supply or link while an alarm is active. */
  affectedBy(alarm: Alarm): F[] {
    const facility = this.#tree.get(alarm.facility)
    const rule = facility && findRule(facility.kind.rules, alarm.rule)
    return facility && rule ? [...this.suppression.affected(facility, rule).keys()] : []
  }

  /** The live alarms of a facility become as urgent as its rules say now. */
  prioritise(facility: F, now: number): Alarm[] {
    const register = this.#register
    const settings = this.#detectionOf(facility)?.settings
    if (!settings) return []
    return [...register.of(facility.id)].flatMap((alarm) => {
      const priority = settings[ruleIndex(facility.kind.rules, alarm.rule)]?.priority ?? alarm.basePriority
      return priority === alarm.basePriority ? [] : [register.act(alarm.id, { type: 'prioritise', at: now, priority })]
    })
  }

  /** What detection holds true of a facility and its alarms do not say, as changes found at our time `now`. */
  unknownTo(facility: F, now: number): ConditionChange[] {
    const detection = this.#detectionOf(facility)
    if (!detection) return []
    const changes: ConditionChange[] = []
    facility.kind.rules.forEach((rule, index) => {
      const alarm = this.#register.find(facility.id, rule.key)
      const active = isActive(detection, index)
      if (active === (alarm?.active ?? false)) return
      // Of a facility whose saved state is lost nothing is known but its alarms; its first report decides.
      const setting = detection.settings[index] as RuleSetting
      if (alarm?.active && Number.isNaN(detection.lastReport)) assumeActive(detection, index, alarm.activated)
      else
        changes.push({
          facility: detection.facility,
          rule,
          setting,
          active,
          at: Number.isFinite(detection.clock) ? detection.clock : now,
          late: false,
          chattering: null,
        })
    })
    return changes
  }

  /** The live alarms latch, and may be put aside, as their rules say in this version, whatever they said in the one before. */
  followRules(now: number): Alarm[] {
    return [...this.#register.live()].flatMap((alarm) => {
      const facility = this.#tree.get(alarm.facility)
      const rule = facility && findRule(facility.kind.rules, alarm.rule)
      if (!facility || !rule || (rule.latching === alarm.latching && rule.shelvable === alarm.shelvable)) return []
      const { latching, shelvable } = rule
      const suppressed = shelvable ? alarm.suppressed : this.#stillExplained(alarm, facility, rule)
      return [this.#register.act(alarm.id, { type: 'follow-rule', at: now, latching, shelvable, suppressed })]
    })
  }

  /** Of whom the state is lost that knew it to be behind, nobody would ever say that it has caught up: what is marked as late is known now. */
  endLateness(now: number): Alarm[] {
    return [...this.#register.live()].flatMap((alarm) => {
      const facility = this.#tree.get(alarm.facility)
      const isBehind = facility && this.#detectionOf(facility)?.isBehind
      if (!alarm.historical || !alarm.active || alarm.suppressed?.cause === 'late' || isBehind) return []
      return [this.#register.act(alarm.id, { type: 'catch-up', at: now })]
    })
  }

  #stillExplained({ suppressed }: Alarm, facility: F, rule: Rule): Alarm['suppressed'] {
    const cause = suppressed && this.suppression.explain(facility, rule)
    return cause && { ...cause, since: suppressed.since, until: null }
  }

  /** Alarms of rules that this version does not have any more would stay for ever. */
  withdrawOrphans(now: number): Alarm[] {
    const isOrphan = ({ facility, rule }: Alarm) => !findRule(this.#tree.get(facility)?.kind.rules ?? [], rule)
    const orphans = [...this.#register.live()].filter(isOrphan)
    return orphans.map(({ id }) => this.#register.act(id, { type: 'withdraw', at: now, by: null }))
  }
}
