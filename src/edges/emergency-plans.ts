import type { Scope } from '../access/scope.ts'
import type { Alarm } from '../alarms/alarm.ts'
import type { ApprovalReason } from '../control/approval.ts'
import type { Priority } from '../detection/rule.ts'
import type { Order } from '../dispatch/order.ts'
import type { Facility } from '../facilities/plant.ts'
import type { Activation, EmergencyPlan, KeptPlan } from '../operations/emergency-plan.ts'
import type { Measures } from '../operations/emergency-plan-clock.ts'
import type { EmergencyEntry } from '../storage/emergency-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { Text } from '../telemetry/point.ts'

/** Who does something: the account, its session (null: a program with a key), and their part of the city. */
export interface Actor {
  by: string
  /** That answers for it: of a key, that of its owner; absent where `by` does. */
  account?: string
  session: string | null
  scope: Scope
}

/** What somebody wants to activate. */
export interface ActivationRequest {
  /** Facility query; that of the plan where absent. */
  area?: string
  drill: boolean
  reason: string
}

/** What an activation would do now. */
export interface PlanEffects {
  facilities: number
  byKind: readonly { kind: string; count: number }[]
  /** Live alarms that become more urgent. */
  alarms: readonly { from: Priority; to: Priority; count: number }[]
  /** Open orders at whose place measures would be due; null: the plan sets no clock. */
  orders: number | null
  /** Lamps and cabinets that get another light; null: the plan changes none. */
  lights: number | null
  /** Why the light would wait for a second person; empty where it would not. */
  secondPerson: readonly ApprovalReason[]
  /** Plans of rounds that are walked more often; null: the plan tightens none. */
  rounds: number | null
  /** Accounts on duty now that would be, and would no more be. */
  dutyAdded: readonly string[]
  dutyGone: readonly string[]
  /** Names of those who are told by a message, and of those whom somebody must call. */
  told: readonly string[]
  toCall: readonly string[]
  items: number
  /** Activations that hold for some of the same facilities. */
  overlaps: readonly { id: number; name: string; drill: boolean }[]
  /** What of the plan will not work, in words. */
  problems: readonly string[]
}

export interface ArmedPlan {
  /** Good for one activation by the same account and session. */
  token: string
  /** Until when, ms. */
  until: number
  effects: PlanEffects
}

/** That an alarm is taken to be more urgent than its rule says; of one that has ended, that it was so when it came: both priorities are null. */
export interface AlarmRaise {
  activation: Activation
  from: Priority | null
  to: Priority | null
}

/** What the city looks like to what plans change, as hashes: equal where nothing is otherwise. */
export interface CityState {
  /** SHA-256 of all parts, hexadecimal. */
  hash: string
  parts: Readonly<Record<string, string>>
}

/** What there is in the city that a plan can name: people who can sign in, channels, control programmes, and rules as `kind/rule`. */
export interface PlanChoices {
  accounts: { id: string; name: string }[]
  channels: { id: string; name: string }[]
  programmes: { id: string; name: Text }[]
  rules: { id: string; kind: Text; title: Text }[]
}

/** Emergency plans: kept, armed, activated, undone. Methods throw `LamplighterError`. */
export interface EmergencyPlans {
  /** Those whose area is seen, by id. */
  plans(scope: Scope): KeptPlan[]
  plan(id: string, scope: Scope): KeptPlan
  /** Adds a plan or changes it; `seen` is the version somebody changed, and 0 of a new one. Refused where the area reaches out of scope. */
  put(plan: EmergencyPlan, seen: number, by: string, scope: Scope): KeptPlan
  /** What a plan can speak of now. */
  choices(): PlanChoices
  /** What is wrong with a plan, in words. */
  problems(plan: EmergencyPlan): { at: string; en: string; zh: string }[]
  /** Refused while it is active. */
  remove(id: string, by: string, scope: Scope): void

  /** Says what it would do, and gives the token without which nothing is activated. */
  arm(id: string, request: ActivationRequest, actor: Actor): ArmedPlan
  /** Refused with a token that is used up, too old, or of another account or session, and when the plan was changed since. */
  activate(token: string, actor: Actor): Activation
  /** Undoes what it changed, and nothing else. */
  end(id: number, reason: string, actor: Actor): Activation
  /** Ticks an item of the checklist, or takes that back. */
  doItem(id: number, item: string, isDone: boolean, note: string, actor: Actor): Activation
  /** Somebody called a contact and reached them. */
  reach(id: number, contact: number, note: string, actor: Actor): Activation
  /** Writes into the log. */
  note(id: number, words: string, actor: Actor): EmergencyEntry

  active(scope: Scope): Activation[]
  activation(id: number, scope: Scope): Activation
  /** Newest first. */
  list(query: { plan?: string; before: number; limit: number }, scope: Scope): Page<Activation>
  log(id: number, before: number, limit: number, scope: Scope): Page<EmergencyEntry>
  /** Facilities of the area now, in scope. */
  facilitiesOf(activation: Activation, scope: Scope): Facility[]

  /** Whether an activation asks for another light of a facility that lies in its area. */
  lights(activation: Activation, facility: Facility): boolean
  /** Active plans, drills too, in whose area a facility lies. */
  of(facility: Facility): Activation[]
  /** By what the priority of an alarm is raised, or was when it came; null: by nothing. */
  raiseOf(alarm: Pick<Alarm, 'facility' | 'rule' | 'evidence' | 'ended'>): AlarmRaise | null
  /** By when measures must be taken at the place of an order. */
  measuresOf(order: Order): Measures | null

  /** Whether an order is for a facility of the area of an activation. */
  concerns(activation: Activation, order: Order): boolean

  state(): Promise<CityState>
  /** Once a second: tells of items that are late. */
  tick(): void
  /** Called with each activation that began, moved on or ended. */
  onChange(listener: (activation: Activation, step: 'begin' | 'move' | 'end') => void): void
}
