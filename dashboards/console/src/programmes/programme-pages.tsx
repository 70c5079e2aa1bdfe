import type { ComponentType } from 'preact'
import { LightPlace } from '../light-changes/light-place.tsx'
import { mayWhole } from '../shell/access.ts'
import { NotForYou } from '../shell/guarded.tsx'
import { AssignmentsPage } from './assignments-page.tsx'
import { CalendarsPage } from './calendars-page.tsx'
import { DevicesPage } from './devices-page.tsx'
import { NightsPage } from './nights-page.tsx'
import { OverridesPage } from './overrides-page.tsx'
import './programmes.css'
import { TonightPage } from './tonight-page.tsx'

const pages: Readonly<Record<string, ComponentType>> = {
  nights: NightsPage,
  calendars: CalendarsPage,
  assignments: AssignmentsPage,
  overrides: OverridesPage,
  devices: DevicesPage,
}

/** The pages of lighting programmes; the address has been found to be one of theirs. */
export function ProgrammePages({ path }: { path: string }) {
  const [, name = ''] = /^\/programmes\/(\w+)$/.exec(path) ?? []
  // Who has what is told for the whole city.
  if (name === 'assignments' && !mayWhole('city.read')) return <NotForYou isRoleEnough />
  const Page = pages[name] ?? TonightPage
  return (
    <>
      <Page />
      <LightPlace />
    </>
  )
}
