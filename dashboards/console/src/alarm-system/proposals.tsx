import { useState } from 'preact/hooks'
import type { OverrideView } from '../../../../src/edges/http/rule-schemas.ts'
import type { RuleView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { kinds } from '../live/live.ts'
import { inForceOf, usualOf } from '../rules/in-force.ts'
import { OverrideDialog, type ScopeChoice } from '../rules/override-dialog.tsx'
import { getOverridesOf, getRules } from '../rules/rules-api.ts'
import { say, t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { act, explain, tell } from '../shell/notice.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { s } from '../texts/alarm-system.ts'
import { type FloodReviewView, getReview, makeReview, type Proposal, stopReview } from './alarm-system-api.ts'

const ASK_EVERY = 2000

const isUnderWay = ({ state }: FloodReviewView) => state === 'waiting' || state === 'running'

/** Longer delays and larger deadbands that would have kept some of the flood away, each already tried out on the past. */
export function Proposals({ flood }: { flood: number }) {
  const {
    answer: review,
    problem,
    again,
  } = useAnswer(
    () => getReview(flood),
    `${flood}`,
    (review) => (review && isUnderWay(review) ? ASK_EVERY : null),
  )
  const run = (action: (flood: number) => Promise<unknown>) => () => void act(() => action(flood)).then(again)
  if (problem) return <p class="problem">{problem}</p>
  if (!review) return null
  const { state, share, reason, review: found } = review
  return (
    <section class="panel proposals">
      <h2>{s().proposals}</h2>
      <div role="status">
        {state !== 'done' && (
          <p class="muted">
            {s().reviewStates[state]} {state === 'running' && `${formatNumber(share * 100)} %`} {reason}
          </p>
        )}
      </div>
      {found?.proposals.length === 0 && <p class="muted">{s().noProposals}</p>}
      <ul>
        {found?.proposals.map((one) => (
          <ProposalLine key={`${one.facility} ${one.rule} ${one.because}`} proposal={one} />
        ))}
      </ul>
      <div class="buttons">
        {may('backtest.run') && isUnderWay(review) && (
          <button type="button" class="button" onClick={run(stopReview)}>
            {t().cancel}
          </button>
        )}
        {may('backtest.run') && (state === 'failed' || state === 'cancelled') && (
          <button type="button" class="button" onClick={run(makeReview)}>
            {s().tryAgain}
          </button>
        )}
      </div>
    </section>
  )
}

function ProposalLine({ proposal }: { proposal: Proposal }) {
  const { kind: kindKey, facility, rule: ruleKey, because, alarms, such, now, override, backtest, problem } = proposal
  const [asked, ask] = useState<ScopeChoice | null>(null)
  const kind = kinds.value.get(kindKey)
  const rule = kind?.rules.find(({ key }) => key === ruleKey)
  const unit = kind?.points.find(({ key }) => key === rule?.points[0])?.unit ?? ''
  const changes = override.changes as OverrideView['changes']
  const scope = facility ?? (kind ? say(kind.title) : kindKey)
  const apply = async () => {
    if (!rule) return
    try {
      ask(await askedOf(proposal, rule, scope))
    } catch (failure) {
      tell(explain(failure), true)
    }
  }
  return (
    <li>
      <b>
        {scope} · {rule ? say(rule.title) : ruleKey}
      </b>
      <div>
        {s().because[because](formatNumber(such), formatNumber(alarms))}{' '}
        {changes.onDelay !== undefined &&
          changes.onDelay !== now.onDelay &&
          s().longerOnDelay(formatDuration(now.onDelay), formatDuration(changes.onDelay))}
        {changes.offDelay !== undefined &&
          changes.offDelay !== now.offDelay &&
          s().longerOffDelay(formatDuration(now.offDelay), formatDuration(changes.offDelay))}
        {because === 'near-limit' && s().largerDeadband(String(now.deadband), String(changes.parameters?.deadband), unit)}
      </div>
      {backtest && (
        <div>
          {s().tried(formatDuration(backtest.to - backtest.from), formatNumber(backtest.before), formatNumber(backtest.after))}{' '}
          {s().savedOnes(formatNumber(backtest.saved))}, <b>{s().lostOnes(formatNumber(backtest.lost))}</b>,{' '}
          {s().laterOnes(formatNumber(backtest.later))}
          {backtest.laterBy?.median != null && ` ${s().laterBy(formatDuration(backtest.laterBy.median))}`}
        </div>
      )}
      {problem && <div class="muted">{problem}</div>}
      {may('rule.edit') && kind && rule && (
        <button type="button" class="button" onClick={() => void apply()}>
          {s().apply}…
        </button>
      )}
      {asked && kind && rule && (
        <OverrideDialog kind={kind} rule={rule} choices={[asked]} proposed={changes} onDone={() => undefined} onClose={() => ask(null)} />
      )}
    </li>
  )
}

/** What the ordinary dialog wants to know: what is in force, and what was changed in the same place before. */
async function askedOf({ kind, facility, now, override }: Proposal, rule: RuleView, title: string): Promise<ScopeChoice> {
  const { items } = await getOverridesOf(kind, rule.key)
  const known = items.find((one) => one.facility === facility && one.group === null)
  const effective = facility === null ? undefined : (await getRules(facility)).rules.find((one) => one.rule === rule.key)
  const inForce = effective ? inForceOf(effective) : usualOf(rule)
  return { scope: override.scope, title, known, inForce: { ...inForce, onDelay: now.onDelay, offDelay: now.offDelay } }
}
