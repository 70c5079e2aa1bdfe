import type { ComponentType } from 'preact'
import type { Permission } from '../../../../src/access/permissions.ts'
import type { Text } from '../../../../src/telemetry/point.ts'
import { lazy } from '../shell/lazy.tsx'
import { pageList } from '../shell/page-list.ts'

export interface OperationsTab {
  path: string
  title: Text
  /** What the account must be allowed. */
  needs: Permission
  /** Absent where the page has a line of its own in the list of pages. */
  Page?: ComponentType
}

/** The duties of the bureau, in the order of the bar; each is loaded when it is opened. */
export const operationsTabs: readonly OperationsTab[] = [
  {
    path: '/operations',
    title: { en: 'Lamp-on rate', zh: '亮灯率' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./lamps/lamps-page.tsx')).LampsPage),
  },
  {
    path: '/operations/water',
    title: { en: 'Water', zh: '供水' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./companies/company-page.tsx')).WaterPage),
  },
  {
    path: '/operations/drainage',
    title: { en: 'Drainage', zh: '排水' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./companies/company-page.tsx')).DrainagePage),
  },
  {
    path: '/operations/sewage',
    title: { en: 'Sewage', zh: '污水处理' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./companies/company-page.tsx')).SewagePage),
  },
  {
    path: '/operations/gas',
    title: { en: 'Gas', zh: '燃气' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./companies/company-page.tsx')).GasPage),
  },
  {
    path: '/operations/waste',
    title: { en: 'Waste', zh: '垃圾处理' },
    needs: 'city.read',
    Page: lazy(async () => (await import('./companies/company-page.tsx')).WastePage),
  },
  // Those below show as soon as their pages are in the list of pages.
  { path: '/rounds', title: { en: 'Rounds', zh: '巡查' }, needs: 'order.read' },
  { path: '/emergency-plans', title: { en: 'Emergency plans', zh: '应急预案' }, needs: 'city.read' },
  { path: '/duty-reports', title: { en: 'Reports', zh: '运行报表' }, needs: 'city.read' },
]

export const hasPage = ({ path, Page }: OperationsTab): boolean => Page !== undefined || pageList.some(({ paths }) => paths.test(path))
