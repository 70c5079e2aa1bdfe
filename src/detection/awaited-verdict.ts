import { seconds } from '../telemetry/duration.ts'
import { knownUntil, ruleDue } from './due.ts'
import { isOnCircuits, type Need, type Rule } from './rule.ts'
import { type Detection, facilityTime, isActive, ourTime } from './state.ts'
import { MISSED_REPORTS } from './usual-interval.ts'

const NOTHING = Number.NEGATIVE_INFINITY
/** A silent child waits so much longer than its parent's verdict, so that the parent's alarm is there to explain it. */
const AFTER_VERDICT = seconds(2)
/** A longer chain of feeders and reporters is a mistake in the plant. */
const DEEPEST = 4

/**
 * Until when (facility time) the silence of a facility that is unheard for too long since `missed` is not judged, because what may explain
 * it has not been judged yet: that what feeds it or reports for it died with it, or left it without supply or link. -Infinity when nothing
 * is awaited.
 */
export function awaitedVerdict(state: Detection, missed: number): number {
  const { feeder, reporter, facility, layout } = state
  const silence = facility.kind.rules[layout.silence]
  // What protects lives is explained by nothing.
  if (!silence?.shelvable) return NOTHING
  const verdicts = silence.needs.map((need) => verdictOn(state, need === 'supply' ? feeder : reporter, need, missed))
  return Math.max(NOTHING, ...verdicts)
}

/** Whether a chain of feeders and reporters leads from one facility to the other. */
function hangsOn(state: Detection, other: Detection, depth = 0): boolean {
  if (depth === DEEPEST) return false
  const { feeder, reporter } = state
  if (feeder === other || reporter === other) return true
  return (
    (feeder !== null && hangsOn(feeder, other, depth + 1)) ||
    (reporter !== null && reporter !== feeder && hangsOn(reporter, other, depth + 1))
  )
}

function verdictOn(child: Detection, parent: Detection | null, need: Need, missed: number): number {
  // A gateway fed by the cabinet it reports for: were each to wait for the other, nobody would ever speak.
  if (!parent || hangsOn(parent, child)) return NOTHING
  const { facility, layout } = parent
  const deprivesChild = (index: number) => deprives(facility.kind.rules[index] as Rule, need, child.facility.circuit ?? null)
  const rules = layout.depriving.filter(deprivesChild)
  if (rules.some((index) => isActive(parent, index))) return NOTHING
  const known = knownUntil(parent)
  const verdicts = rules.map((index) => {
    const isTooLate = index === layout.silence ? isHeardLater(parent, child) : isFaultLater(parent, index, ourTime(child, missed))
    const due = isTooLate ? NOTHING : ruleDue(parent, index, known)
    return Number.isFinite(due) ? facilityTime(child, due + AFTER_VERDICT) : NOTHING
  })
  return Math.max(NOTHING, ...verdicts)
}

const deprives = ({ deprives: what }: Rule, need: Need, circuit: number | null): boolean =>
  what?.of.includes(need) === true && isOnCircuits(what, circuit)

/** It was heard after the child should have been: it lives, and the child is silent on its own. */
function isHeardLater(parent: Detection, child: Detection): boolean {
  const rated = (child.settings[child.layout.silence]?.parameters.period ?? 0) / MISSED_REPORTS
  const interval = Math.max(rated, child.usualInterval || 0)
  return parent.lastReceived - child.lastReceived > interval && Number.isNaN(parent.offlineSince)
}

/** A fault that began when the child was missing already does not explain it. */
function isFaultLater(parent: Detection, index: number, missed: number): boolean {
  const { values, layout, lastReceived, lastReport } = parent
  return lastReceived + ((values[layout.trueFrom + index] as number) - lastReport) > missed
}
