import type { RoundPlanView } from '../../../../src/edges/http/round-schemas.ts'
import { companies } from '../../../../src/operations/company.ts'
import { roundKinds } from '../../../../src/operations/round-plan.ts'
import { planName } from '../emergency/plan-words.ts'
import { formatNumber } from '../format.ts'
import { emergencies } from '../live/live.ts'
import { formatMinuteOfDay } from '../rules/time-of-day.ts'
import { language, say } from '../settings.ts'
import { may } from '../shell/access.ts'
import { Awaited } from '../shell/awaited.tsx'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { rd } from '../texts/rounds.ts'
import { getPlans } from './rounds-api.ts'
import { useRoundAnswer } from './use-rounds.ts'

/** What is walked, by whom and when. */
export function PlansPage() {
  const { answer, problem } = useRoundAnswer(getPlans, '', () => [])
  return (
    <>
      {may('round.manage') && (
        <div class="list-bar">
          <span class="grow" />
          <a class="button primary" href="/rounds/plans/new">
            {rd().newPlan}
          </a>
        </div>
      )}
      <Awaited isThere={answer !== null} problem={problem} />
      {answer?.tightenings.map(({ plan, factor }) => (
        <p key={plan} class="panel" role="status">
          <a href={`/emergency-plans/activations/${encodeURIComponent(plan)}`}>{nameOfActive(plan)}</a>{' '}
          {rd().tightened(formatNumber(factor))}
        </p>
      ))}
      {answer && (
        <section class="panel">
          {answer.items.length === 0 ? (
            <p>{rd().noPlans}</p>
          ) : (
            <ScrollTable label={rd().views.plans} titles={rd().planColumns}>
              {answer.items.map((plan) => (
                <Row key={plan.id} plan={plan} />
              ))}
            </ScrollTable>
          )}
        </section>
      )}
    </>
  )
}

/** Its number, where it is not active for who looks. */
const nameOfActive = (plan: string): string => {
  const active = emergencies.value.find(({ id }) => String(id) === plan)
  return active ? planName(active) : plan
}

function Row({ plan }: { plan: RoundPlanView }) {
  const { id, name, nameEn, kind, company, windows, weekdays, stopCount, crew, today, disabled } = plan
  const [first, last] = [windows[0], windows.at(-1)]
  const path = `/rounds/plans/${encodeURIComponent(id)}`
  return (
    <tr>
      <th scope="row">
        {(language.value === 'en' && nameEn) || name} {disabled && <span class="tag">{rd().disabled}</span>}
      </th>
      <td>{say(roundKinds[kind])}</td>
      <td>{say(companies[company])}</td>
      <td>
        {rd().perDay(formatNumber(windows.length))}
        {first && last && ` · ${formatMinuteOfDay(first.from)} – ${formatMinuteOfDay(last.to)}`}
        {weekdays.length < 7 && ` · ${weekdays.map((day) => rd().weekdays[day - 1]).join(' ')}`}
      </td>
      <td>{formatNumber(stopCount)}</td>
      <td>{crew ?? <span class="muted">{rd().anybody}</span>}</td>
      <td class="nowrap">{rd().today(formatNumber(today.done), formatNumber(today.planned))}</td>
      <td class="nowrap">
        {may('round.manage') && (
          <span class="together">
            <a href={`${path}/edit`}>{rd().edit}</a> <a href={`${path}/labels`}>{rd().labels}</a>
          </span>
        )}
      </td>
    </tr>
  )
}
