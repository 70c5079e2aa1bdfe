import { seconds } from '../telemetry/duration.ts'
import type { Text } from '../telemetry/point.ts'
import { type CommandProblem, isOver, type Target, type TargetState } from './command.ts'

/** Patience with a device, ms: for its answer, and how often in that time it is asked. */
export interface Patience {
  answer: number
  attempts: number
}

/** For what a device says as it comes back to be heard, ms. */
const SETTLING = seconds(3)

export const usualPatience: Patience = { answer: seconds(30), attempts: 3 }

export type TargetEvent =
  /** It may be done; it must be sent by `expires`, ms. */
  | { type: 'accept'; at: number; expires: number }
  /** Somebody else must say yes to it by `until`, ms. */
  | { type: 'wait'; until: number }
  | { type: 'refuse'; at: number; problem: CommandProblem; words: Text | null }
  /** It goes out, for the first time or again. `known`: device time of the newest telemetry by then; `shown`: it shows the effect already. */
  | { type: 'send'; at: number; known: number | null; shown: boolean; patience: Patience }
  /** The device says that it did it or that it will not; the effect must be seen within so many ms. */
  | { type: 'answer'; at: number; done: boolean; words: Text | null; within: number }
  /** Whoever was to deliver it says that the device will not get it, or not yet. */
  | { type: 'undelivered'; at: number; isFinal: boolean; words: Text | null }
  /** There is no way to the device now; it waits for one. */
  | { type: 'unreachable'; words: Text }
  /** There is one again. */
  | { type: 'reachable'; at: number }
  /** Telemetry of this device time shows the effect; it is the answer of a device that gives none. */
  | { type: 'show'; at: number; reported: number; answers: boolean }
  | { type: 'cancel'; at: number; problem: 'cancelled' | 'superseded' }
  | { type: 'pass'; at: number }

/** Moves a command to one facility. Returns the same object when the event changes nothing: what comes twice or too late counts once. */
export function stepTarget(target: Target, event: TargetEvent): Target {
  if (isOver(target.state)) return event.type === 'answer' ? noteLateAnswer(target, event.at, event.done) : target
  switch (event.type) {
    case 'accept':
      if (target.state !== 'requested') return target
      return { ...target, state: 'accepted', times: { ...target.times, accepted: event.at }, deadline: event.expires }
    case 'wait':
      return target.state === 'requested' ? { ...target, deadline: event.until } : target
    case 'refuse':
      if (target.state !== 'requested' && target.state !== 'accepted') return target
      return ended(target, 'refused', event.at, event.problem, event.words)
    case 'send':
      return send(target, event)
    case 'answer':
      return answer(target, event)
    case 'undelivered':
      return undelivered(target, event)
    case 'unreachable':
      return unreachable(target, event.words)
    case 'reachable':
      return reachable(target, event.at)
    case 'show':
      return show(target, event)
    case 'cancel':
      // What a device was told cannot be called back, only followed by another command.
      if (target.state !== 'requested' && target.state !== 'accepted' && event.problem === 'cancelled') return target
      return ended(target, 'cancelled', event.at, event.problem)
    case 'pass':
      return pass(target, event.at)
  }
}

function ended(target: Target, state: TargetState, at: number, problem: CommandProblem | null, words = target.words): Target {
  return { ...target, state, over: at, deadline: null, again: null, problem, words }
}

function send(target: Target, { at, known, shown, patience }: Extract<TargetEvent, { type: 'send' }>): Target {
  const pause = patience.answer / patience.attempts
  if (target.state === 'accepted' && target.deadline !== null && at < target.deadline) {
    return {
      ...target,
      ...{ state: 'sent', known, shown: shown || known === null, attempts: 1, deadline: at + patience.answer, words: null },
      times: { ...target.times, sent: at },
      again: patience.attempts > 1 ? at + pause : null,
    }
  }
  if (target.state === 'sent' && target.again !== null && at >= target.again && at < (target.deadline as number)) {
    const attempts = target.attempts + 1
    return { ...target, attempts, again: attempts < patience.attempts ? at + pause : null, words: null }
  }
  return target
}

function answer(target: Target, { at, done, words, within }: Extract<TargetEvent, { type: 'answer' }>): Target {
  if (target.state !== 'sent') return target
  if (!done) return ended(target, 'refused', at, 'refused-by-device', words)
  const times = { ...target.times, confirmed: at }
  if (times.seen !== null) return ended({ ...target, times, words }, 'effect-seen', at, null)
  return { ...target, state: 'confirmed', times, deadline: at + within, again: null, words }
}

/** A lost acknowledgement looks like a device that got nothing; telemetry that changed knows better. */
function undelivered(target: Target, { at, isFinal, words }: Extract<TargetEvent, { type: 'undelivered' }>): Target {
  if (target.state !== 'sent') return target
  if (!isFinal) return { ...target, words }
  if (isBorneOut(target)) return ended(target, 'effect-seen', at, null, null)
  return ended(target, 'failed', at, 'not-delivered', words)
}

/** Says why it waits. */
function unreachable(target: Target, words: Text): Target {
  if (target.state !== 'accepted' && target.state !== 'sent') return target
  return target.words?.en === words.en ? target : { ...target, words }
}

/** Whether the device had got what went out before it was gone, nobody knows: it is sent again, after what it says as it comes back. */
function reachable(target: Target, at: number): Target {
  if (!isHeldBack(target) || target.again === null) return target
  return { ...target, words: null, again: at + SETTLING }
}

/** What went out and waits, with a reason, is not sent again. */
export const isHeldBack = ({ state, words }: Target): boolean => state === 'sent' && words !== null

/** A report newer than what was known; it may overtake the answer. */
function show(target: Target, { at, reported, answers }: Extract<TargetEvent, { type: 'show' }>): Target {
  if (target.state !== 'sent' && target.state !== 'confirmed') return target
  if (target.times.seen !== null || (target.known !== null && reported <= target.known)) return target
  const seen = { ...target, times: { ...target.times, seen: at } }
  return target.state === 'confirmed' || !answers ? ended(seen, 'effect-seen', at, null, null) : seen
}

function pass(target: Target, at: number): Target {
  if (target.deadline === null || at < target.deadline) return target
  if (target.state === 'requested') return ended(target, 'expired', target.deadline, 'not-approved')
  if (target.state === 'accepted') return ended(target, 'expired', target.deadline, 'not-sent')
  if (target.state === 'confirmed') return ended(target, 'failed', target.deadline, 'no-effect')
  if (!isBorneOut(target)) return ended(target, 'failed', target.deadline, 'no-answer')
  return ended(target, 'effect-seen', target.deadline, null, null)
}

/** Telemetry that changed bears it out although the answer was lost; a lamp that burned before says nothing by burning. */
const isBorneOut = ({ times, shown }: Target): boolean => times.seen !== null && !shown

/** An answer after all is kept as a fact; that it came too late stands. */
function noteLateAnswer(target: Target, at: number, done: boolean): Target {
  if (target.problem !== 'no-answer' || target.times.confirmed !== null || !done) return target
  return { ...target, times: { ...target.times, confirmed: at } }
}
