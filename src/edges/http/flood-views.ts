import type { Incident } from '../../alarms/incident.ts'
import { kpiTargets } from '../../alarms/kpi.ts'
import type { AlarmSystem, Incidents } from '../alarm-system.ts'
import type { AlarmKpiView, IncidentsView, IncidentView } from './flood-schemas.ts'

const MOST_INCIDENTS = 500
const MOST_ALARMS = 20

/** The tree as a list: each incident is followed by those below it. */
export function incidentsView({ incidents, complete }: Incidents): IncidentsView {
  const list: IncidentView[] = []
  const count = addAll(incidents, null, list)
  return { incidents: list, count, complete }
}

/** Adds incidents while there is room; returns how many there are. */
function addAll(incidents: readonly Incident[], parent: string | null, list: IncidentView[]): number {
  let count = incidents.length
  for (const { children, own, ...rest } of incidents) {
    if (list.length < MOST_INCIDENTS)
      list.push({ ...rest, parent, children: children.length, own: own.slice(0, MOST_ALARMS), ownCount: own.length })
    count += addAll(children, rest.key, list)
  }
  return count
}

export function kpiView(kpi: Awaited<ReturnType<AlarmSystem['kpi']>>): AlarmKpiView {
  const { top, chattering, people, standing, ...rest } = kpi
  return {
    ...rest,
    top: { ...top, sources: [...top.sources] },
    chattering: [...chattering],
    people: [...people],
    standing: { ...standing, stale: [...standing.stale] },
    targets: { ...kpiTargets, priorities: { ...kpiTargets.priorities } },
  }
}
