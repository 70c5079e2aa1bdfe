import { useState } from 'preact/hooks'
import { approvalReasons } from '../../../../src/control/approval.ts'
import type { ArmedPlanView, PlanEffectsView, PlanView } from '../../../../src/edges/http/emergency-schemas.ts'
import { QueryHelp } from '../facility/query-help.tsx'
import { formatDuration, formatNumber } from '../format.ts'
import { kinds, serverNow } from '../live/live.ts'
import { say, t } from '../settings.ts'
import { Dialog, ReasonField } from '../shell/dialog.tsx'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { em } from '../texts/emergency.ts'
import { activatePlan, armPlan } from './emergency-api.ts'
import { planName } from './plan-words.ts'

interface ActivateProps {
  plan: PlanView
  drill: boolean
  onClose: () => void
}

/** Two steps: what it would do, then that it is meant. */
export function ActivateDialog({ plan, drill, onClose }: ActivateProps) {
  const [armed, arm] = useState<ArmedPlanView | null>(null)
  const [area, setArea] = useState(plan.area)
  const title = (drill ? em().drillTitle : em().armTitle)(planName(plan))
  if (!armed) {
    const look = async (form: FormData) => {
      await act(async () => arm(await armPlan(plan.id, { area, drill, reason: String(form.get('reason')) })))
      return false
    }
    return (
      <Dialog key="ask" title={title} confirm={em().arm} onConfirm={look} onClose={onClose}>
        {drill && <p>{em().isDrillField}</p>}
        <label class="field">
          {em().areaPart}
          <textarea
            required
            maxLength={2000}
            rows={2}
            spellcheck={false}
            value={area}
            onInput={({ currentTarget }) => setArea(currentTarget.value)}
          />
        </label>
        <QueryHelp onChoose={setArea} />
        <ReasonField label={em().reason} />
      </Dialog>
    )
  }
  const left = armed.until - serverNow.value
  const activate = async () => {
    let made = 0
    const done = await act(async () => {
      made = (await activatePlan(armed.token)).id
    }, em().activated)
    if (done) navigate(`/emergency-plans/activations/${made}`)
    // The token is used up, whatever came of it.
    else arm(null)
    return done
  }
  return (
    <Dialog
      key="confirm"
      title={title}
      {...(left > 0 && { confirm: drill ? em().confirmDrill : em().confirmActivate, onConfirm: activate })}
      onClose={onClose}
    >
      <p class="request">{drill ? em().wouldDrill : em().wouldDo}</p>
      <Effects effects={armed.effects} />
      <p class="muted" role="timer">
        {left > 0 ? em().goodFor(formatDuration(left)) : em().expired}{' '}
        <button type="button" class="button" onClick={() => arm(null)}>
          {em().arm}
        </button>
      </p>
    </Dialog>
  )
}

function Effects({ effects }: { effects: PlanEffectsView }) {
  const { facilities, byKind, alarms, orders, lights, secondPerson, rounds, dutyAdded, dutyGone, told, toCall, items, overlaps, problems } =
    effects
  const kindWords = ({ kind, count }: { kind: string; count: number }) => {
    const title = kinds.value.get(kind)?.title
    return `${formatNumber(count)} ${title ? say(title) : kind}`
  }
  const list = (names: readonly string[]) => names.join(', ') || em().none
  const lines: readonly (readonly [string, string | null])[] = [
    [em().effect.facilities, `${formatNumber(facilities)}${byKind.length > 0 ? `: ${byKind.map(kindWords).join(', ')}` : ''}`],
    [em().effect.alarms, list(alarms.map(({ from, to, count }) => em().raised(count, t().priorities[from], t().priorities[to])))],
    [em().effect.orders, orders === null ? null : formatNumber(orders)],
    [em().effect.lights, lights === null ? null : formatNumber(lights)],
    [em().effect.rounds, rounds === null ? null : formatNumber(rounds)],
    [em().effect.added, dutyAdded.length > 0 ? list(dutyAdded) : null],
    [em().effect.gone, dutyGone.length > 0 ? list(dutyGone) : null],
    [em().effect.told, list(told)],
    [em().effect.toCall, list(toCall)],
    [em().effect.items, formatNumber(items)],
    [
      em().effect.overlaps,
      overlaps.length > 0 ? list(overlaps.map(({ name, drill }) => (drill ? `${name} (${em().isDrill})` : name))) : null,
    ],
  ]
  return (
    <div class="emergency-effects">
      <dl class="facts">
        {lines.map(
          ([name, value]) =>
            value !== null && (
              <>
                <dt key={name}>{name}</dt>
                <dd>{value}</dd>
              </>
            ),
        )}
      </dl>
      {secondPerson.length > 0 && (
        <p class="request">
          {em().lightNeedsSecond} {secondPerson.map((reason) => say(approvalReasons[reason])).join(' · ')}
        </p>
      )}
      {problems.length > 0 && (
        <div role="alert">
          <ul class="problem">
            {problems.map((problem) => (
              <li key={problem}>
                {em().effect.problems}: {problem}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}
