import './facility.css'
import { ImportPage } from '../import/import-page.tsx'
import { GroupsPage } from '../rules/groups-page.tsx'
import { VersionList } from '../rules/version-list.tsx'
import { guarded } from '../shell/guarded.tsx'
import { lazy } from '../shell/lazy.tsx'
import { FacilityForm } from './facility-form.tsx'
import { FacilityList } from './facility-list.tsx'
import { FacilityPage, isTab } from './facility-page.tsx'

const DataPage = guarded(
  'telemetry.export',
  lazy(async () => (await import('../data/data-page.tsx')).DataPage),
)
const NewFacility = guarded('facility.edit', FacilityForm)
const Import = guarded('facility.edit', ImportPage, 'whole')

/** The pages about the plant; the address has been found to be one of `plantPaths`. */
export function PlantPages({ path }: { path: string }) {
  if (/^\/facilities\/?$/.test(path)) return <FacilityList />
  if (path === '/new-facility') return <NewFacility facility={null} onSaved={() => undefined} />
  if (path === '/import') return <Import />
  if (path === '/data') return <DataPage />
  if (path === '/groups') return <GroupsPage />
  if (path === '/rule-versions') return <VersionList />
  const [, id = '', tab = 'overview'] = /^\/facilities\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
  return <FacilityPage key={id} id={decodeId(id)} tab={isTab(tab) ? tab : 'overview'} />
}

function decodeId(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
