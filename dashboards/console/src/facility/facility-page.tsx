import { useEffect, useState } from 'preact/hooks'
import type { FacilityDetail, KindView, LatestView, PointView } from '../../../../src/edges/http/schemas.ts'
import { formatDuration, formatNumber } from '../format.ts'
import { ApiProblem, getFacility } from '../live/api.ts'
import { alarms, facilityById, kinds, link, serverNow, view, watch, watched } from '../live/live.ts'
import { stateCodes } from '../live/live-state.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import { limitsOf } from '../plots/plot-data.ts'
import { FacilityRules } from '../rules/facility-rules.tsx'
import { say, t } from '../settings.ts'
import { may, mayWhole } from '../shell/access.ts'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { explain } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { StateSymbol } from '../symbols.tsx'
import { p } from '../texts/plant.ts'
import { compareAlarms } from '../wall/alarm-order.ts'
import { Description } from './description.tsx'
import { FacilityAlarms } from './facility-alarms.tsx'
import { FacilityForm } from './facility-form.tsx'
import { nameOf } from './field-names.ts'
import { History } from './history.tsx'
import { Learned } from './learned.tsx'
import { ModeChange } from './mode-change.tsx'
import { Chain, Supply } from './supply.tsx'
import { Trends } from './trends.tsx'
import { ValueBar } from './value-bar.tsx'

const ReadingsPage = lazy(async () => (await import('../readings/readings-page.tsx')).ReadingsPage)

const REFRESH = 15_000
/** A device clock that differs by less is as good as right, ms. */
const SHOWN_SKEW = 10_000

/** The facility as the server has it; asked anew when its alarms or the connection change. */
function useFacility(id: string) {
  const [detail, setDetail] = useState<FacilityDetail | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [asked, ask] = useState(0)
  const linked = link.value === 'live'
  useEffect(() => {
    let wanted = true
    getFacility(id).then(
      (answer) => {
        if (wanted) setDetail(answer)
        if (wanted) setProblem(null)
      },
      (failure) => wanted && setProblem(failure),
    )
    return () => {
      wanted = false
    }
  }, [id, asked, linked])
  useEffect(() => {
    // What a value should be changes with dusk and commands, of which no delta tells.
    const timer = setInterval(() => !document.hidden && link.peek() === 'live' && ask((n) => n + 1), REFRESH)
    return () => clearInterval(timer)
  }, [id])
  useEffect(() => {
    watch(id)
    return () => watch(null)
  }, [id])
  return { detail: detail?.facility.id === id ? detail : null, problem, again: () => ask((n) => n + 1) }
}

/** Newest of what was fetched and what came live, by point. */
function latestOf(detail: FacilityDetail): Map<string, LatestView> {
  const latest = new Map(detail.latest.map((one) => [one.point, one]))
  if (watched.value.facility === detail.facility.id) {
    for (const [point, value, at, good] of watched.value.readings.values()) {
      if (at >= (latest.get(point)?.at ?? 0)) latest.set(point, { point, value, at, good })
    }
  }
  return latest
}

/** Declared limits of the kind's rules, by the point they judge. */
function limitsByPoint(kind: KindView): Map<string, PlotLimit[]> {
  const found = new Map<string, PlotLimit[]>()
  for (const { type, points, parameters, priority } of kind.rules) {
    const point = points[0]
    if (type !== 'limit' || point === undefined) continue
    const own = limitsOf(parameters).map((value): PlotLimit => ({ value, priority, point }))
    found.set(point, [...(found.get(point) ?? []), ...own])
  }
  return found
}

/** What may stand behind the id in the address. */
const tabs = ['overview', 'readings', 'supply', 'rules', 'history', 'edit'] as const
type Tab = (typeof tabs)[number]
export const isTab = (text: string): text is Tab => tabs.includes(text as Tab)

const Edit = guarded('facility.edit', FacilityForm)

function Tabs({ id, tab }: { id: string; tab: Tab }) {
  return (
    <nav class="tabs" aria-label={id}>
      {tabs
        .filter((one) => one !== 'edit' || may('facility.edit'))
        .map((one) => (
          <a
            key={one}
            href={`/facilities/${encodeURIComponent(id)}${one === 'overview' ? '' : `/${one}`}`}
            aria-current={one === tab ? 'page' : undefined}
          >
            {p().tabs[one]}
          </a>
        ))}
    </nav>
  )
}

