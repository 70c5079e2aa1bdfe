import type { FacilityDetail, KindView } from '../../../../src/edges/http/schemas.ts'
import { ApiProblem } from '../live/api.ts'
import { emergencies, facilityById, kinds } from '../live/live.ts'
import { FacilityRules } from '../rules/facility-rules.tsx'
import { t } from '../settings.ts'
import { may } from '../shell/access.ts'
import { guarded } from '../shell/guarded.tsx'
import { useKeys } from '../shell/keys.ts'
import { lazy } from '../shell/lazy.tsx'
import { explain } from '../shell/notice.tsx'
import { navigate } from '../shell/router.ts'
import { f } from '../texts/facility.ts'
import { p } from '../texts/plant.ts'
import { withTime } from '../time/shown-window.ts'
import { FacilityForm } from './facility-form.tsx'
import { FacilityHead, neighbour, pathOf, stateOfDetail, Ways } from './facility-head.tsx'
import { History } from './history.tsx'
import { limitsByPoint, oldAfterOf } from './limits.ts'
import { listPath } from './list-memory.ts'
import { Overview } from './overview.tsx'
import { Supply } from './supply.tsx'
import { useFacility, useRulesInForce } from './use-facility.ts'

const FacilityEmergencies = lazy(async () => (await import('../emergency/facility-emergencies.tsx')).FacilityEmergencies, 'small')
const ReadingsPage = lazy(async () => (await import('../readings/readings-page.tsx')).ReadingsPage)

/** What may stand behind the id in the address. */
const tabs = ['overview', 'readings', 'supply', 'rules', 'history', 'edit'] as const
type Tab = (typeof tabs)[number]
export const isTab = (text: string): text is Tab => tabs.includes(text as Tab)

const Edit = guarded('facility.edit', FacilityForm)
const tabPath = (id: string, tab: Tab) => `${pathOf(id)}${tab === 'overview' ? '' : `/${tab}`}`

function Tabs({ id, tab }: { id: string; tab: Tab }) {
  return (
    <nav class="tabs" aria-label={id}>
      {tabs
        .filter((one) => one !== 'edit' || may('facility.edit'))
        .map((one) => (
          <a key={one} href={withTime(tabPath(id, one))} aria-current={one === tab ? 'page' : undefined}>
            {p().tabs[one]}
          </a>
        ))}
    </nav>
  )
}

export function FacilityPage({ id, tab }: { id: string; tab: Tab }) {
  const { detail, problem, again } = useFacility(id)
  const kind = detail && kinds.value.get(detail.facility.kind)
  const step = (by: 1 | -1) => {
    const to = neighbour(id, facilityById.peek().get(id)?.kind, by)
    if (to) navigate(withTime(tabPath(to, tab)), true)
  }
  useKeys({ Escape: () => navigate(listPath()), '[': () => step(-1), ']': () => step(1) })
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
  return <Known detail={detail} kind={kind} tab={tab} again={again} />
}

function Known({ detail, kind, tab, again }: { detail: FacilityDetail; kind: KindView; tab: Tab; again: () => void }) {
  const { facility } = detail
  const inForce = useRulesInForce(facility.id)
  return (
    <div class="facility">
      <FacilityHead detail={detail} kind={kind} oldAfter={oldAfterOf(kind, inForce)} again={again} />
      {emergencies.value.length > 0 && <FacilityEmergencies id={facility.id} />}
      {stateOfDetail(detail) === 'no-report' && detail.lastReport !== null && (
        <p class="panel facility-stale" role="status">
          {f().stale}
        </p>
      )}
      <div class="facility-ways">
        <Tabs id={facility.id} tab={tab} />
        <Ways facility={facility} kind={kind} />
      </div>
      {tab === 'overview' && <Overview detail={detail} kind={kind} inForce={inForce} />}
      {tab === 'readings' && <ReadingsPage facility={facility} kind={kind} limits={limitsByPoint(kind, inForce)} />}
      {tab === 'supply' && <Supply detail={detail} kind={kind} />}
      {tab === 'rules' && <FacilityRules facility={facility} kind={kind} />}
      {tab === 'history' && <History id={facility.id} />}
      {tab === 'edit' && <Edit facility={facility} onSaved={again} />}
    </div>
  )
}
