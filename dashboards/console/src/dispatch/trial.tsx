import { type Priority, priorities } from '../../../../src/detection/rule.ts'
import { orderClasses } from '../../../../src/dispatch/order.ts'
import type { Route } from '../../../../src/dispatch/route.ts'
import { hindrances } from '../../../../src/dispatch/route.ts'
import type { PolicyPreviewView, RosterView } from '../../../../src/edges/http/roster-schemas.ts'
import type { ImaginedFault } from '../../../../src/edges/roster.ts'
import { cityOffset } from '../city-time.ts'
import { formatFull } from '../format.ts'
import { facilityById, kinds, serverNow } from '../live/live.ts'
import { FacilitySearch } from '../plots/facility-search.tsx'
import { say, t } from '../settings.ts'
import { query, setQueries } from '../shell/router.ts'
import { ScrollTable } from '../shell/scroll-table.tsx'
import { dp } from '../texts/dispatch.ts'
import { wallText, wallTime } from '../time/wall-time.ts'
import { routeName } from './policy-words.ts'

const MINUTE = 60_000

/** The fault that the address describes; null where it names no facility. */
export function imaginedFault(): ImaginedFault | null {
  const facility = query.value.get('facility')
  if (!facility) return null
  const priority = priorities.find((one) => one === query.value.get('priority')) ?? ('high' satisfies Priority)
  return { facility, priority, rule: query.value.get('rule') ?? '', at: momentOf() }
}

/** A minute is as close as anybody imagines. */
const momentOf = (): number => Number(query.value.get('at')) || Math.floor(serverNow.value / MINUTE) * MINUTE

interface TrialProps {
  routes: readonly Route[]
  roster: RosterView
  preview: PolicyPreviewView | null
}

/** A fault that somebody imagines, and who would be asked in which order. */
export function Trial({ routes, roster, preview }: TrialProps) {
  const fault = imaginedFault()
  const facility = fault ? facilityById.value.get(fault.facility) : undefined
  const kind = facility && kinds.value.get(facility.kind)
  return (
    <>
      <p class="muted">{dp().tryAbout}</p>
      <div class="list-bar">
        <FacilitySearch choose={(id) => setQueries({ facility: id, rule: null })} off={false} label={dp().facility} />
        <label class="together">
          {dp().priority}
          <select value={fault?.priority ?? 'high'} onChange={({ currentTarget }) => setQueries({ priority: currentTarget.value })}>
            {priorities.map((one) => (
              <option key={one} value={one}>
                {t().priorities[one]}
              </option>
            ))}
          </select>
        </label>
        {kind && (
          <label class="together">
            {dp().rule}
            <select value={fault?.rule ?? ''} onChange={({ currentTarget }) => setQueries({ rule: currentTarget.value || null })}>
              <option value="">{dp().anyRule}</option>
              {kind.rules.map(({ key, title }) => (
                <option key={key} value={key}>
                  {say(title)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="together">
          {dp().moment}
          <input
            type="datetime-local"
            value={wallText(momentOf(), cityOffset())}
            onChange={({ currentTarget }) => {
              const at = wallTime(currentTarget.value, cityOffset())
              if (at !== null) setQueries({ at: String(at) })
            }}
          />
        </label>
        <button type="button" class="button" onClick={() => setQueries({ at: null })}>
          {dp().now}
        </button>
      </div>
      {!fault && <p>{dp().noFacility}</p>}
      {fault && (
        <p>
          <b>{dp().chosen(facility ? `${facility.name || facility.id} · ${facility.district}` : fault.facility)}</b>
        </p>
      )}
      {preview?.trial && <Outcome trial={preview.trial} routes={routes} roster={roster} />}
    </>
  )
}

function Outcome({
  trial,
  routes,
  roster,
}: {
  trial: NonNullable<PolicyPreviewView['trial']>
  routes: readonly Route[]
  roster: RosterView
}) {
  const route = trial.route === null ? undefined : routes[trial.route]
  const crewName = (id: string) => roster.crews.find((crew) => crew.id === id)?.name ?? id
  if (!route) return <p role="status">{dp().goesNowhere}</p>
  const { order } = trial
  if (!order) {
    return (
      <p role="status">
        {dp().goes(routeName(route))}
        {dp().gap}
        {dp().noOrder}
      </p>
    )
  }
  return (
    <div role="status">
      <p>
        {[
          dp().goes(routeName(route)),
          dp().orderOf(say(orderClasses[order.class])),
          dp().deadlines(formatFull(order.arriveBy), formatFull(order.repairBy)),
        ].join(dp().gap)}
      </p>
      {trial.quietUntil !== null && <p>{dp().quietUntil(formatFull(trial.quietUntil))}</p>}
      <ScrollTable label={dp().chain} titles={dp().trialColumns}>
        {order.steps.map(({ step, at, until, crews, passed, others }) => (
          <tr key={at}>
            <th scope="row" class="nowrap">
              {formatFull(at)}
              <div class="muted small">{dp().untilTime(formatFull(until))}</div>
            </th>
            <td>
              {passed.length > 0 && <div class="muted">{dp().passed(passed.map((place) => place + 1).join(', '))}</div>}
              {step >= route.chain.length && dp().again}
              {step < route.chain.length && crews.length === 0 && dp().desk}
              {crews.map(({ crew, people }) => (
                <div key={crew}>
                  <b>{crewName(crew)}</b> {people.map(({ name }) => name).join(', ')}
                </div>
              ))}
            </td>
            <td>
              {(crews.length > 0 || passed.length > 0) &&
                others.map(({ crew, why }) => <div key={crew}>{dp().why(crewName(crew), say(hindrances[why]))}</div>)}
            </td>
          </tr>
        ))}
      </ScrollTable>
    </div>
  )
}
