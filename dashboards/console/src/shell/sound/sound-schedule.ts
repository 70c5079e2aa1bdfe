import type { Priority } from '../../../../../src/detection/rule.ts'
import type { Signal } from '../../../../shared/tones.ts'
import type { LinkState } from '../../live/live-state.ts'

/** Ms. */
export const SILENCE = 120_000
/** Time a signal takes, and the quiet that must follow before another one, ms. */
export const SIGNAL_TIME = 4000

/** How often a signal is given for one alarm and how far apart, ms. */
const plans: Record<Priority, { times: number; every: number }> = {
  critical: { times: Number.POSITIVE_INFINITY, every: 10_000 },
  high: { times: 2, every: 60_000 },
  medium: { times: 1, every: 0 },
  low: { times: 0, every: 0 },
}
const LINK_LOST_EVERY = 30_000
const audible = ['critical', 'high', 'medium'] as const

export interface SoundingAlarm {
  id: number
  priority: Priority
}

export interface SoundInput {
  /** Clock of the client, ms. */
  at: number
  /** Those in the list that nobody has acknowledged. */
  alarms: readonly SoundingAlarm[]
  /** What else calls for somebody: urgent orders that nobody has, commands that wait for a second person; each by a name of its own. */
  calls: readonly string[]
  flood: boolean
  link: LinkState
}

interface Plan extends SoundingAlarm {
  /** When its next signal is due, ms. */
  due: number
  /** Signals still to give. */
  left: number
}

export interface Silence {
  until: number
  /** Alarms it covers; those that come later are not among them. */
  alarms: ReadonlySet<string>
  linkLost: boolean
}

export interface SoundState {
  plans: ReadonlyMap<string, Plan>
  /** When the lost link is told again; null while there is one. */
  linkLostDue: number | null
  /** Until when the signal before is heard. */
  busyUntil: number
  silence: Silence | null
}

export const initialSound: SoundState = { plans: new Map(), linkLostDue: null, busyUntil: 0, silence: null }

/** An alarm that became more urgent is told anew. */
const keyOf = ({ id, priority }: SoundingAlarm): string => `${id} ${priority}`
const callKey = (name: string) => `call ${name}`
/** Whether a plan is none of an alarm. */
export const isCall = (key: string): boolean => key.startsWith('call ')

/** What is to be heard now, if anything, and what is due later. */
export function nextSound(before: SoundState, input: SoundInput): { state: SoundState; signal: Signal | null } {
  const { at, link } = input
  const silence = before.silence && at < before.silence.until ? before.silence : null
  if (link === 'connecting') return { state: { ...before, silence }, signal: null }
  // What the alarms are is not known without the server, and none can be acknowledged: only the loss itself is told.
  if (link !== 'live') return tellLoss({ ...before, silence, linkLostDue: before.linkLostDue ?? at }, at)
  const state = { ...before, silence, linkLostDue: null, plans: takeUp(before.plans, input) }
  if (at < state.busyUntil) return { state, signal: null }
  for (const priority of audible) {
    const due = [...state.plans].filter(
      ([key, plan]) => plan.priority === priority && plan.left > 0 && plan.due <= at && isHeard(key, plan, silence),
    )
    if (due.length > 0) return { state: give(state, due, at), signal: priority }
  }
  return { state, signal: null }
}

/** Whether a silence would silence anything. */
export const isSounding = ({ plans, linkLostDue }: SoundState): boolean =>
  linkLostDue !== null || [...plans.values()].some(({ left }) => left > 0)

/**
 * Silent for two minutes, for what sounds now. A critical alarm that comes meanwhile is heard, as EEMUA 191 and ISA-18.2 ask of a silence, and so
 * is the loss of the link; what is less urgent waits for the end.
 */
export function silenced(state: SoundState, at: number): SoundState {
  const alarms = new Set([...state.plans].filter(([, { left }]) => left > 0).map(([key]) => key))
  return { ...state, silence: { until: at + SILENCE, alarms, linkLost: state.linkLostDue !== null } }
}

function takeUp(known: ReadonlyMap<string, Plan>, { at, alarms, calls, flood }: SoundInput): ReadonlyMap<string, Plan> {
  const sounding: [string, SoundingAlarm][] = [
    ...alarms.map((alarm): [string, SoundingAlarm] => [keyOf(alarm), alarm]),
    ...calls.map((name): [string, SoundingAlarm] => [callKey(name), { id: 0, priority: 'high' }]),
  ]
  return new Map(
    sounding.map(([key, one]) => {
      const plan = known.get(key) ?? { ...one, due: at, left: plans[one.priority].times }
      return [key, flood && one.priority !== 'critical' ? { ...plan, left: 0 } : plan]
    }),
  )
}

const isHeard = (key: string, { priority }: Plan, silence: Silence | null): boolean =>
  silence === null || (priority === 'critical' && !silence.alarms.has(key))

function give(state: SoundState, due: readonly (readonly [string, Plan])[], at: number): SoundState {
  const next = new Map(state.plans)
  for (const [key, plan] of due) next.set(key, { ...plan, left: plan.left - 1, due: at + plans[plan.priority].every })
  return { ...state, plans: next, busyUntil: at + SIGNAL_TIME }
}

function tellLoss(state: SoundState, at: number): { state: SoundState; signal: Signal | null } {
  if (at < state.busyUntil || at < (state.linkLostDue ?? at) || state.silence?.linkLost) return { state, signal: null }
  return { state: { ...state, linkLostDue: at + LINK_LOST_EVERY, busyUntil: at + SIGNAL_TIME }, signal: 'link-lost' }
}
