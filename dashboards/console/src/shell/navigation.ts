import { t } from '../settings.ts'
import type { Texts } from '../texts/en.ts'
import { may, mayWhole } from './access.ts'
import { pageList } from './page-list.ts'

interface NavigationEntry {
  href: string
  name: keyof Texts['pageNames']
  /** Addresses that belong to it. */
  own: RegExp
  /** Whether it is for who is signed in; absent: for everybody. */
  isFor?: () => boolean
}

/** What stands in the navigation, in order; an entry shows as soon as `pageList` has a page for it. */
const entries: readonly NavigationEntry[] = [
  { href: '/', name: 'wall', own: /^\/($|alarms\/\d)/ },
  { href: '/map', name: 'map', own: /^\/map/ },
  { href: '/alarms', name: 'alarms', own: /^\/alarms$/ },
  { href: '/orders', name: 'orders', own: /^\/(orders|reports|report-codes)/, isFor: () => may('order.read') },
  { href: '/programmes', name: 'control', own: /^\/(programmes|commands)/ },
  { href: '/operations', name: 'operations', own: /^\/(operations|rounds|emergency-plans|duty-reports)/ },
  { href: '/facilities', name: 'facilities', own: /^\/(facilities|new-facility|import$|data$)/ },
  { href: '/plots', name: 'plots', own: /^\/plots/ },
  { href: '/groups', name: 'rules', own: /^\/(groups|rule-versions)$/ },
  { href: '/alarm-system', name: 'alarmSystem', own: /^\/(alarm-system|floods)/, isFor: () => mayWhole('city.read') },
  // Whoever looks after the service finds it there.
  { href: '/duty', name: 'duty', own: /^\/duty$/, isFor: () => may('order.read') && !mayWhole('traffic.read') },
  {
    href: '/administration',
    name: 'administration',
    own: /^\/(administration|storage$|accounts$|duty$)/,
    isFor: () => mayWhole('traffic.read'),
  },
]

const isThere = ({ href }: NavigationEntry) => href === '/' || pageList.some(({ paths }) => paths.test(href))

/** The keys of the entries, in order; what comes after the tenth has none. */
export const pageKeys: readonly string[] = [...'1234567890']

/** The entries of the person who is signed in; their place in the list gives them their key. */
export const ownPages = (): readonly NavigationEntry[] => entries.filter((entry) => isThere(entry) && (entry.isFor?.() ?? true))

export const nameOf = ({ name }: NavigationEntry): string => t().pageNames[name]
