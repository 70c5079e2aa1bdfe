import fc from 'fast-check'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { AlarmClock } from '../../src/alarms/alarm-clock.ts'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { AlarmMaker } from '../../src/alarms/alarm-maker.ts'
import { type AlarmPolicy, defaultPolicy, type PolicyInForce } from '../../src/alarms/policy.ts'
import { AlarmRegister, type AlarmStore } from '../../src/alarms/register.ts'
import { AlarmSuppression, type TreeFacility } from '../../src/alarms/suppression.ts'
import { ruleBuilders } from '../../src/detection/builders.ts'
import { type Priority, priorities, type Rule, type RuleOptions, type RuleSetting } from '../../src/detection/rule.ts'
import { LamplighterError } from '../../src/errors.ts'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { texts } from '../detection/fixtures.ts'
import { evidence } from './fixtures.ts'

const build = ruleBuilders<string, never>()
const rulesOf = (options: Record<string, Partial<RuleOptions>>): Rule[] =>
  Object.entries(options).map(([key, more]) => ({
    ...build.condition({ ...texts, priority: 'medium', points: [], when: () => true, ...more }),
    key,
    points: [],
    judge: () => 0,
    figures: null,
    learned: null,
    lamps: null,
  }))

/** A cabinet and the lamp that it feeds. */
const rules: Record<string, Rule[]> = {
  C: rulesOf({
    silent: { priority: 'high', deprives: { of: ['supply'] } },
    gas: { priority: 'critical', latching: true, shelvable: false },
  }),
  L: rulesOf({
    silent: { priority: 'high', needs: ['supply'] },
    latch: { latching: true },
    schedule: { priority: 'low', expects: true },
    tilt: { consequenceOf: ['latch'] },
  }),
}
const conditions = Object.entries(rules).flatMap(([id, each]) => each.map(({ key }) => [id, key] as const))

const every = (length: number | null): AlarmPolicy['reminders'] => ({ critical: length, high: length, medium: length, low: length })
const policies: AlarmPolicy[] = [
  defaultPolicy,
  { ...defaultPolicy, reminders: every(2), escalation: { enabled: true, leastTime: 1 } },
  { ...defaultPolicy, reminders: every(null), escalation: { enabled: false, leastTime: 1 } },
]

/** Something that happens `gap` ms after what happened before. */
export type Step = { gap: number } & (
  | { do: 'change'; condition: number; active: boolean; late: boolean; age: number; chatters: boolean; priority: Priority }
  | { do: 'caught-up' | 'out-of-service' | 'in-service' | 'maintenance' | 'auto'; facility: string }
  | { do: 'acknowledge' | 'comment' | 'shelve' | 'unshelve' | 'reset' | 'prioritise'; alarm: number; by: string; length: number }
  | { do: 'policy'; policy: number }
  | { do: 'upgrade'; condition: number; latching: boolean; shelvable: boolean }
  | { do: 'pause'; length: number }
)

const gap = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: minutes(2) }), fc.integer({ min: 1, max: minutes(90) }))
const by = fc.constantFrom('li', 'wang')
const facility = fc.constantFrom('C', 'L')
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      gap,
      do: fc.constant('change' as const),
      condition: fc.nat(conditions.length - 1),
      active: fc.boolean(),
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      age: fc.integer({ min: 0, max: minutes(60) }),
      chatters: fc.boolean(),
      priority: fc.constantFrom(...priorities),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      gap,
      do: fc.constantFrom('acknowledge', 'comment', 'shelve', 'unshelve', 'reset', 'reset', 'prioritise'),
      alarm: fc.nat(conditions.length - 1),
      by,
      length: fc.integer({ min: 1, max: 300 }),
    }) as fc.Arbitrary<Step>,
  },
  {
    weight: 3,
    arbitrary: fc.record({
      gap,
      do: fc.constantFrom('caught-up', 'out-of-service', 'in-service', 'maintenance', 'auto'),
      facility,
    }) as fc.Arbitrary<Step>,
  },
  { weight: 1, arbitrary: fc.record({ gap, do: fc.constant('policy' as const), policy: fc.nat(policies.length - 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      gap,
      do: fc.constant('upgrade' as const),
      condition: fc.nat(conditions.length - 1),
      latching: fc.boolean(),
      shelvable: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ gap, do: fc.constant('pause' as const), length: fc.integer({ min: 1, max: minutes(600) }) }) },
)