export function FacilityPage({ id, tab }: { id: string; tab: Tab }) {
  const { detail, problem, again } = useFacility(id)
  useKeys({ Escape: () => navigate('/facilities') })
  const kind = detail && kinds.value.get(detail.facility.kind)
  if (problem && !detail) {
    const absent = problem instanceof ApiProblem && problem.status === 404
    return (
      <section class="panel welcome">
        <h1>{id}</h1>
        <p>{absent ? p().noSuchFacility : explain(problem)}</p>
        <a href="/facilities">{t().facilityList}</a>
      </section>
    )
  }
  if (!detail || !kind) {
    return (
      <section class="panel welcome">
        <h1>{id}</h1>
        <p class="muted">{t().loading}</p>
      </section>
    )
  }
  return (
    <div class="facility">
      <Head detail={detail} kind={kind} again={again} />
      <Tabs id={id} tab={tab} />
      {tab === 'overview' && <Overview id={id} detail={detail} kind={kind} />}
      {tab === 'readings' && <ReadingsPage facility={detail.facility} kind={kind} limits={limitsByPoint(kind)} />}
      {tab === 'supply' && <Supply detail={detail} kind={kind} />}
      {tab === 'rules' && <FacilityRules facility={detail.facility} kind={kind} />}
      {tab === 'history' && <History id={id} />}
      {tab === 'edit' && <Edit facility={detail.facility} onSaved={again} />}
    </div>
  )
}

function Overview({ id, detail, kind }: { id: string; detail: FacilityDetail; kind: KindView }) {
  const limits = limitsByPoint(kind)
  return (
    <div class="columns">
      <div class="stack">
        <Values detail={detail} kind={kind} limits={limits} />
        <Learned detail={detail} kind={kind} />
        <Description facility={detail.facility} kind={kind} />
      </div>
      <div class="stack">
        <FacilityAlarms id={id} alarms={[...alarms.value.values()].filter(({ facility }) => facility === id).sort(compareAlarms)} />
        <Chain detail={detail} />
        <Trends kind={kind} facility={id} limits={limits} />
      </div>
    </div>
  )
}

function Head({ detail, kind, again }: { detail: FacilityDetail; kind: KindView; again: () => void }) {
  const { facility } = detail
  const known = facilityById.value.get(facility.id)
  const state = (known && stateCodes[view.value?.states[known.number] ?? 0]) ?? detail.state
  const newest = Math.max(...[...latestOf(detail).values()].map(({ at }) => at), detail.lastReport ?? 0)
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
          {newest > 0 ? formatDuration(serverNow.value - newest) : p().neverReported}
          {mayWhole('traffic.read') && (
            <>
              {' · '}
              <a href={`/administration/traffic?device=${encodeURIComponent(facility.id)}`}>{p().diagnosis}</a>
            </>
          )}
        </dd>
        {detail.clockSkew !== null && Math.abs(detail.clockSkew) >= SHOWN_SKEW && (
          <>
            <dt>{p().clockAhead}</dt>
            <dd>{formatNumber(detail.clockSkew / 1000, 0)} s</dd>
          </>
        )}
        {facility.fedBy && (
          <>
            <dt>{p().fields.fedBy}</dt>
            <dd>
              <a href={`/facilities/${encodeURIComponent(facility.fedBy)}`}>{facility.fedBy}</a>
            </dd>
          </>
        )}
      </dl>
      <span class="grow" />
      <ModeChange facility={facility} onChanged={again} />
    </section>
  )
}

function Values({ detail, kind, limits }: { detail: FacilityDetail; kind: KindView; limits: Map<string, PlotLimit[]> }) {
  const latest = latestOf(detail)
  const oldAfter = kind.rules.find(({ type }) => type === 'silence')?.parameters.period ?? null
  const order = [...kind.panel.gauges, ...kind.points.map(({ key }) => key).filter((key) => !kind.panel.gauges.includes(key))]
  const points = order.flatMap((key): PointView[] => kind.points.filter((point) => point.key === key))
  const bars = (shown: readonly PointView[]) => (
    <ul>
      {shown.map((point) => (
        <ValueBar
          key={point.key}
          point={point}
          latest={latest.get(point.key)}
          expected={detail.expected.find((one) => one.point === point.key)}
          limits={limits.get(point.key) ?? []}
          oldAfter={oldAfter}
          large={kind.panel.gauges.includes(point.key)}
        />
      ))}
    </ul>
  )
  // Circuits a cabinet does not use would fill the page with dashes.
  const silent = points.filter(({ key }) => !latest.has(key))
  return (
    <section class="panel values">
      <h2>{p().values}</h2>
      {bars(points.filter(({ key }) => latest.has(key)))}
      {silent.length > 0 && (
        <details>
          <summary>{p().neverReportedPoints(String(silent.length))}</summary>
          {bars(silent)}
        </details>
      )}
      <p class="muted small">{p().barKey}</p>
    </section>
  )
}
