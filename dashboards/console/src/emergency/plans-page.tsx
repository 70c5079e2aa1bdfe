import { useState } from 'preact/hooks'
import type { PlanView } from '../../../../src/edges/http/emergency-schemas.ts'
import { formatDateTime, formatFull } from '../format.ts'
import { emergencies, link } from '../live/live.ts'
import { getProgrammes } from '../programmes/programmes-api.ts'
import { useProgrammeAnswer } from '../programmes/use-programmes.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { useKeys } from '../shell/keys.ts'
import { act } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { TableHead } from '../shell/table-head.tsx'
import { useAnswer } from '../shell/use-answer.ts'
import { em } from '../texts/emergency.ts'
import { ActivateDialog } from './activate-dialog.tsx'
import { getActivations, getPlans, removePlan } from './emergency-api.ts'
import { kindWords, planDoes, planName } from './plan-words.ts'

/** What is active, what is ready, and what was. */
export function PlansPage() {
  useKeys({ Escape: () => navigate('/') })
  const active = emergencies.value
  const key = `${active.map(({ id }) => id)} ${link.value === 'disconnected'}`
  const plans = useAnswer(getPlans, key)
  const history = useAnswer(() => getActivations(), key)
  return (
    <>
      <section class="panel">
        <h1>{em().title}</h1>
        <h2>{em().activeNow}</h2>
        {active.length === 0 && <p class="muted">{em().nothingActive}</p>}
        {active.map((one) => (
          <div key={one.id} class={one.drill ? 'emergency-card drill' : 'emergency-card'}>
            {one.drill && <span class="tag">{em().isDrill}</span>}
            <a href={`/emergency-plans/activations/${one.id}`}>
              <b>{planName(one)}</b>
            </a>
            <span>{em().since(formatDateTime(one.at), one.by)}</span>
            <span>{one.reason}</span>
            <span class="muted">
              {[
                one.items > 0 && em().progress(one.done, one.items),
                one.late > 0 && em().lateCount(one.late),
                one.calls > one.reached && em().callsLeft(one.calls - one.reached),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </div>
        ))}
      </section>
      <section class="panel">
        <div class="list-bar">
          <h2>{em().plans}</h2>
          <span class="grow" />
          {may('plan.edit') && (
            <a class="button" href="/emergency-plans/new">
              {em().newPlan}
            </a>
          )}
        </div>
        <Awaited isThere={plans.answer !== null} problem={plans.problem} />
        {plans.answer && <Plans plans={plans.answer.items} again={plans.again} />}
      </section>
      <section class="panel">
        <h2>{em().history}</h2>
        <Awaited isThere={history.answer !== null} problem={history.problem} />
        {history.answer?.items.every(({ ended }) => ended === null) && <p class="muted">{em().noHistory}</p>}
        {history.answer?.items.some(({ ended }) => ended !== null) && (
          <table class="grid-table">
            <TableHead titles={em().historyColumns} />
            <tbody>
              {history.answer.items.flatMap(({ ended, ...one }) =>
                ended === null ? (
                  []
                ) : (
                  <tr key={one.id}>
                    <td>
                      <a href={`/emergency-plans/activations/${one.id}`}>{planName(one)}</a>{' '}
                      {one.drill && <span class="tag">{em().isDrill}</span>}
                    </td>
                    <td>{formatFull(one.at)}</td>
                    <td>{formatFull(ended.at)}</td>
                    <td>{one.reason}</td>
                    <td>{one.by}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        )}
      </section>
    </>
  )
}

function Plans({ plans, again }: { plans: readonly PlanView[]; again: () => void }) {
  const [asking, ask] = useState<{ plan: PlanView; what: 'activate' | 'drill' | 'remove' } | null>(null)
  const { answer: programmes } = useProgrammeAnswer(getProgrammes, 'programmes')
  const isOff = link.value === 'disconnected'
  if (plans.length === 0) return <p class="muted">{em().noPlans}</p>
  return (
    <>
      <div class="sideways">
        <table class="grid-table">
          <thead>
            <tr>
              {em().columns.map((column, i) => (
                <th key={i} scope="col">
                  {column || <span class="unseen">{em().activate}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {plans.map((plan) => (
              <tr key={plan.id}>
                <td>
                  <b>{planName(plan)}</b>
                </td>
                <td class="short">{kindWords(plan)}</td>
                <td>
                  <code>{plan.area}</code>
                </td>
                <td>{planDoes(plan, programmes?.items)}</td>
                <td class="short">{em().items(plan.checklist.length)}</td>
                <td>
                  <div class="buttons">
                    {may('plan.activate') && (
                      <>
                        <button type="button" class="button primary" aria-disabled={isOff} onClick={() => ask({ plan, what: 'activate' })}>
                          {em().activate}…<span class="unseen"> {planName(plan)}</span>
                        </button>
                        <button type="button" class="button" aria-disabled={isOff} onClick={() => ask({ plan, what: 'drill' })}>
                          {em().drill}…<span class="unseen"> {planName(plan)}</span>
                        </button>
                      </>
                    )}
                    {may('plan.edit') && (
                      <>
                        <a class="button" href={`/emergency-plans/${encodeURIComponent(plan.id)}/edit`}>
                          {em().edit}
                          <span class="unseen"> {planName(plan)}</span>
                        </a>
                        <button type="button" class="button" aria-disabled={isOff} onClick={() => ask({ plan, what: 'remove' })}>
                          {em().remove}…<span class="unseen"> {planName(plan)}</span>
                        </button>
                      </>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asking?.what === 'remove' && (
        <Dialog
          title={em().removePlan(planName(asking.plan))}
          confirm={em().remove}
          onConfirm={async () => {
            const done = await act(() => removePlan(asking.plan.id))
            if (done) again()
            return done
          }}
          onClose={() => ask(null)}
        >
          {null}
        </Dialog>
      )}
      {asking && asking.what !== 'remove' && (
        <ActivateDialog plan={asking.plan} drill={asking.what === 'drill'} onClose={() => ask(null)} />
      )}
    </>
  )
}