/** Keeps alarms by reference and takes back what a failed transaction wrote; fails at the write that a test names. */
export class FailingStore implements AlarmStore {
  all = new Map<number, Alarm>()
  records: AlarmRecord[] = []
  /** The alarm as it was after each record. */
  versions: Alarm[] = []
  /** What each transaction recorded. */
  transactions: AlarmRecord[][] = []
  #inForce: PolicyInForce = { policy: defaultPolicy, since: 0 }
  /** Writes until one fails; never when negative. */
  failAfter = -1

  transaction<T>(work: () => T): T {
    const [all, records, inForce] = [new Map(this.all), this.records.length, this.#inForce]
    try {
      const result = work()
      this.transactions.push(this.records.slice(records))
      return result
    } catch (error) {
      this.all = all
      this.records.length = records
      this.versions.length = records
      this.#inForce = inForce
      throw error
    }
  }
  liveAlarms = () => [...this.all.values()].filter(({ ended }) => ended === null)
  alarm = (id: number) => this.all.get(id)
  historicalAlarm = (facility: string, rule: string, raised: number) =>
    [...this.all.values()].findLast(
      (a) => a.historical && a.ended !== null && a.facility === facility && a.rule === rule && a.raised === raised,
    )
  insertAlarm(alarm: Alarm): number {
    this.#write()
    const id = this.all.size + 1
    this.all.set(id, Object.freeze({ ...alarm, id }))
    return id
  }
  updateAlarm(alarm: Alarm): void {
    this.#write()
    this.all.set(alarm.id, Object.freeze(alarm))
  }
  recordAlarm(record: AlarmRecord): void {
    this.#write()
    this.records.push(record)
    this.versions.push(this.all.get(record.alarm) as Alarm)
  }
  alarmPolicy = () => this.#inForce
  setAlarmPolicy(inForce: PolicyInForce): void {
    this.#write()
    this.#inForce = inForce
  }
  #write(): void {
    if (this.failAfter-- === 0) throw new Error('disk full')
  }
}

function newPlant(): ReadonlyMap<string, TreeFacility> {
  const make = (id: string, fedBy: string | null): TreeFacility => ({
    id,
    mode: 'auto',
    fedBy,
    circuit: null,
    gateway: null,
    kind: { key: 'kind', rules: rules[id] as Rule[] } as TreeFacility['kind'],
  })
  return new Map([make('C', null), make('L', 'C')].map((each) => [each.id, each]))
}

/** The life of all alarms of the cabinet and the lamp over a store; a new one over the same store is a restart. */
export class SmallWorld<S extends AlarmStore & { transaction<T>(work: () => T): T }> {
  readonly store: S
  readonly register: AlarmRegister
  readonly #facilities: Map<string, TreeFacility>
  readonly #suppression: AlarmSuppression<TreeFacility>
  readonly #maker: AlarmMaker<TreeFacility>
  readonly clock: AlarmClock<TreeFacility>

