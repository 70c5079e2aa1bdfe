import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { facilities, facilityById, serverNow, view } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import { say, t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { StateSymbol } from '../symbols.tsx'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { withTime } from '../time/shown-window.ts'
import { nameOf } from './field-names.ts'
import { skewOf } from './freshness.ts'
import { neighbourOf } from './list-memory.ts'
import { ModeChange } from './mode-change.tsx'
import { latestOf } from './use-facility.ts'

/** Near enough to see its street. */
const ZOOM = 17

/** Its state as it came live, else as the server told it with the rest. */
export function stateOfDetail({ facility, state }: FacilityDetail) {
  const known = facilityById.value.get(facility.id)
  return (known && stateCodes[view.value?.states[known.number] ?? 0]) ?? state
}

export const pathOf = (id: string): string => `/facilities/${encodeURIComponent(id)}`

/** The one before or after in the list it was opened from, else of its kind. */
export const neighbour = (id: string, kind: string | undefined, step: 1 | -1): string | undefined =>
  neighbourOf(id, step, () => facilities.value.filter((one) => one.kind === kind).map((one) => one.id))

interface HeadProps {
  detail: FacilityDetail
  kind: KindView
  oldAfter: number | null
  again: () => void
}

/** What it is, how it is, and how old that is. */
export function FacilityHead({ detail, kind, oldAfter, again }: HeadProps) {
  const { facility } = detail
  const state = stateOfDetail(detail)
  const skew = skewOf(detail)
  const newest = Math.max(...[...latestOf(detail).values()].map(({ at }) => at), detail.lastReport ?? 0)
  const age = newest > 0 ? serverNow.value - newest + skew : null
  const where = [say(kind.title), facility.district, facility.road].filter(Boolean).join(' · ')
  return (
    <section class="panel facility-head">
      <h1>
        <StateSymbol state={state} size={26} />
        {facility.id}
        {nameOf(facility) !== facility.id && <span class="name">{nameOf(facility)}</span>}
      </h1>
      <p class="muted">{where}</p>
      <dl class="line">
        <dt>{p().state}</dt>
        <dd>{t().facilityStates[state]}</dd>
        <dt>{t().mode}</dt>
        <dd>{t().modes[facility.mode]}</dd>
        <dt>{p().lastReport}</dt>
        <dd>
          {age === null ? p().neverReported : f().ago(formatDuration(age))}
          {age !== null && oldAfter !== null && age > oldAfter && <strong class="tag"> {p().oldValue}</strong>}
        </dd>
        {skew !== 0 && (
          <>
            <dt>{p().clockAhead}</dt>
            <dd>
              <strong class="tag skew">{formatNumber(skew / 1000, 0)} s</strong>
            </dd>
          </>
        )}
        {facility.fedBy && (
          <>
            <dt>{p().fields.fedBy}</dt>
            <dd>
              <a href={pathOf(facility.fedBy)}>{facility.fedBy}</a>
            </dd>
          </>
        )}
      </dl>
      <span class="grow" />
      <ModeChange facility={facility} onChanged={again} />
    </section>
  )
}

/** The ways to what else tells of it. */
export function Ways({ facility, kind }: { facility: FacilityDetail['facility']; kind: KindView }) {
  return (
    <nav class="ways" aria-label={f().ways}>
      <Step id={facility.id} kind={kind.key} step={-1} />
      <Step id={facility.id} kind={kind.key} step={1} />
      {facility.position && (
        <a href={`/map?at=${facility.position[1].toFixed(5)},${facility.position[0].toFixed(5)},${ZOOM}`}>{f().onMap}</a>
      )}
      <a href={`/alarms?facility=${encodeURIComponent(facility.id)}`}>{f().itsAlarms}</a>
      <a href={withTime(`/plots?series=${encodeURIComponent(`${facility.id}:${kind.panel.headline}`)}`)}>{f().plots}</a>
      {(kind.light || kind.circuits > 0) && <a href={`/programmes?facility=${encodeURIComponent(facility.id)}`}>{f().programme}</a>}
      {mayWhole('traffic.read') && <a href={`/administration/traffic?device=${encodeURIComponent(facility.id)}`}>{p().diagnosis}</a>}
    </nav>
  )
}

function Step({ id, kind, step }: { id: string; kind: string; step: 1 | -1 }) {
  const to = neighbour(id, kind, step)
  if (to === undefined) return null
  const text = step < 0 ? f().before(to) : f().after(to)
  return (
    <a href={withTime(pathOf(to))} aria-label={text} title={`${text} (${step < 0 ? '[' : ']'})`}>
      {step < 0 ? '←' : '→'}
    </a>
  )
}
