import type { Activation } from '../alarms/activation.ts'
import type { AlarmChange } from '../alarms/alarm-difference.ts'
import { proposeDeadband } from '../alarms/deadband-proposal.ts'
import { type Break, proposeDelay, type RuleActivity, type RuleProposal } from '../alarms/delay-proposal.ts'
import type { StoredFlood } from '../alarms/flood-log.ts'
import type { ProposalBacktest, ReviewProposal } from '../alarms/flood-review.ts'
import type { Rule, RuleSetting } from '../detection/rule.ts'
import { changeProblems } from '../facilities/change-problems.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { descriptionOf, type Facility, type Plant } from '../facilities/plant.ts'
import type { RuleBook } from '../facilities/rule-book.ts'
import { proposeRules } from '../facilities/rule-proposal.ts'
import type { RuleChanges, RuleScope } from '../facilities/rule-settings.ts'
import type { TelemetryStore } from '../storage/telemetry-store.ts'
import { days, hours, minutes } from '../telemetry/duration.ts'
import type { BacktestProgress, BacktestResult } from './backtest.ts'
import type { BacktestOrder } from './backtest-order.ts'
import { breakDepths } from './break-depths.ts'
import { withCauses } from './with-causes.ts'

export interface ProposalParts {
  kinds: ReadonlyMap<string, FacilityKind>
  plant: Plant
  rules: RuleBook
  telemetry: Pick<TelemetryStore, 'range'>
  /** Plays stored history; rejects with the reason of `signal` when that aborts. */
  backtest: (order: ReviewOrder, signal: AbortSignal, onProgress: (progress: BacktestProgress) => void) => Promise<BacktestResult>
}

/** What is played, but for what is the same for all. */
export type ReviewOrder = Omit<BacktestOrder, 'timeZone' | 'lighting' | 'floods' | 'journalFolder' | 'limits' | 'remote'> & {
  stored: { from: number; to: number }
}

export interface WorstRule extends RuleActivity {
  /** Kind and rule. */
  rule: string
  sources: ReadonlyMap<string, number>
  /** The last breaks of its alarms. */
  newest: readonly Break[]
}

const MOST_PROPOSALS = 5
/** A change is for one facility when it gave so great a share of the alarms. */
const ONE_SOURCE = 0.8
/** Facilities of which a change is tried out, those with the most alarms. */
const MOST_SUBJECTS = 200
/** Reports played for one proposal, about: a change is tried out on as much of the time before the flood as there is room for. */
const REPORTS = 400_000
const LONGEST_BEFORE = days(2)
const LONGEST_LEAD = days(1)
/** After the flood, so that alarms which come later under the proposal are seen. */
const AFTER = hours(1)
const SHORT = minutes(2)