  constructor(store: S, plant: ReadonlyMap<string, TreeFacility> = newPlant()) {
    this.store = store
    this.#facilities = new Map(plant)
    this.register = new AlarmRegister(store)
    const tree = {
      get: (id: string) => this.#facilities.get(id),
      fedBy: (id: string) => (id === 'C' ? [this.#facilities.get('L') as TreeFacility] : []),
      behind: () => [],
    }
    this.#suppression = new AlarmSuppression({ register: this.register, tree, grace: () => minutes(3) })
    this.#maker = new AlarmMaker({ register: this.register, tree, detectionOf: () => undefined, onActivated: () => {} })
    this.clock = new AlarmClock(this.register, this.#suppression)
  }

  plant = (): ReadonlyMap<string, TreeFacility> => new Map(this.#facilities)

  /** A transaction like those of the road; what is not allowed is refused. Throws what the store threw. */
  attempt(work: () => void): void {
    try {
      this.store.transaction(work)
    } catch (error) {
      this.register.reload()
      if (!(error instanceof LamplighterError) || error.code !== 'action-refused') throw error
    }
  }

  take(step: Step, now: number): void {
    this.attempt(() => this.clock.passTime(now))
    this.attempt(() => this.#do(step, now))
  }

  #do(step: Step, now: number): void {
    if (step.do === 'change') this.#change(step, now)
    else if (step.do === 'policy') this.register.setPolicy(policies[step.policy] as AlarmPolicy, now)
    else if (step.do === 'upgrade') this.#upgrade(step, now)
    else if (step.do === 'pause') this.clock.resume(now + step.length)
    else if ('facility' in step) this.#tellFacility(step, now)
    else this.#act(step, now)
  }

  #tellFacility(step: Extract<Step, { facility: string }>, now: number): void {
    const facility = this.#facilities.get(step.facility) as TreeFacility
    if (step.do === 'caught-up') this.#suppression.caughtUp(facility, now)
    else if (step.do === 'in-service' || step.do === 'out-of-service')
      this.register.setOutOfService(step.facility, step.do === 'out-of-service', now, 'li')
    else {
      const changed = { ...facility, mode: step.do }
      this.#facilities.set(changed.id, changed)
      this.#suppression.followPlant(changed, now)
    }
  }

  #upgrade({ condition, latching, shelvable }: Extract<Step, { do: 'upgrade' }>, now: number): void {
    const [id, key] = conditions[condition] as readonly [string, string]
    const facility = this.#facilities.get(id) as TreeFacility
    const changed = facility.kind.rules.map((rule) => (rule.key === key ? { ...rule, latching, shelvable } : rule))
    this.#facilities.set(id, { ...facility, kind: { ...facility.kind, rules: changed } })
    this.#maker.followRules(now)
    this.#suppression.followAll(now)
  }

  #act(step: Extract<Step, { alarm: number }>, at: number): void {
    const live = [...this.register.live()]
    const id = live[step.alarm % Math.max(live.length, 1)]?.id
    if (id === undefined) return
    const { by } = step
    if (step.do === 'comment') this.register.act(id, { type: 'comment', at, by, text: 'x' })
    else if (step.do === 'acknowledge') this.register.act(id, { type: 'acknowledge', at, by, comment: '' })
    else if (step.do === 'shelve') this.register.act(id, { type: 'shelve', at, by, until: at + minutes(step.length), reason: 'x' })
    else if (step.do === 'prioritise') this.register.act(id, { type: 'prioritise', at, priority: priorities[step.length % 4] as Priority })
    else this.register.act(id, { type: step.do, at, by })
  }

  #change({ condition, active, late, age, chatters, priority }: Extract<Step, { do: 'change' }>, now: number): void {
    const [id, key] = conditions[condition] as readonly [string, string]
    const facility = this.#facilities.get(id) as TreeFacility
    const rule = facility.kind.rules.find((each) => each.key === key) as Rule
    const at = now - age
    const change = {
      facility: facility as never,
      rule,
      setting: { priority, texts: { ...texts, timeToAct: 10 } } as unknown as RuleSetting,
      active,
      at,
      late,
      chattering: chatters ? { since: 0, onDelay: seconds(60) } : null,
    }
    const alarm = this.register.apply(change, now, () => {
      const cause = this.#suppression.explain(facility, rule)
      return { evidence, outOfService: false, suppressed: cause && { ...cause, since: now, until: null }, affects: 0 }
    })
    if (alarm) this.#suppression.follow(alarm, now)
  }
}

/** When each step happens, and where time stands afterwards, ms. */
export function timed(steps: readonly Step[]): { step: Step; now: number; after: number }[] {
  let now = 1_700_000_000_000
  return steps.map((step) => {
    now += step.gap
    const at = now
    if (step.do === 'pause') now += step.length
    return { step, now: at, after: now }
  })
}

/** Names what a change is about. */
export const conditionOf = (step: Extract<Step, { do: 'change' }>): string => (conditions[step.condition] as readonly string[]).join(' ')
