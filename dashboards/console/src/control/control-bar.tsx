import { t } from '../settings.ts'
import { mayWhole } from '../shell/access.ts'
import { co } from '../texts/control.ts'

type Tab = keyof ReturnType<typeof co>['tabs']

const tabs: readonly { key: Tab; href: string; isFor?: () => boolean }[] = [
  { key: 'tonight', href: '/programmes' },
  { key: 'overrides', href: '/programmes/overrides' },
  { key: 'devices', href: '/programmes/devices' },
  { key: 'nights', href: '/programmes/nights' },
  { key: 'calendars', href: '/programmes/calendars' },
  { key: 'assignments', href: '/programmes/assignments', isFor: () => mayWhole('city.read') },
  { key: 'commands', href: '/commands' },
]

/** The bar on top of every page of control, by which one goes from one to another. */
export function ControlBar({ path }: { path: string }) {
  const mine = tabs.filter(({ isFor }) => isFor?.() ?? true)
  const here = path.startsWith('/light-changes/')
    ? mine.find(({ key }) => key === 'overrides')
    : mine.findLast(({ href }) => path === href || path.startsWith(`${href}/`))
  return (
    <nav class="tabs no-print" aria-label={t().pageNames.control}>
      {mine.map((tab) => (
        <a key={tab.key} href={tab.href} aria-current={tab === here ? 'page' : undefined}>
          {co().tabs[tab.key]}
        </a>
      ))}
    </nav>
  )
}