/** Longer delays or larger deadbands for the worst rules of a flood, each tried out on the stored history around it. Throws the reason of `signal`. */
export async function reviewProposals(
  flood: StoredFlood,
  worst: readonly WorstRule[],
  parts: ProposalParts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<ReviewProposal[]> {
  const drafts: Draft[] = []
  for (const rule of worst) {
    const draft = drafts.length < MOST_PROPOSALS ? await draftOf(rule, parts, signal) : null
    if (draft) drafts.push(draft)
  }
  const proposals: ReviewProposal[] = []
  for (const [i, { proposal, subjects }] of drafts.entries()) {
    signal.throwIfAborted()
    const told = (share: number) => onProgress((i + share) / drafts.length)
    proposals.push({ ...proposal, ...(await tryOut(flood, proposal, subjects, parts, signal, told)) })
  }
  return proposals
}

interface Draft {
  proposal: Omit<ReviewProposal, 'backtest' | 'problem'>
  subjects: Facility[]
}

async function draftOf(worst: WorstRule, parts: ProposalParts, signal: AbortSignal): Promise<Draft | null> {
  const { kinds, plant, rules } = parts
  const [kindKey = '', key = ''] = worst.rule.split('/')
  const kind = kinds.get(kindKey)
  const index = kind?.rules.findIndex((rule) => rule.key === key) ?? -1
  const rule = kind?.rules[index]
  const subjects = [...worst.sources]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .flatMap(([id, alarms]) => {
      const facility = plant.get(id)
      return facility ? [{ facility, alarms }] : []
    })
  const [first] = subjects
  if (!kind || !rule || !first) return null
  const setting = rules.settingsOf(first.facility)[index]
  if (!setting?.enabled) return null
  const found = await proposalOf(worst, kind, rule, setting, parts, signal)
  if (!found) return null
  const facility = first.alarms >= ONE_SOURCE * worst.alarms ? first.facility.id : null
  const changes = withKnown({ kind: kindKey, group: null, facility }, key, found.changes, rules)
  if (changeProblems(kind, key, changes).length > 0) return null
  const { onDelay, offDelay, parameters } = setting
  const now = { onDelay, offDelay, deadband: parameters.deadband ?? null }
  const override = { scope: facility === null ? { kind: kindKey } : { facility }, rule: key, changes: { ...changes } }
  return {
    proposal: { ...found, kind: kindKey, facility, rule: key, now, override },
    subjects: (facility === null ? subjects.slice(0, MOST_SUBJECTS) : subjects.slice(0, 1)).map((each) => each.facility),
  }
}

/** The delay or the deadband, whichever would have taken more away. */
async function proposalOf(
  { newest, ...activity }: WorstRule,
  kind: FacilityKind,
  rule: Rule,
  { onDelay, offDelay, parameters, texts }: RuleSetting,
  { telemetry }: ProposalParts,
  signal: AbortSignal,
): Promise<RuleProposal | null> {
  const protectsLives = !rule.shelvable
  const delay = proposeDelay(activity, { onDelay, offDelay, timeToAct: minutes(texts.timeToAct), protectsLives })
  const { high, low, deadband } = parameters
  const index = rule.points[0] as number
  const point = kind.table.points[index]
  const isOneSided = (high === undefined) !== (low === undefined)
  if (rule.type !== 'limit' || deadband === undefined || !isOneSided || !point || !('plausible' in point) || !point.plausible) return delay
  const [least, greatest] = point.plausible
  const depths = await breakDepths(newest, kind, kind.table.keys[index] as string, { high, low }, telemetry, signal)
  const band = proposeDeadband(depths, activity, { deadband, range: greatest - least, protectsLives })
  return band && (!delay || band.covered > delay.covered) ? band : delay
}

/** There is one override per scope and rule, so it takes along what was changed there before. */
function withKnown(scope: RuleScope, rule: string, changes: RuleProposal['changes'], { overrides }: RuleBook): RuleChanges {
  const known = overrides.find(
    (each) => each.kind === scope.kind && each.group === null && each.facility === scope.facility && each.rule === rule,
  )
  if (!known) return changes
  const parameters = { ...known.changes.parameters, ...('parameters' in changes && changes.parameters) }
  return { ...known.changes, ...changes, ...(Object.keys(parameters).length > 0 && { parameters }) }
}

async function tryOut(
  flood: StoredFlood,
  { kind, facility, rule, override }: Draft['proposal'],
  subjects: readonly Facility[],
  { kinds, plant, rules, backtest }: ProposalParts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Pick<ReviewProposal, 'backtest' | 'problem'>> {
  const before = { groups: rules.groups, overrides: rules.overrides }
  const room = (REPORTS * (kinds.get(kind)?.simulation.period ?? minutes(1))) / subjects.length
  const from = flood.started - Math.min(LONGEST_BEFORE, room / 2)
  const lead = Math.min(LONGEST_LEAD, room / 2)
  const to = (flood.ended ?? flood.peakAt) + AFTER
  try {
    const order = {
      facilities: withCauses(subjects, plant).map(descriptionOf),
      subjects: subjects.map(({ id }) => id),
      before,
      after: proposeRules(before, [{ kind, group: null, facility, rule, changes: override.changes }], kinds),
      window: { from, to },
      lead,
      stored: { from: from - lead, to },
    }
    const result = await backtest(order, signal, ({ share }) => onProgress(share))
    return { backtest: figuresOf(result, kind, rule), problem: null }
  } catch (error) {
    signal.throwIfAborted()
    return { backtest: null, problem: error instanceof Error ? error.message : String(error) }
  }
}

function figuresOf({ window, facilities, readings, difference }: BacktestResult, kind: string, rule: string): ProposalBacktest {
  const { counts, changes, byRule } = difference
  const own = byRule.find((each) => each.kind === kind && each.rule === rule)
  const lost = changes.filter(({ type }) => type === 'lost').map(({ before }) => before as Activation)
  const later = changes
    .flatMap(({ shifts, before, after }) => (shifts.includes('later') && before && after ? [after.started - before.started] : []))
    .sort((a, b) => a - b)
  const stands = standingOf(changes)
  const saved = lost.filter((each) => isPassing(each) || stands(each)).length
  return {
    ...window,
    facilities,
    readings,
    before: own?.before ?? 0,
    after: own?.after ?? 0,
    saved,
    lost: lost.length - saved,
    added: counts.added,
    later: counts.later,
    laterBy: later.length > 0 ? { median: later[Math.floor(later.length / 2)] as number, most: later.at(-1) as number } : null,
  }
}

const isPassing = ({ started, ended }: Activation) => ended !== null && ended - started <= SHORT

/** Whether an alarm that lasts longer under the proposal stood when another one of the same fault would have come. */
function standingOf(changes: readonly AlarmChange[]): (lost: Activation) => boolean {
  const longer = new Map<string, Activation[]>()
  for (const { shifts, after } of changes) {
    if (!after || after.toldAt === null || !shifts.includes('longer')) continue
    const source = `${after.facility}/${after.rule}`
    longer.set(source, [...(longer.get(source) ?? []), after])
  }
  return ({ facility, rule, started }) =>
    (longer.get(`${facility}/${rule}`) ?? []).some((stood) => stood.started <= started && (stood.ended === null || stood.ended >= started))
}
