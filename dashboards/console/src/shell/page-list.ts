import type { ComponentChildren } from 'preact'
import { lazy } from './lazy.tsx'

interface ConsolePage {
  /** Addresses it answers to. */
  paths: RegExp
  Page: (props: { path: string }) => ComponentChildren
}

/** Every page but the wall; the code of each is loaded when it is opened. */
export const pageList: readonly ConsolePage[] = [
  { paths: /^\/alarms$/, Page: lazy(async () => (await import('../alarms/alarms-page.tsx')).AlarmsPage) },
  { paths: /^\/orders(\/(\d+|figures))?$/, Page: lazy(async () => (await import('../orders/order-pages.tsx')).OrderPages) },
  { paths: /^\/(reports(\/\d+)?|report-codes)$/, Page: lazy(async () => (await import('../reports/report-pages.tsx')).ReportPages) },
  {
    paths: /^\/(commands(\/[^/]+)?|light-changes\/[^/]+|programmes(\/(nights|calendars|assignments|overrides|devices))?)$/,
    Page: lazy(async () => (await import('../control/control-pages.tsx')).ControlPages),
  },
  { paths: /^\/map$/, Page: lazy(async () => (await import('../map/map-page.tsx')).MapPage) },
  {
    paths: /^\/(facilities(\/[^/]+(\/(readings|supply|rules|history|edit))?)?\/?|new-facility|import|data|groups|rule-versions)$/,
    Page: lazy(async () => (await import('../facility/plant-pages.tsx')).PlantPages),
  },
  {
    paths: /^\/(alarm-system|floods\/\d+)$/,
    Page: lazy(async () => (await import('../alarm-system/alarm-system-pages.tsx')).AlarmSystemPages),
  },
  { paths: /^\/administration/, Page: lazy(async () => (await import('../administration/administration-pages.tsx')).AdministrationPages) },
  { paths: /^\/plots$/, Page: lazy(async () => (await import('../plots/plots-page.tsx')).PlotsPage) },
  { paths: /^\/(accounts|own)$/, Page: lazy(async () => (await import('../accounts/account-pages.tsx')).AccountPages) },
  {
    paths: /^\/duty-reports(\/\d+)?$/,
    Page: lazy(async () => (await import('../duty-reports/duty-report-pages.tsx')).DutyReportPages),
  },
  {
    paths: /^\/emergency-plans(\/(new|activations\/\d+|[^/]+\/edit))?$/,
    Page: lazy(async () => (await import('../emergency/emergency-pages.tsx')).EmergencyPages),
  },
  {
    paths: /^\/rounds(\/(\d+|coverage|plans(\/(new|[^/]+\/(edit|labels)))?))?$/,
    Page: lazy(async () => (await import('../rounds/rounds-pages.tsx')).RoundsPages),
  },
  { paths: /^\/duty$/, Page: lazy(async () => (await import('../duty/duty-page.tsx')).DutyPage) },
  {
    paths: /^\/operations(\/(water|drainage|sewage|gas|waste))?$/,
    Page: lazy(async () => (await import('../operations/operations-pages.tsx')).OperationsPages),
  },
  { paths: /^\/storage$/, Page: lazy(async () => (await import('../storage/storage-page.tsx')).StoragePage) },
]
